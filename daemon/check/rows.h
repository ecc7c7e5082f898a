#pragma once

#include <string>
#include <string_view>

#include "daemon/check/report.h"
#include "daemon/core/policy/verdict.h"

/// The rows, by subject. Internal to this folder: report.h puts them together.
namespace tlswatch::check {

/// What a row is made from.
struct View {
  const Plan& plan;
  const Survey& seen;
  std::int64_t now_unix_s = 0;
  policy::SessionFacts facts = {};   ///< of the device's own attempt, with the certificate it was shown
  policy::Judgement judgement = {};  ///< of these
  const policy::Profile& profile() const noexcept { return *plan.profile; }
};

/// Rows without name and mend.
Row ok(std::string wanted, std::string seen);
Row bad(std::string wanted, std::string seen, catalog::Cause cause);
Row unknown(std::string wanted, std::string seen);

/// A row by a rule of core/policy.
///
/// seen     what is known, in words; empty: nothing
/// returns  bad in the rule's own words where it was broken; else ok, or unknown where nothing is known
Row by_rule(const View& view, std::string_view rule, std::string seen, catalog::Cause cause);

/// "a, b, c"; and what of the two is longer is never empty.
std::string joined(std::string_view list, std::string_view item);

std::string version_text(std::uint16_t version);
std::string suite_text(std::uint16_t suite);
std::string bytes_text(std::uint64_t n);
/// How an attempt ended, for people.
std::string end_text(const Attempt& attempt);

/// Reaching it and the handshake.
Row connection(const View& view);
Row handshake(const View& view);
Row tls_version(const View& view);
Row cipher(const View& view);
Row client_certificate(const View& view);
Row mqtt(const View& view);

/// What the server shows.
Row server_key_type(const View& view);
Row server_key_size(const View& view);
Row signature_algorithm(const View& view);
Row handshake_signature(const View& view);
Row server_chain(const View& view);
Row chain_order(const View& view);
Row dates(const View& view);
Row server_name(const View& view);
Row trusted(const View& view);

/// How long its records are.
Row mfln(const View& view, std::size_t version_index, std::size_t size_index);
Row record_size(const View& view);

}  // namespace tlswatch::check
