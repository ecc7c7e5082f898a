#include "daemon/check/report.h"

#include <algorithm>

#include "daemon/check/rows.h"
#include "daemon/core/event/mfln.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/cipher_suite.h"

namespace tlswatch::check {
namespace {

using catalog::Cause;

struct Requirement {
  std::string_view name;
  Row (*row)(const View&);
};
constexpr Requirement kBefore[] = {
    {"connection", connection},
    {"handshake", handshake},
    {"tls-version", tls_version},
    {"cipher", cipher},
    {"server-key-type", server_key_type},
    {"server-key-size", server_key_size},
    {"signature-algorithm", signature_algorithm},
    {"handshake-signature", handshake_signature},
    {"server-chain", server_chain},
    {"chain-order", chain_order},
    {"dates", dates},
    {"server-name", server_name},
    {"trust", trusted},
    {"client-certificate", client_certificate},
};
// Here come MFLN's, one a version and size.
constexpr Requirement kBehind[] = {
    {"record-size", record_size},
    {"mqtt", mqtt},
};

std::string mfln_name(std::size_t version, std::size_t size) {
  return "mfln-" + std::to_string(kMflnSizes[size]) + "-tls" +
         std::string(tls::version_name(kMflnVersions[version]));
}

policy::SessionFacts facts_of_device(const Survey& seen) {
  const Attempt& device = seen.device;
  policy::SessionFacts facts;
  facts.established = device.established();
  facts.version = device.heard.version;
  facts.cipher_suite = device.heard.cipher_suite;
  if (!seen.certificates.empty() && seen.certificates.front()) {
    const event::CertificateFacts& leaf = *seen.certificates.front();
    facts.key_algorithm = leaf.key_algorithm;
    facts.key_bits = leaf.key_bits;
    facts.key_curve = leaf.key_curve;
    facts.signature = leaf.signature_algorithm;
  }
  if (seen.shown != nullptr) facts.chain_bytes = seen.shown->heard.certificate_message;
  if (seen.asked_mfln != 0) facts.mfln_requested = seen.asked_mfln;
  if (device.heard.mfln_echoed != 0) facts.mfln_negotiated = device.heard.mfln_echoed;
  const std::uint32_t longest =
      std::max(longest_record(device, device.in_handshake), longest_record(device, device.in_data));
  if (longest != 0) facts.max_record_sent = longest;
  if (facts.mfln_negotiated && longest != 0) facts.mfln_honoured = longest <= *facts.mfln_negotiated;
  return facts;
}

bool only_about_records(const Row& row) {
  return row.requirement.starts_with("mfln-") || row.requirement == "record-size";
}

/// The rows of a state, once each, by what names them best.
std::string listed(const std::vector<Row>& rows, State state) {
  std::string out;
  std::vector<std::string_view> said;
  for (const Row& row : rows) {
    if (row.state != state) continue;
    const bool named = row.cause && *row.cause != Cause::unknown;
    const std::string_view name = named ? catalog::cause_id(*row.cause) : std::string_view(row.requirement);
    if (std::ranges::find(said, name) != said.end()) continue;
    said.push_back(name);
    out = joined(out, name);
  }
  return out;
}

std::string sentence_of(const Report& report, const View& view) {
  const std::string who = "A device of profile " + text::to_utf8(view.profile().name);
  const std::string where = text::to_utf8(view.plan.target.text());
  const std::string open = listed(report.rows, State::unknown);
  const std::string tail = open.empty() ? "" : " Not known: " + open + ".";
  if (report.verdict == State::unknown) return "Nothing can be said of " + where + "." + tail;
  if (report.verdict == State::ok) return who + " can connect to " + where + "." + tail;
  const std::string why = listed(report.rows, State::bad);
  const bool gets_in = view.seen.device.established() && std::ranges::all_of(report.rows, [](const Row& row) {
                         return row.state != State::bad || only_about_records(row);
                       });
  if (gets_in) return who + " connects to " + where + ", but long messages break it: " + why + "." + tail;
  return who + " cannot rely on " + where + ": " + why + "." + tail;
}

}  // namespace

std::string_view state_name(State state) noexcept {
  switch (state) {
    case State::ok: return "ok";
    case State::bad: return "bad";
    case State::unknown: break;
  }
  return "unknown";
}

Row ok(std::string wanted, std::string seen) {
  return {{}, std::move(wanted), std::move(seen), State::ok};
}
Row bad(std::string wanted, std::string seen, Cause cause) {
  return {{}, std::move(wanted), std::move(seen), State::bad, cause};
}
Row unknown(std::string wanted, std::string seen) {
  return {{}, std::move(wanted), std::move(seen), State::unknown};
}

Row by_rule(const View& view, std::string_view rule, std::string seen, Cause cause) {
  const auto& violations = view.judgement.violations;
  const auto broken = std::ranges::find(violations, rule, &policy::Violation::rule);
  if (broken != violations.end()) return bad(broken->wanted, text::to_utf8(broken->seen), cause);
  std::string wanted = policy::wanted(rule, view.profile(), view.facts);
  if (wanted.empty()) wanted = "any";
  return seen.empty() ? unknown(std::move(wanted), "not seen") : ok(std::move(wanted), std::move(seen));
}

std::string joined(std::string_view list, std::string_view item) {
  std::string out(list);
  if (!out.empty()) out += ", ";
  return out.append(item);
}

std::string version_text(std::uint16_t version) {
  const std::string_view name = tls::version_name(version);
  return "TLS " + (name.empty() ? std::to_string(version) : std::string(name));
}

std::string suite_text(std::uint16_t suite) {
  const std::string_view name = tls::cipher_suite_name(suite);
  return name.empty() ? "cipher " + std::to_string(suite) : std::string(name);
}

std::string bytes_text(std::uint64_t n) {
  return std::to_string(n) + " bytes";
}

std::string end_text(const Attempt& attempt) {
  switch (attempt.end) {
    case End::not_tried: return "not tried";
    case End::established: return "established";
    case End::no_tcp: return "no TCP connection: " + attempt.why;
    case End::timeout: return "no answer in time";
    case End::closed: return "it closed the connection without a word";
    case End::reset: return "it reset the connection";
    case End::not_tls: return "what it sends is no TLS (" + attempt.why + ")";
    case End::broken: return "its TLS breaks a rule (" + attempt.why + ")";
    case End::alert: break;
  }
  const std::uint8_t alert = attempt.heard.fatal_alert.value_or(0);
  const std::string_view name = tls::alert_name(alert);
  return "it sent alert " + std::to_string(alert) + (name.empty() ? "" : " " + std::string(name));
}

std::vector<std::string> requirements() {
  std::vector<std::string> out;
  for (const Requirement& r : kBefore) out.emplace_back(r.name);
  for (std::size_t v = 0; v < kMflnVersions.size(); ++v) {
    for (std::size_t s = 0; s < kMflnSizes.size(); ++s) out.push_back(mfln_name(v, s));
  }
  for (const Requirement& r : kBehind) out.emplace_back(r.name);
  return out;
}

Report report(const Plan& plan, const Survey& seen, std::int64_t now_unix_s) {
  View view{plan, seen, now_unix_s, facts_of_device(seen)};
  view.judgement = policy::judge(*plan.profile, view.facts);
  Report out;
  const auto add = [&](std::string name, Row row) {
    row.requirement = std::move(name);
    if (row.state == State::bad && row.cause) row.mend = mend(*row.cause, plan);
    out.rows.push_back(std::move(row));
  };
  for (const Requirement& r : kBefore) add(std::string(r.name), r.row(view));
  for (std::size_t v = 0; v < kMflnVersions.size(); ++v) {
    for (std::size_t s = 0; s < kMflnSizes.size(); ++s) add(mfln_name(v, s), mfln(view, v, s));
  }
  for (const Requirement& r : kBehind) add(std::string(r.name), r.row(view));

  const auto any = [&](State state) {
    return std::ranges::any_of(out.rows, [&](const Row& row) { return row.state == state; });
  };
  out.verdict = any(State::bad) ? State::bad : seen.device.established() ? State::ok : State::unknown;
  out.sentence = sentence_of(out, view);
  return out;
}

}  // namespace tlswatch::check
