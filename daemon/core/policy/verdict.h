#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/policy/profile.h"

namespace tlswatch::policy {

/// SessionFacts: what a profile judges. Nothing is judged that is not known.
struct SessionFacts {
  bool established = false;        ///< the handshake was seen to its good end
  std::uint16_t version = 0;       ///< 0: not known
  std::uint16_t cipher_suite = 0;  ///< 0: not known
  std::string_view key_algorithm;  ///< of the server's certificate; empty: not known
  std::uint32_t key_bits = 0;
  std::string_view key_curve;
  std::string_view signature;                ///< empty: not known
  std::optional<std::uint32_t> chain_bytes;  ///< of the server's Certificate message; a resumption has none
  std::optional<std::uint16_t> mfln_requested, mfln_negotiated;
  std::optional<bool> mfln_honoured;
  std::optional<std::uint32_t> max_record_sent;      ///< plaintext bytes
  std::optional<std::uint32_t> records_over_buffer;  ///< of the profile's buffer
};

enum class Verdict : std::uint8_t {
  pass,
  violation,
  unknown,  ///< nothing wrong was seen, but the handshake ended before everything was, or was not seen
};

std::string_view verdict_name(Verdict verdict) noexcept;

/// One fact that the profile does not allow.
struct Violation {
  std::string_view rule;  ///< lives for ever
  std::string wanted;
  std::string seen;
};

struct Judgement {
  const Profile* profile = nullptr;  ///< null: no profile matched, nothing was judged
  Verdict verdict = Verdict::unknown;
  std::vector<Violation> violations;  ///< one a fact, in the order of rules()
};

/// Judges a session by a profile: each rule of the table once.
Judgement judge(const Profile& profile, const SessionFacts& facts);

/// What the profile wants by a rule, in the words of its violations. Empty: it leaves that open, for a
/// session of these facts, or there is no such rule.
std::string wanted(std::string_view rule, const Profile& profile, const SessionFacts& facts);

/// The names of all rules, in the order they are tried.
std::vector<std::string_view> rules();

}  // namespace tlswatch::policy
