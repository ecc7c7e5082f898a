#include "daemon/view/rows_json.h"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/core/text/utf8.h"
#include "daemon/log/time_text.h"

namespace tlswatch::view {
namespace {

constexpr std::size_t kToMilliseconds = std::string_view("2026-11-25T04:52:34.189").size();

void write_known(log::JsonWriter& j, std::string_view key, std::uint64_t number) {
  j.key(key);
  number == 0 ? j.null() : j.number(number);
}

void write_key(log::JsonWriter& j, std::string_view name, std::string_view algorithm, std::uint32_t bits) {
  j.object(name, [&] {
    j.key("algorithm").outside_or_null(algorithm);
    write_known(j, "bits", bits);
  });
}

void write_tls(log::JsonWriter& j, const store::Tls& tls) {
  j.object("tls", [&] {
    j.key("version").outside_or_null(tls.version);
    j.key("cipher").outside_or_null(tls.cipher);
    write_known(j, "cipher_bits", tls.cipher_bits);
    j.key("curve").outside_or_null(tls.curve);
    j.key("resumed").boolean(tls.resumed);
    j.object("mfln", [&] {
      j.key("requested").number_or_null(tls.mfln_requested);
      j.key("negotiated").number_or_null(tls.mfln_negotiated);
      j.key("honoured").boolean_or_null(tls.mfln_honoured);
      j.key("max_record_sent").number_or_null(tls.max_record_sent);
    });
    write_key(j, "server_key", tls.key_algorithm, tls.key_bits);
  });
}

void write_policy(log::JsonWriter& j, const store::Policy& policy) {
  j.object("policy", [&] {
    j.key("profile").outside_or_null(policy.profile);
    j.key("verdict").outside_or_null(policy.verdict);
    j.array("violations", [&] {
      for (const std::string& violation : policy.violations) j.outside(violation);
    });
  });
}

void write_source(log::JsonWriter& j, std::string_view ip) {
  j.object("source", [&] { j.key("ip").outside_or_null(ip); });
}

}  // namespace

std::string time_text(std::uint64_t unix_ns) {
  if (unix_ns == 0) return {};
  return std::string(log::TimeText::from_ns(unix_ns).view().substr(0, kToMilliseconds)) + 'Z';
}

void write_id(log::JsonWriter& j, std::string_view key, std::string_view outside_id) {
  j.key(key);
  if (text::is_clean(outside_id)) return j.text_or_null(outside_id);
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>, rapidjson::CrtAllocator,
                    rapidjson::kWriteValidateEncodingFlag>
      ascii(out);
  const bool whole = ascii.String(outside_id.data(), static_cast<rapidjson::SizeType>(outside_id.size()));
  whole ? j.json({out.GetString(), out.GetSize()}) : j.outside(outside_id);
}

void write_time(log::JsonWriter& j, std::string_view key, std::uint64_t unix_ns) {
  j.key(key).name_or_null(time_text(unix_ns));
}

void write(log::JsonWriter& j, const store::DeviceRow& device) {
  j.object([&] {
    write_id(j, "id", device.outside_id);
    j.key("broker").outside(device.broker);
    j.key("state").name(store::name(device.state));
    write_time(j, "first_seen", device.first_seen_ns);
    write_time(j, "last_seen", device.last_seen_ns);
    write_time(j, "last_success", device.last_success_ns);
    write_time(j, "last_failure", device.last_failure_ns);
    j.key("sessions").number(device.sessions);
    j.key("failures").number(device.failures);
    write_source(j, device.ip);
    j.key("ja4").outside_or_null(device.ja4);
    j.key("firmware").outside_or_null(device.outside_firmware);
    write_tls(j, device.tls);
    write_policy(j, device.policy);
    j.key("cause").outside_or_null(device.cause);
    j.key("incident").outside_or_null(device.incident);
  });
}

void write(log::JsonWriter& j, const store::SessionRow& session) {
  j.object([&] {
    j.key("id").outside(session.id);
    write_time(j, "started", session.started_ns);
    write_time(j, "ended", session.ended_ns);
    j.key("handshake_ms");
    session.handshake_ns == 0 ? j.null() : j.real(static_cast<double>(session.handshake_ns / 1000) / 1000.0);
    j.object("source", [&] {
      j.key("ip").outside_or_null(session.ip);
      write_known(j, "port", session.port);
    });
    write_known(j, "listener_port", session.listener_port);
    j.key("server_name").outside_or_null(session.outside_server_name);
    j.key("ja4").outside_or_null(session.ja4);
    j.key("established").boolean(session.established);
    j.key("stage").outside_or_null(session.stage);
    write_tls(j, session.tls);
    write_policy(j, session.policy);
    j.array("alerts", [&] {
      for (const std::string& alert : session.alerts) j.outside(alert);
    });
    j.key("openssl").outside_or_null(session.outside_openssl);
    j.key("end_reason").outside_or_null(session.end_reason);
    j.key("bytes_in").number(session.bytes_in);
    j.key("bytes_out").number(session.bytes_out);
    j.key("cause").outside_or_null(session.cause);
    j.object("identity", [&] { j.key("how").outside_or_null(session.identity_how); });
  });
}

void write(log::JsonWriter& j, const store::IncidentRow& incident) {
  j.object([&] {
    j.key("id").outside(incident.id);
    j.key("broker").outside(incident.broker);
    j.key("cause").outside(incident.cause);
    j.key("profile").outside_or_null(incident.profile);
    j.key("subject").outside_or_null(incident.subject);
    write_known(j, "listener_port", incident.listener_port);
    j.key("state").name(incident.open ? "open" : "resolved");
    write_time(j, "first_seen", incident.first_seen_ns);
    write_time(j, "last_seen", incident.last_seen_ns);
    write_time(j, "resolved_at", incident.resolved_ns);
    j.key("devices").number(incident.devices);
    j.key("devices_at_least").boolean(incident.devices_at_least);
    j.key("failures").number(incident.failures);
    j.key("reopened").number(incident.reopened);
    j.key("merged_into").outside_or_null(incident.merged_into);
    j.array("hours", [&] {
      for (const store::IncidentRow::Hour& hour : incident.hours) {
        j.object([&] {
          write_time(j, "from", hour.from_ns);
          j.key("failures").number(hour.failures);
        });
      }
    });
  });
}

void write(log::JsonWriter& j, const store::VictimRow& victim) {
  j.object([&] {
    write_id(j, "device", victim.outside_device_id);
    j.key("broker").outside(victim.broker);
    write_source(j, victim.ip);
    j.key("failures").number(victim.failures);
    write_time(j, "last_failure", victim.last_failure_ns);
    j.key("failing").boolean(victim.failing);
  });
}

void write(log::JsonWriter& j, const store::CertificateRow& certificate) {
  j.object([&] {
    j.key("broker").outside(certificate.broker);
    write_known(j, "listener_port", certificate.listener_port);
    j.key("side").name(certificate.of_client ? "device" : "broker");
    write_id(j, "device", certificate.outside_device_id);
    j.key("sha256").outside_or_null(certificate.sha256);
    j.key("subject").outside_or_null(certificate.outside_subject);
    j.key("issuer").outside_or_null(certificate.outside_issuer);
    write_key(j, "key", certificate.key_algorithm, certificate.key_bits);
    j.key("not_after").name(log::TimeText::from_seconds(certificate.not_after_s).view());
    write_time(j, "last_seen", certificate.last_seen_ns);
  });
}

void write(log::JsonWriter& j, const store::ComplianceRow& row) {
  j.object([&] {
    j.key("broker").outside(row.broker);
    j.key("profile").outside_or_null(row.profile);
    j.key("requirement").outside(row.requirement);
    j.key("value").outside(row.value);
    j.key("devices").number(row.devices);
  });
}

void write(log::JsonWriter& j, const store::HourRow& hour) {
  j.object([&] {
    write_time(j, "from", hour.from_ns);
    j.key("broker").outside(hour.broker);
    j.key("cause").outside_or_null(hour.cause);
    j.key("count").number(hour.count);
  });
}

void write_line(log::JsonWriter& j, std::string_view json) {
  while (json.ends_with('\n')) json.remove_suffix(1);
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::BaseReaderHandler<> nobody;
  constexpr unsigned kStrict = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  const bool good = json.starts_with('{') && !rapidjson::Reader().Parse<kStrict>(stream, nobody).IsError();
  good ? j.json(json) : j.null();
}

}  // namespace tlswatch::view
