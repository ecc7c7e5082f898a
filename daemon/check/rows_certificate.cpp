#include <ctime>
#include <ranges>

#include "daemon/check/rows.h"
#include "daemon/core/event/offer.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::check {
namespace {

using catalog::Cause;

constexpr std::int64_t kDay = 86'400;

const event::CertificateFacts* leaf(const View& view) {
  return view.seen.certificates.empty() ? nullptr : view.seen.certificates.front().get();
}

std::string date_text(std::int64_t unix_s) {
  std::tm parts{};
  const std::time_t time = unix_s;
  char out[32] = {};
  if (gmtime_r(&time, &parts) == nullptr || std::strftime(out, sizeof out, "%Y-%m-%d", &parts) == 0)
    return "?";
  return out;
}

std::string days_text(std::int64_t seconds) {
  const std::int64_t days = seconds / kDay;
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

/// The certificate that decides about the dates: one that is out of them, else the one that ends first.
const event::CertificateFacts* decisive(const View& view, diagnose::Dates& dates) {
  const event::CertificateFacts* out = nullptr;
  dates = diagnose::Dates::unknown;
  for (const auto& certificate : view.seen.certificates) {
    if (!certificate) continue;
    const auto now_ns = static_cast<std::uint64_t>(view.now_unix_s) * 1'000'000'000;
    const diagnose::Dates own = event::dates_at(*certificate, now_ns);
    const bool worse = own != diagnose::Dates::good && dates == diagnose::Dates::good;
    const bool sooner =
        out != nullptr && own == dates && certificate->not_after_unix_s < out->not_after_unix_s;
    if (out != nullptr && !worse && !sooner) continue;
    out = certificate.get();
    dates = own;
  }
  return out;
}

}  // namespace

Row server_key_type(const View& view) {
  const event::CertificateFacts* const certificate = leaf(view);
  std::string seen;
  if (certificate != nullptr) {
    seen = text::to_utf8(certificate->key_algorithm);
    if (!certificate->key_curve.empty()) seen += " " + text::to_utf8(certificate->key_curve);
  }
  return by_rule(view, "server-key-type", seen, Cause::server_key_type_unsupported);
}

Row server_key_size(const View& view) {
  const event::CertificateFacts* const certificate = leaf(view);
  std::string seen;
  if (certificate != nullptr) seen = std::to_string(certificate->key_bits) + " bits";
  return by_rule(view, "server-key-size", seen, Cause::server_key_too_large);
}

// The root signs itself, and nobody checks that.
Row signature_algorithm(const View& view) {
  std::string seen;
  bool refused = false;
  for (const auto& certificate : view.seen.certificates) {
    if (!certificate || (certificate->subject == certificate->issuer && certificate.get() != leaf(view)))
      continue;
    seen = joined(seen, text::to_utf8(certificate->signature_algorithm));
    policy::SessionFacts facts;
    facts.signature = certificate->signature_algorithm;
    const auto judged = policy::judge(view.profile(), facts);
    refused = refused || !judged.violations.empty();
  }
  Row row = by_rule(view, "signature-algorithm", seen, Cause::signature_algorithm_unsupported);
  return refused ? bad(row.wanted, seen, Cause::signature_algorithm_unsupported) : row;
}

Row handshake_signature(const View& view) {
  const Heard& heard = view.seen.device.heard;
  const std::string wanted = "a scheme that the device offers";
  if (heard.signature_scheme != 0) {
    const std::string_view name = tls::signature_scheme_name(heard.signature_scheme);
    return ok(wanted, name.empty() ? std::to_string(heard.signature_scheme) : std::string(name));
  }
  if (view.seen.device.established()) return ok(wanted, "none is needed with this cipher");
  return unknown(wanted, "the handshake did not come so far");
}

Row server_chain(const View& view) {
  std::string seen;
  if (view.facts.chain_bytes) {
    const std::size_t n = view.seen.shown->heard.chain.size();
    seen = bytes_text(*view.facts.chain_bytes) + ", " + std::to_string(n) +
           (n == 1 ? " certificate" : " certificates");
  }
  return by_rule(view, "server-chain", seen, Cause::record_too_large);
}

Row chain_order(const View& view) {
  const std::string wanted = "each certificate signed by the next";
  const event::CertificateFacts* const certificate = leaf(view);
  if (view.seen.order == Order::unknown || certificate == nullptr) return unknown(wanted, "not seen");
  if (view.seen.order == Order::bad)
    return bad(wanted, "one that is not its neighbour's issuer", Cause::server_chain_malformed);
  switch (event::server_chain(view.facts.chain_bytes, *certificate)) {
    case diagnose::ServerChain::unknown:
    case diagnose::ServerChain::longer: return ok(wanted, "in order");
    case diagnose::ServerChain::self_signed: return ok(wanted, "one certificate, its own issuer");
    case diagnose::ServerChain::leaf_only: return ok(wanted, "one certificate");
    // By its issuer's name, or where its issuer publishes its certificate. By fingerprint no device minds.
    case diagnose::ServerChain::incomplete: break;
  }
  if (view.seen.trust.state == Trust::State::trusted)
    return ok(wanted, "one certificate, of a CA that is trusted");
  return bad(wanted, "the server's alone, and its issuer is no root", Cause::server_chain_malformed);
}

Row dates(const View& view) {
  const std::string wanted = "valid today";
  diagnose::Dates dates{};
  const event::CertificateFacts* const certificate = decisive(view, dates);
  if (certificate == nullptr) return unknown(wanted, "not seen");
  const std::string seen = date_text(certificate->not_before_unix_s) + " to " +
                           date_text(certificate->not_after_unix_s) +
                           (certificate == leaf(view) ? "" : " (of its issuer)");
  switch (dates) {
    case diagnose::Dates::expired:
      return bad(wanted,
                 seen + ", ended " + days_text(view.now_unix_s - certificate->not_after_unix_s) + " ago",
                 Cause::server_cert_expired);
    case diagnose::Dates::not_yet_valid: return bad(wanted, seen, Cause::server_cert_not_yet_valid);
    case diagnose::Dates::unknown:
    case diagnose::Dates::good: break;
  }
  return ok(wanted, seen + ", " + days_text(certificate->not_after_unix_s - view.now_unix_s) + " left");
}

// A device that goes by fingerprint looks at no name: it is bad only for who says that it counts.
Row server_name(const View& view) {
  const std::string name = text::to_utf8(view.plan.client.server_name);
  const std::string wanted = name.empty() ? "a name" : "for " + name;
  if (view.seen.name == NameMatch::matches) return ok(wanted, "it is");
  const event::CertificateFacts* const certificate = leaf(view);
  if (view.seen.name == NameMatch::unknown || certificate == nullptr) return unknown(wanted, "not seen");
  std::string names;
  constexpr std::size_t kShown = 4;
  for (const std::string& dns : certificate->dns_names | std::views::take(kShown))
    names = joined(names, text::to_utf8(dns));
  if (certificate->dns_names.size() > kShown) names = joined(names, "...");
  const std::string seen = names.empty() ? "it is not" : "for " + names;
  if (view.plan.ca_file.empty() && !view.plan.name_counts)
    return unknown(wanted, seen + "; counts for devices that go by a CA: give --cafile");
  return bad(wanted, seen, Cause::server_name_mismatch);
}

Row trusted(const View& view) {
  const std::string wanted = "a chain to a CA of --cafile";
  switch (view.seen.trust.state) {
    case Trust::State::not_asked: break;
    case Trust::State::no_file: return unknown(wanted, "there is no CA in that file");
    case Trust::State::trusted: return ok(wanted, "it leads there");
    case Trust::State::untrusted: {
      const event::CertificateFacts* const certificate = leaf(view);
      const bool incomplete =
          view.seen.trust.issuer_missing && certificate != nullptr &&
          event::server_chain(view.facts.chain_bytes, *certificate) == diagnose::ServerChain::incomplete;
      return bad(wanted, view.seen.trust.why,
                 incomplete ? Cause::server_chain_malformed : Cause::server_cert_untrusted);
    }
  }
  return unknown(wanted, view.plan.ca_file.empty() ? "not asked: give --cafile" : "not seen");
}

}  // namespace tlswatch::check
