#include "daemon/log/event_json.h"

#include <array>

#include "daemon/core/event/names.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/grease.h"
#include "daemon/core/tls/names.h"
#include "daemon/core/wire/names.h"
#include "daemon/log/time_text.h"

namespace tlswatch::log {
namespace {

using event::CertificateFacts;

/// event.type, by ECS' allowed values for the category network.
struct Kind {
  std::string_view action;
  std::array<std::string_view, 2> types;
};
constexpr Kind kind_of(const event::SessionStart&) {
  return {"session-start", {"connection", "start"}};
}
constexpr Kind kind_of(const event::TlsHandshake&) {
  return {"tls-handshake", {"connection", "protocol"}};
}
constexpr Kind kind_of(const event::MqttIdentified&) {
  return {"mqtt-identified", {"connection", "info"}};
}
constexpr Kind kind_of(const event::SessionEnd&) {
  return {"session-end", {"connection", "end"}};
}
constexpr Kind kind_of(const event::DeviceReport&) {
  return {"device-report", {"info", ""}};
}
constexpr Kind kind_of(const event::DeviceLog&) {
  return {"device-log", {"info", ""}};
}
constexpr Kind kind_of(const event::Diagnosis&) {
  return {"diagnosis", {"info", ""}};
}
constexpr Kind kind_of(const event::Incident& e) {
  switch (e.step) {
    case incident::Step::none:
    case incident::Step::opened: return {"incident-opened", {"info", ""}};
    case incident::Step::reopened: return {"incident-reopened", {"info", ""}};
    case incident::Step::resolved: return {"incident-resolved", {"info", ""}};
  }
  return {"incident-opened", {"info", ""}};
}
constexpr Kind kind_of(const event::CertificateExpiring&) {
  return {"certificate-expiring", {"info", ""}};
}
constexpr Kind kind_of(const event::EventsLost&) {
  return {"events-lost", {"info", ""}};
}

std::string_view outcome_name(event::Outcome outcome) noexcept {
  switch (outcome) {
    case event::Outcome::success: return "success";
    case event::Outcome::failure: return "failure";
    case event::Outcome::unknown: return "unknown";
  }
  return "unknown";
}

/// "0x1301", for a number that has no name.
std::array<char, 6> hex(std::uint16_t number) noexcept {
  const unsigned v = number;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'0', 'x', kDigits[v >> 12], kDigits[v >> 8 & 15U], kDigits[v >> 4 & 15U], kDigits[v & 15U]};
}

/// Writes one event's members. Each action has a function; what they share stands above them.
class Members {
 public:
  explicit Members(JsonWriter& json) : j_(json) {}

  void common(const event::Header& header, const Kind& kind, const std::optional<std::uint64_t>& duration_ns,
              std::string_view reason) {
    j_.key("@timestamp").name(TimeText::from_ns(header.time_unix_ns).view());
    j_.object("ecs", [&] { j_.key("version").name(kEcsVersion); });
    j_.object("event", [&] {
      j_.key("kind").name("event");
      j_.array("category", [&] { j_.name("network"); });
      j_.array("type", [&] {
        for (const std::string_view type : kind.types) {
          if (!type.empty()) j_.name(type);
        }
      });
      j_.key("action").name(kind.action);
      j_.key("outcome").name(outcome_name(header.outcome));
      j_.key("id").name(header.id);
      j_.key("sequence").number(header.sequence);
      j_.key("module").name("tlswatch");
      if (duration_ns) j_.key("duration").number(*duration_ns);
      if (!reason.empty()) j_.key("reason").name(reason);
    });
    j_.object("broker", [&] { j_.key("name").name(header.broker); });
    j_.key("message").text(header.message);
  }

  void write(const event::SessionStart& e) {
    endpoint("source", e.source);
    endpoint("destination", e.destination);
    j_.object("tlswatch", [&] { session(e.session, e.bridge); });
  }

  void write(const event::TlsHandshake& e) {
    endpoint("source", e.source);
    endpoint("destination", e.destination);
    j_.object("tls", [&] { tls(e); });
    j_.object("tlswatch", [&] {
      session(e.session, e.bridge, e.check);
      j_.key("stage").name(facts::stage_name(e.stage));
      mfln(e.mfln);
      j_.key("cipher_bits").number_or_null(e.cipher_bits);
      alerts(e.alerts);
      trouble(e);
      if (e.outside_psk_identity) {
        j_.object("psk", [&] { j_.key("identity").outside(*e.outside_psk_identity); });
      }
      if (e.policy.profile != nullptr) policy(e.policy);
    });
  }

  void write(const event::MqttIdentified& e) {
    j_.object("device", [&] { j_.key("id").outside(e.outside_device_id); });
    user(e.outside_user);
    j_.object("tlswatch", [&] {
      session(e.session, e.bridge, e.check);
      j_.object("identity", [&] { who(e.who); });
      if (e.policy.profile != nullptr) policy(e.policy);
    });
  }

  void write(const event::SessionEnd& e) {
    device(e.outside_device_id);
    user(e.outside_user);
    if (e.source || e.bytes_in) {
      j_.object("source", [&] {
        if (e.source) address(*e.source);
        if (e.bytes_in) j_.key("bytes").number(*e.bytes_in);
      });
    }
    if (e.bytes_out) j_.object("destination", [&] { j_.key("bytes").number(*e.bytes_out); });
    j_.object("tlswatch", [&] {
      session(e.session, e.bridge, e.check);
      mfln(e.mfln);
      if (e.policy.profile != nullptr) policy(e.policy);
    });
  }

  void write(const event::DeviceReport& e) {
    device(e.outside_device_id);
    endpoint("source", e.source);
    j_.object("tlswatch", [&] {
      session(e.session, false);
      j_.object("report", [&] {
        j_.key("era").number(e.era);
        j_.key("seq").number(e.seq);
        j_.key("boot").number(e.boot);
        j_.key("firmware").outside_or_null(e.outside_firmware);
        j_.key("topic_id").outside_or_null(e.outside_topic_id);
        j_.key("relayed").boolean(e.relayed);
      });
      j_.object("device_error", [&] { device_error(e); });
    });
  }

  void write(const event::DeviceLog& e) {
    device(e.outside_device_id);
    endpoint("source", e.source);
    j_.object("tlswatch", [&] {
      session(e.session, false);
      j_.object("device_log", [&] { device_log(e); });
      if (e.error) j_.object("device_error", [&] { device_error(e); });
    });
  }

  void write(const event::Diagnosis& e) {
    device(e.outside_device_id);
    endpoint("source", e.source);
    j_.object("tlswatch", [&] {
      j_.array("sessions", [&] {
        for (const std::string& s : e.sessions) j_.name(s);
      });
      j_.object("identity", [&] {
        who(e.who);
        j_.key("confidence").real(e.identity_confidence);
        j_.array("candidates", [&] {
          for (const std::string& id : e.outside_candidates) j_.outside(id);
        });
        if (e.inference != event::Inference::none) {
          j_.key("inference").name(e.inference == event::Inference::confirmed ? "confirmed" : "refuted");
        }
      });
      j_.key("cause").name(e.cause);
      j_.key("confidence").real(e.confidence);
      if (!e.rule.empty()) j_.key("rule").text(e.rule);
      j_.key("fix").text(e.fix);
      j_.array("evidence", [&] {
        for (const diagnose::Evidence& piece : e.evidence) {
          j_.object([&] {
            j_.key("side").name(piece.side == diagnose::Side::broker ? "broker" : "device");
            j_.key("what").text(piece.what);
          });
        }
      });
      j_.array("alternatives", [&] {
        for (const diagnose::Alternative& other : e.alternatives) {
          j_.object([&] {
            j_.key("cause").name(other.cause);
            j_.key("confidence").real(other.confidence);
          });
        }
      });
      if (!e.incident.empty()) j_.key("incident").name(e.incident);
      j_.key("count").number(e.count);
    });
  }

  void write(const event::Incident& e) {
    j_.object("tlswatch", [&] {
      j_.key("incident").name(e.incident);
      j_.key("cause").name(e.cause);
      j_.key("devices").number(e.devices);
      j_.key("failures").number(e.failures);
      j_.key("first_seen").name(TimeText::from_ns(e.first_seen_unix_ns).view());
      j_.key("last_seen").name(TimeText::from_ns(e.last_seen_unix_ns).view());
      j_.array("hours", [&] {
        for (const incident::HourCount& hour : e.hours) {
          j_.object([&] {
            j_.key("from").name(TimeText::from_seconds(hour.from_unix_s).view());
            j_.key("failures").number(hour.failures);
          });
        }
      });
      if (!e.merged_into.empty()) j_.key("merged_into").name(e.merged_into);
    });
  }

  void write(const event::CertificateExpiring& e) {
    endpoint("source", e.source);
    endpoint("destination", e.destination);
    j_.object("tlswatch", [&] {
      session(e.session, false);
      j_.object("certificate", [&] {
        j_.key("side").name(e.of_client ? "device" : "broker");
        j_.key("subject").outside(e.certificate->subject);
        j_.key("issuer").outside(e.certificate->issuer);
        j_.key("not_after").name(TimeText::from_seconds(e.certificate->not_after_unix_s).view());
        j_.key("days_left").number(e.days_left);
        j_.key("threshold_days").number(e.threshold_days);
      });
    });
  }

  void write(const event::EventsLost& e) {
    j_.object("tlswatch", [&] {
      j_.key("lost").number(e.lost);
      j_.key("lost_from").number(e.from);
      j_.key("lost_to").number(e.to);
    });
  }

 private:
  void session(std::string_view text, bool bridge, bool check = false) {
    if (!text.empty()) j_.key("session").name(text);
    if (bridge) j_.key("role").name("bridge");
    if (check && !bridge) j_.key("role").name("check");
  }

  void address(const event::Endpoint& e) {
    j_.key("ip").name(e.ip.view());
    e.port == 0 ? j_.key("port").null() : j_.key("port").number(e.port);
  }

  void endpoint(std::string_view name, const std::optional<event::Endpoint>& e) {
    if (e) j_.object(name, [&] { address(*e); });
  }

  void device(std::string_view id) {
    if (!id.empty()) j_.object("device", [&] { j_.key("id").outside(id); });
  }
  void user(std::string_view outside_name) {
    if (!outside_name.empty()) j_.object("user", [&] { j_.key("name").outside(outside_name); });
  }

  void who(const event::Who& who) {
    j_.key("how").name(how_name(who.how));
    j_.key("proof").name(proof_name(who.proof));
  }

  void named(std::string_view name, std::uint16_t number) {
    if (!name.empty()) return j_.name(name);
    const auto digits = hex(number);
    j_.name({digits.data(), digits.size()});
  }

  template <typename NameOf>
  void names(std::string_view key, const tls::NumberList& numbers, NameOf name_of) {
    j_.array(key, [&] {
      std::size_t n = 0;
      for (const std::uint16_t number : numbers) {
        if (tls::is_grease(number)) continue;
        if (++n > kMaxItems) return;
        named(name_of(number), number);
      }
    });
  }

  void tls(const event::TlsHandshake& e) {
    j_.key("established").boolean(e.established);
    j_.key("version").name_or_null(tls::version_name(e.version));
    j_.key("version_protocol").name_or_null(tls::version_protocol(e.version));
    j_.key("cipher");
    e.cipher_suite == 0 ? j_.null() : named(tls::cipher_suite_name(e.cipher_suite), e.cipher_suite);
    j_.key("curve");
    e.curve == 0 ? j_.null() : named(tls::group_name(e.curve), e.curve);
    j_.key("resumed").boolean(e.resumed);
    j_.key("next_protocol").outside_or_null(e.outside_next_protocol);
    j_.object("client", [&] { client(e); });
    if (e.server_certificate) {
      j_.object("server", [&] { j_.object("x509", [&] { x509(*e.server_certificate); }); });
    }
  }

  void client(const event::TlsHandshake& e) {
    j_.key("server_name").outside_or_null(e.outside_server_name);
    j_.key("ja4").name_or_null(e.ja4 ? e.ja4->view() : std::string_view{});
    names("supported_ciphers", e.supported_ciphers, tls::cipher_suite_name);
    names("supported_groups", e.supported_groups, tls::group_name);
    names("signature_algorithms", e.signature_algorithms, tls::signature_scheme_name);
    if (!e.client_certificate) return;
    j_.key("subject").outside(e.client_certificate->subject);
    j_.key("issuer").outside(e.client_certificate->issuer);
    j_.key("not_after").name(TimeText::from_seconds(e.client_certificate->not_after_unix_s).view());
    j_.object("x509", [&] { x509(*e.client_certificate); });
  }

  void x509(const CertificateFacts& c) {
    j_.key("public_key_algorithm").text_or_null(c.key_algorithm);
    j_.key("public_key_size").number(c.key_bits);
    j_.key("public_key_curve").text_or_null(c.key_curve);
    j_.key("signature_algorithm").text_or_null(c.signature_algorithm);
    j_.key("not_after").name(TimeText::from_seconds(c.not_after_unix_s).view());
  }

  void mfln(const event::Mfln& m) {
    j_.object("mfln", [&] {
      j_.key("requested").number_or_null(m.requested);
      j_.key("negotiated").number_or_null(m.negotiated);
      j_.key("max_record_sent").number_or_null(m.max_record_sent);
      j_.key("honoured").boolean_or_null(m.honoured);
      j_.key("records_over_buffer").number_or_null(m.records_over_buffer);
    });
  }

  void alerts(const facts::Alerts& alerts) {
    j_.array("alerts", [&] {
      for (const facts::AlertSeen& alert : alerts) {
        j_.object([&] {
          j_.key("direction").name(facts::direction_name(alert.direction));
          j_.key("level").name_or_null(tls::alert_level_name(alert.level));
          j_.key("code").number(alert.description);
          j_.key("name").name_or_null(tls::alert_name(alert.description));
        });
      }
    });
  }

  void trouble(const event::TlsHandshake& e) {
    if (e.openssl) {
      j_.object("openssl", [&] {
        j_.key("code").number(e.openssl->code);
        j_.key("reason").outside_or_null(e.openssl->reason);
      });
    }
    if (e.verify) {
      j_.object("verify", [&] {
        e.verify->depth < 0 ? j_.key("depth").null() : j_.key("depth").signed_number(e.verify->depth);
        j_.key("error").outside_or_null(e.verify->reason);
        j_.key("code").number(e.verify->error);
      });
    }
    if (e.tcp) {
      j_.object("tcp", [&] {
        j_.key("rtt_us").number(e.tcp->rtt_us);
        j_.key("retransmits").number(e.tcp->retransmits);
      });
    }
  }

  void policy(const policy::Judgement& judgement) {
    j_.object("policy", [&] {
      j_.key("profile").text(judgement.profile->name);
      j_.key("verdict").name(policy::verdict_name(judgement.verdict));
      j_.array("violations", [&] {
        for (const policy::Violation& violation : judgement.violations) {
          j_.object([&] {
            j_.key("rule").name(violation.rule);
            j_.key("wanted").outside(violation.wanted);
            j_.key("seen").outside(violation.seen);
          });
        }
      });
    });
  }

  void device_log(const event::DeviceLog& e) {
    using tasmota_log::LineKind;
    j_.key("line").name(tasmota_log::line_name(e.line.kind));
    j_.key("via").name(e.via == event::Via::syslog ? "syslog" : "mqtt");
    j_.key("host").outside_or_null(e.outside_host);
    j_.key("relayed").boolean(e.relayed);
    switch (e.line.kind) {
      case LineKind::tls_error:
      case LineKind::mfln_unsupported: break;
      case LineKind::connect_failed: j_.key("target").outside(e.line.outside_detail); break;
      case LineKind::tls_connected: j_.key("connected_ms").signed_number(e.line.number); break;
      case LineKind::cipher_suite: j_.key("cipher").outside(e.line.outside_detail); break;
      case LineKind::fingerprint_learned:
      case LineKind::server_fingerprint: j_.key("fingerprint").outside(e.line.outside_detail); break;
    }
  }

  template <typename Error>
  void device_error(const Error& e) {
    j_.key("stack").name(e.stack);
    j_.key("phase").name(e.phase);
    j_.key("code").signed_number(e.code);
    j_.key("name").text_or_null(e.name ? std::string_view(*e.name) : std::string_view{});
    j_.key("meaning").text_or_null(e.meaning ? std::string_view(*e.meaning) : std::string_view{});
    j_.key("detail").signed_number(e.detail);
    j_.key("count").number(e.count);
    j_.key("at").text_or_null(e.at_unix_s
                                  ? TimeText::from_seconds(static_cast<std::int64_t>(*e.at_unix_s)).view()
                                  : std::string_view{});
    j_.key("heap").number_or_null(e.heap);
  }

  JsonWriter& j_;
};

template <typename Event>
std::optional<std::uint64_t> duration_of(const Event& e) {
  if constexpr (requires { e.duration_ns; }) return e.duration_ns;
  return std::nullopt;
}
template <typename Event>
std::string_view reason_of(const Event& e) {
  if constexpr (requires { e.reason; }) return e.reason;
  return {};
}

}  // namespace

std::string_view EventJson::line(const event::Event& event) {
  json_.begin();
  std::visit(
      [&](const auto& e) {
        Members members(json_);
        members.common(e.header, kind_of(e), duration_of(e), reason_of(e));
        members.write(e);
      },
      event);
  return json_.end();
}

std::string_view action_name(const event::Event& event) noexcept {
  return std::visit([](const auto& e) { return kind_of(e).action; }, event);
}

}  // namespace tlswatch::log
