#include "daemon/core/policy/verdict.h"

#include <algorithm>

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::policy {
namespace {

/// What breaks a rule, as it was seen; nothing: it was kept, or is not known.
using Seen = std::optional<std::string>;

template <typename Range, typename ToText>
std::string one_of(const Range& items, ToText to_text) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += " or ";
    out += to_text(item);
  }
  return out;
}

template <typename T>
bool allows(const std::vector<T>& list, const auto& seen) {
  return list.empty() || std::ranges::find(list, seen) != list.end();
}

std::string bytes(std::uint64_t n) {
  return std::to_string(n) + " bytes";
}

/// For a number that has no name: "0x6C9C".
std::string hex_text(std::uint16_t v) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[unsigned{v} >> shift & 15U];
  return out;
}

std::string version_text(std::uint16_t version) {
  const std::string_view name = tls::version_name(version);
  return "TLS " + (name.empty() ? hex_text(version) : std::string(name));
}

std::string suite_text(std::uint16_t suite) {
  const std::string_view name = tls::cipher_suite_name(suite);
  return name.empty() ? hex_text(suite) : std::string(name);
}

std::string key_text(const KeyLimit& key) {
  std::string out = key.algorithm;
  if (!key.curves.empty()) out += " " + one_of(key.curves, [](const std::string& c) { return c; });
  return out;
}

const KeyLimit* limit_for(const Profile& profile, const SessionFacts& facts) {
  const auto found = std::ranges::find_if(profile.server_keys, [&](const KeyLimit& key) {
    return key.algorithm == facts.key_algorithm &&
           (facts.key_curve.empty() || allows(key.curves, facts.key_curve));
  });
  return found == profile.server_keys.end() ? nullptr : &*found;
}

std::string size_text(std::uint16_t n) {
  return std::to_string(n);
}

std::string wanted_version(const Profile& profile, const SessionFacts&) {
  return one_of(profile.versions, version_text);
}
Seen tls_version(const Profile& profile, const SessionFacts& facts) {
  if (facts.version == 0 || allows(profile.versions, facts.version)) return {};
  return version_text(facts.version);
}

std::string wanted_cipher(const Profile& profile, const SessionFacts&) {
  return one_of(profile.cipher_suites, suite_text);
}
Seen cipher(const Profile& profile, const SessionFacts& facts) {
  if (facts.cipher_suite == 0 || allows(profile.cipher_suites, facts.cipher_suite)) return {};
  return suite_text(facts.cipher_suite);
}

std::string wanted_key_type(const Profile& profile, const SessionFacts&) {
  return one_of(profile.server_keys, key_text);
}
Seen server_key_type(const Profile& profile, const SessionFacts& facts) {
  if (facts.key_algorithm.empty() || profile.server_keys.empty()) return {};
  if (limit_for(profile, facts) != nullptr) return {};
  std::string seen(facts.key_algorithm);
  if (!facts.key_curve.empty()) seen += " " + std::string(facts.key_curve);
  return seen;
}

std::string wanted_key_size(const Profile& profile, const SessionFacts& facts) {
  const KeyLimit* limit = facts.key_algorithm.empty() ? nullptr : limit_for(profile, facts);
  return limit == nullptr || limit->max_bits == 0 ? std::string()
                                                  : "at most " + std::to_string(limit->max_bits) + " bits";
}
Seen server_key_size(const Profile& profile, const SessionFacts& facts) {
  const KeyLimit* limit = facts.key_algorithm.empty() ? nullptr : limit_for(profile, facts);
  if (limit == nullptr || limit->max_bits == 0 || facts.key_bits <= limit->max_bits) return {};
  return std::to_string(facts.key_bits) + " bits";
}

std::string wanted_signature(const Profile& profile, const SessionFacts&) {
  return one_of(profile.signatures, [](const std::string& s) { return s; });
}
Seen signature(const Profile& profile, const SessionFacts& facts) {
  if (facts.signature.empty() || allows(profile.signatures, facts.signature)) return {};
  return std::string(facts.signature);
}

std::string wanted_chain(const Profile& profile, const SessionFacts&) {
  return profile.chain_bytes ? "a chain of at most " + bytes(*profile.chain_bytes) : std::string();
}
Seen server_chain(const Profile& profile, const SessionFacts& facts) {
  if (!profile.chain_bytes || facts.chain_bytes.value_or(0) <= *profile.chain_bytes) return {};
  return bytes(*facts.chain_bytes);
}

std::string wanted_mfln(const Profile& profile, const SessionFacts&) {
  return one_of(profile.mfln, size_text);
}
Seen mfln(const Profile& profile, const SessionFacts& facts) {
  if (!facts.established) return {};
  if (!facts.mfln_negotiated.has_value()) {
    if (!profile.mfln_required) return {};
    return facts.mfln_requested ? "none, though " + std::to_string(*facts.mfln_requested) + " was asked for"
                                : "none, and none was asked for";
  }
  if (allows(profile.mfln, *facts.mfln_negotiated)) return {};
  return std::to_string(*facts.mfln_negotiated);
}

std::string wanted_honoured(const Profile&, const SessionFacts& facts) {
  return facts.mfln_negotiated ? "records of at most " + bytes(*facts.mfln_negotiated) : std::string();
}
Seen mfln_honoured(const Profile&, const SessionFacts& facts) {
  if (facts.mfln_honoured.value_or(true) || !facts.mfln_negotiated.has_value()) return {};
  return "a record of " + bytes(facts.max_record_sent.value_or(0));
}

std::string wanted_record(const Profile& profile, const SessionFacts&) {
  return profile.buffer_bytes ? "records of at most " + bytes(*profile.buffer_bytes) : std::string();
}
Seen record_size(const Profile& profile, const SessionFacts& facts) {
  if (!profile.buffer_bytes.has_value()) return {};
  const std::uint32_t over = facts.records_over_buffer.value_or(0);
  const std::uint32_t largest = facts.max_record_sent.value_or(0);
  if (over == 0 && largest <= *profile.buffer_bytes) return {};
  return std::to_string(std::max(over, std::uint32_t{1})) + " above it, the largest of " + bytes(largest);
}

struct Rule {
  std::string_view name;
  Seen (*breaks)(const Profile&, const SessionFacts&);
  std::string (*wanted)(const Profile&, const SessionFacts&);
};

constexpr Rule kRules[] = {
    {"tls-version", tls_version, wanted_version},
    {"cipher", cipher, wanted_cipher},
    {"server-key-type", server_key_type, wanted_key_type},
    {"server-key-size", server_key_size, wanted_key_size},
    {"signature-algorithm", signature, wanted_signature},
    {"server-chain", server_chain, wanted_chain},
    {"mfln", mfln, wanted_mfln},
    {"mfln-honoured", mfln_honoured, wanted_honoured},
    {"record-size", record_size, wanted_record},
};

}  // namespace

std::string_view verdict_name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::violation: return "violation";
    case Verdict::unknown: return "unknown";
  }
  return "unknown";
}

Judgement judge(const Profile& profile, const SessionFacts& facts) {
  Judgement out{&profile, facts.established ? Verdict::pass : Verdict::unknown, {}};
  for (const Rule& rule : kRules) {
    Seen seen = rule.breaks(profile, facts);
    if (!seen.has_value()) continue;
    out.violations.push_back({rule.name, rule.wanted(profile, facts), std::move(*seen)});
    out.verdict = Verdict::violation;
  }
  return out;
}

std::string wanted(std::string_view name, const Profile& profile, const SessionFacts& facts) {
  const auto* const rule = std::ranges::find(kRules, name, &Rule::name);
  return rule == std::end(kRules) ? std::string() : rule->wanted(profile, facts);
}

std::vector<std::string_view> rules() {
  std::vector<std::string_view> out;
  for (const Rule& rule : kRules) out.push_back(rule.name);
  return out;
}

}  // namespace tlswatch::policy
