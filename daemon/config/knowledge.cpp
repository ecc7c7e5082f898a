#include "daemon/config/knowledge.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "daemon/config/knowledge_check.h"
#include "daemon/config/names.h"
#include "daemon/config/yaml_reader.h"
#include "daemon/core/catalog/causes.h"
#include "daemon/core/catalog/stack.h"
#include "daemon/core/policy/verdict.h"
#include "daemon/core/wire/names.h"

namespace tlswatch::config {
namespace {

using diagnose::Range;

constexpr std::int64_t kMin32 = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMax32 = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMaxFix = 1024;  // it goes into every line of its cause

template <typename Enum, typename NameOf>
std::vector<std::string_view> enum_names(Enum last, NameOf name_of) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
    out.push_back(name_of(static_cast<Enum>(i)));
  return out;
}

std::vector<std::string_view> names_of(const auto& names) {
  return {std::begin(names), std::end(names)};
}

class KnowledgeReader {
 public:
  KnowledgeReader(const std::string& file, diagnose::Knowledge& out, Places& places, Errors& errors)
      : r_(file, errors), out_(out), places_(places) {}

  void read() {
    const auto root = r_.load();
    if (!root) return;
    r_.map(*root, "a knowledge file",
           {{"shared", false, [](const Node&) {}},  // the home of YAML anchors: read where they are used
            {"rules", true,
             [this](const Node& n) { r_.list(n, "rules", [this](const Node& rule) { row(rule); }); }}});
  }

 private:
  void row(const Node& node) {
    if (out_.rules.size() == kMaxRules) {
      if (!std::exchange(too_many_, true)) {
        r_.fail(node,
                "more than " + std::to_string(kMaxRules) + " rules in all files; drop this and what follows");
      }
      return;
    }
    diagnose::Rule rule;
    r_.map(node, "a rule",
           {{"name", true, [&](const Node& n) { rule.name = r_.text(n, "name").value_or(""); }},
            {"broker", false, [&](const Node& n) { rule.broker = broker(n); }},
            {"device", false, [&](const Node& n) { rule.device = devices(n); }},
            {"cause", true, [&](const Node& n) { rule.cause = cause(n, "cause"); }},
            {"or", false, [&](const Node& n) { rule.or_causes = others(n); }},
            {"benign", false, [&](const Node& n) { rule.benign = r_.boolean(n, "benign").value_or(false); }},
            {"confidence", true,
             [&](const Node& n) { rule.confidence = r_.real(n, "confidence", 0, 1).value_or(0); }},
            {"fix", true, [&](const Node& n) { rule.fix = r_.text(n, "fix", kMaxFix).value_or(""); }},
            {"sources", false, [&](const Node& n) { rule.sources = r_.texts(n, "sources"); }}});
    check(node, rule);
    out_.rules.push_back(std::move(rule));
    places_.push_back({r_.file(), node.Mark().line + 1, node.Mark().column + 1, {}});
  }

  void check(const Node& node, const diagnose::Rule& rule) {
    if (!rule.broker && rule.device.empty()) {
      r_.fail(node, "a rule needs conditions: `broker`, `device` or both");
    }
    if (std::ranges::any_of(out_.rules, [&](const diagnose::Rule& r) { return r.name == rule.name; })) {
      r_.fail(node, "two rules are called `" + rule.name + "`");
    }
    if (std::ranges::find(rule.or_causes, rule.cause) != rule.or_causes.end()) {
      r_.fail(node, "`or` names the rule's own cause `" + rule.cause + "`; it is for what else it could be");
    }
    if (!rule.or_causes.empty() && rule.confidence >= 1) {
      r_.fail(node, "confidence 1 leaves nothing for `or`; lower it, or drop `or`");
    }
    if (!rule.broker) return;
    std::string_view why = diagnose::contradiction(*rule.broker);
    for (const diagnose::DevicePattern& device : rule.device) {
      if (why.empty()) why = diagnose::contradiction(*rule.broker, device);
    }
    if (!why.empty()) r_.fail(node, "this rule can never hold: " + std::string(why));
  }

  std::string cause(const Node& node, std::string_view what) {
    const auto id = r_.text(node, what);
    if (!id) return {};
    if (!catalog::find_cause(*id))
      r_.fail(node, "no cause is called `" + *id + "`; the contract lists the cause ids");
    return *id;
  }

  std::vector<std::string> others(const Node& node) {
    std::vector<std::string> out;
    r_.list(
        node, "or",
        [&](const Node& item) {
          std::string id = cause(item, "a cause");
          if (std::ranges::find(out, id) != out.end())
            r_.fail(item, "`or` names `" + id + "` twice; keep one");
          out.push_back(std::move(id));
        },
        true);
    if (out.size() > diagnose::kMaxAlternatives) {
      r_.fail(node, "`or` takes at most " + std::to_string(diagnose::kMaxAlternatives) + " causes");
    }
    return out;
  }

  template <typename T>
  std::vector<T> each(const Node& node, std::string_view what,
                      const std::function<std::optional<T>(const Node&)>& read) {
    std::vector<T> out;
    r_.list(
        node, what,
        [&](const Node& item) {
          if (auto v = read(item)) out.push_back(std::move(*v));
        },
        true);
    return out;
  }

  template <typename Enum, typename NameOf>
  diagnose::OneOf<Enum> enums(const Node& node, std::string_view what, Enum last, NameOf name_of) {
    const auto names = enum_names(last, name_of);
    diagnose::OneOf<Enum> out;
    r_.list(
        node, what,
        [&](const Node& item) {
          if (const auto v = r_.choice(item, what, names)) out.add(static_cast<Enum>(*v));
        },
        true);
    return out;
  }

  /// A scalar, also an empty one: "" means that OpenSSL said nothing.
  std::vector<std::string> words(const Node& node, std::string_view what) {
    return each<std::string>(node, what, [&](const Node& item) -> std::optional<std::string> {
      if (item.IsScalar()) return item.Scalar();
      r_.fail(item, std::string(what) + " must be a text");
      return std::nullopt;
    });
  }

  std::vector<std::uint32_t> numbers(const Node& node, std::string_view what) {
    return each<std::uint32_t>(node, what, [&](const Node& item) -> std::optional<std::uint32_t> {
      const auto v = r_.integer(item, what, 0, kMax32);
      return v ? std::optional(static_cast<std::uint32_t>(*v)) : std::nullopt;
    });
  }

  /// 62, or 256..511.
  std::vector<Range> ranges(const Node& node, std::string_view what) {
    return each<Range>(node, what, [&](const Node& item) -> std::optional<Range> {
      const std::string text = item.IsScalar() ? item.Scalar() : "";
      const std::size_t dots = text.find("..");
      const auto low = number(std::string_view(text).substr(0, dots));
      const auto high = dots == std::string::npos ? low : number(std::string_view(text).substr(dots + 2));
      if (low && high && *low <= *high) return Range{*low, *high};
      r_.fail(item, std::string(what) + " must be a number, such as 62, or a range, such as 256..511");
      return std::nullopt;
    });
  }
  static std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool good =
        error == std::errc{} && end == text.data() + text.size() && out >= kMin32 && out <= kMax32;
    return good ? std::optional(out) : std::nullopt;
  }

  diagnose::BrokerPattern broker(const Node& node) {
    diagnose::BrokerPattern p;
    r_.map(
        node, "broker",
        {{"established", false, [&](const Node& n) { p.established = r_.boolean(n, "established"); }},
         {"stage", false,
          [&](const Node& n) { p.stages = enums(n, "stage", wire::Stage::established, facts::stage_name); }},
         {"alert_received", false, [&](const Node& n) { p.alerts_received = alerts(r_, n); }},
         {"alert_sent", false, [&](const Node& n) { p.alerts_sent = alerts(r_, n); }},
         {"any_alert_received", false,
          [&](const Node& n) { p.any_alert_received = r_.boolean(n, "any_alert_received"); }},
         {"openssl", false, [&](const Node& n) { p.openssl = words(n, "openssl"); }},
         {"verify_error", false, [&](const Node& n) { p.verify_errors = numbers(n, "verify_error"); }},
         {"first_bytes", false,
          [&](const Node& n) {
            p.first_bytes = enums(n, "first_bytes", diagnose::FirstBytes::other, diagnose::first_bytes_name);
          }},
         {"offered_version", false, [&](const Node& n) { p.offered_versions = versions(r_, n); }},
         {"closed_by", false,
          [&](const Node& n) {
            p.closed_by = enums(n, "closed_by", diagnose::ClosedBy::reset, diagnose::closed_by_name);
          }},
         {"client_certificate_asked", false,
          [&](const Node& n) { p.client_certificate_asked = r_.boolean(n, "client_certificate_asked"); }},
         {"psk_offered", false, [&](const Node& n) { p.psk_offered = r_.boolean(n, "psk_offered"); }},
         {"server_key", false, [&](const Node& n) { p.server_keys = words(n, "server_key"); }},
         {"server_dates", false,
          [&](const Node& n) {
            p.server_dates = enums(n, "server_dates", diagnose::Dates::not_yet_valid, diagnose::dates_name);
          }},
         {"server_name", false,
          [&](const Node& n) {
            p.server_names =
                enums(n, "server_name", diagnose::ServerName::differs, diagnose::server_name_name);
          }},
         {"server_key_use", false,
          [&](const Node& n) {
            p.server_key_uses =
                enums(n, "server_key_use", diagnose::KeyUse::no_cipher, diagnose::key_use_name);
          }},
         {"server_chain", false,
          [&](const Node& n) {
            p.server_chains =
                enums(n, "server_chain", diagnose::ServerChain::longer, diagnose::server_chain_name);
          }},
         {"server_signature", false,
          [&](const Node& n) {
            p.server_signatures = enums(n, "server_signature", diagnose::ServerSignature::deprecated,
                                        diagnose::server_signature_name);
          }},
         {"said_nothing", false, [&](const Node& n) { p.said_nothing = r_.boolean(n, "said_nothing"); }},
         {"violation", false, [&](const Node& n) { p.violations = chosen(n, "violation", policy::rules()); }},
         {"every_violation", false,
          [&](const Node& n) { p.every_violation = chosen(n, "every_violation", policy::rules()); }},
         {"retransmits_at_least", false,
          [&](const Node& n) {
            if (const auto v = r_.integer(n, "retransmits_at_least", 1, kMax32))
              p.retransmits_at_least = static_cast<std::uint32_t>(*v);
          }},
         {"rtt_ms_at_least", false,
          [&](const Node& n) {
            if (const auto v = r_.integer(n, "rtt_ms_at_least", 1, kMax32))
              p.rtt_ms_at_least = static_cast<std::uint32_t>(*v);
          }},
         {"lasted_ms_at_least", false,
          [&](const Node& n) {
            if (const auto v = r_.integer(n, "lasted_ms_at_least", 1, kMax32))
              p.lasted_ms_at_least = static_cast<std::uint64_t>(*v);
          }},
         {"lasted_ms_below", false,
          [&](const Node& n) {
            if (const auto v = r_.integer(n, "lasted_ms_below", 1, kMax32))
              p.lasted_ms_below = static_cast<std::uint64_t>(*v);
          }},
         {"end_reason", false,
          [&](const Node& n) { p.end_reasons = chosen(n, "end_reason", names_of(diagnose::kEndReasons)); }}});
    return p;
  }

  /// One pattern, or a list of them.
  std::vector<diagnose::DevicePattern> devices(const Node& node) {
    if (!node.IsSequence()) return {device(node)};
    std::vector<diagnose::DevicePattern> out;
    r_.list(node, "device", [&](const Node& item) { out.push_back(device(item)); });
    return out;
  }

  diagnose::DevicePattern device(const Node& node) {
    diagnose::DevicePattern p;
    r_.map(node, "device",
           {{"stack", true,
             [&](const Node& n) { p.stacks = chosen(n, "stack", names_of(device::kStackNames)); }},
            {"phase", false,
             [&](const Node& n) { p.phases = chosen(n, "phase", names_of(device::kPhaseNames)); }},
            {"code", false, [&](const Node& n) { p.codes = ranges(n, "code"); }},
            {"detail", false, [&](const Node& n) { p.details = ranges(n, "detail"); }},
            {"clock_set", false, [&](const Node& n) { p.clock_set = r_.boolean(n, "clock_set"); }},
            {"count", false, [&](const Node& n) { p.counts = ranges(n, "count"); }},
            {"recovered", false, [&](const Node& n) { p.recovered = r_.boolean(n, "recovered"); }},
            {"now_server_key", false, [&](const Node& n) { p.now_server_keys = words(n, "now_server_key"); }},
            {"now_cipher", false, [&](const Node& n) { p.now_ciphers = cipher_suites(r_, n); }},
            {"unseen", false, [&](const Node& n) { p.unseen = r_.boolean(n, "unseen"); }}});
    if (node.IsMap() && !node["code"] && !node["phase"]) r_.fail(node, "device needs a `code`, or a `phase`");
    return p;
  }

  std::vector<std::string> chosen(const Node& node, std::string_view what,
                                  const std::vector<std::string_view>& names) {
    return each<std::string>(node, what, [&](const Node& item) -> std::optional<std::string> {
      const auto v = r_.choice(item, what, names);
      return v ? std::optional(std::string(names[*v])) : std::nullopt;
    });
  }

  Reader r_;
  diagnose::Knowledge& out_;
  Places& places_;
  bool too_many_ = false;
};

}  // namespace

Result<diagnose::Knowledge, Errors> load_knowledge(const std::vector<std::string>& files) {
  Errors errors;
  diagnose::Knowledge out;
  Places places;
  for (const std::string& file : files) KnowledgeReader(file, out, places, errors).read();
  if (errors.empty() && !files.empty()) check_knowledge(out, places, files.back(), errors);
  if (!errors.empty()) return errors;
  return out;
}

}  // namespace tlswatch::config
