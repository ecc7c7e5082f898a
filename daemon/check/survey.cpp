#include "daemon/check/survey.h"

#include <algorithm>

#include "daemon/core/tls/cipher_suite.h"

namespace tlswatch::check {
namespace {

/// A server that lets so many connections time out, is not asked again.
constexpr int kMaxTimeouts = 2;

class Surveyor {
 public:
  Surveyor(const Plan& plan, Survey& out) : plan_(plan), out_(out) {}

  void run() {
    out_.asked_mfln = asked_mfln(*plan_.profile);
    if (!reach()) return;
    for (std::size_t i = 0; i < kVersions.size(); ++i) {
      tell("TLS " + std::string(tls::version_name(kVersions[i])));
      out_.versions[i] = connect({.lowest = kVersions[i], .highest = kVersions[i]}, {});
    }
    const bool tls = spoke_tls(out_.device) || std::ranges::any_of(out_.versions, spoke_tls);
    if (!tls) {
      tell("plain MQTT");
      out_.plain_mqtt = speaks_plain_mqtt(address_, plan_.timeout);
      return;
    }
    try_mfln();
    try_suites();
    judge_certificates();
  }

 private:
  static bool spoke_tls(const Attempt& a) { return a.heard.version != 0 || a.heard.fatal_alert.has_value(); }

  void tell(std::string_view what) const {
    if (plan_.progress) plan_.progress(what);
  }

  /// Meets the server as the device does: the first address that takes the connection is the one.
  bool reach() {
    tell("its addresses");
    const auto addresses = resolve(plan_.target, Clock::now() + plan_.timeout);
    if (!addresses) {
      out_.unresolved = addresses.error();
      return false;
    }
    tell("as the device");
    for (const Address& address : *addresses) {
      address_ = address;
      out_.device = attempt(address, device_offer(), plan_.client, login(), plan_.timeout);
      if (out_.device.connected) {
        out_.address = address.text;
        timeouts_ = out_.device.end == End::timeout ? 1 : 0;
        return true;
      }
      out_.unreached = DialError{out_.device.why, out_.device.end == End::timeout};
    }
    if (addresses->empty()) out_.unreached = DialError{"it has no address"};
    return false;
  }

  Attempt connect(const Offer& offer, const std::optional<Login>& login) {
    if (timeouts_ >= kMaxTimeouts) {
      out_.gave_up = true;
      return {};
    }
    Attempt seen = attempt(address_, offer, plan_.client, login, plan_.timeout);
    if (seen.end == End::timeout) ++timeouts_;
    return seen;
  }

  std::optional<Login> login() const { return Login{own_client_id(), plan_.user, plan_.password}; }

  Offer device_offer() const {
    const policy::Profile& profile = *plan_.profile;
    Offer offer;
    offer.cipher_suites = profile.cipher_suites;
    offer.signatures = profile.signatures;
    offer.mfln = out_.asked_mfln;
    // Up to TLS 1.2 these are one list (RFC 8422 section 5.1.1): a curve that it takes no key on, it has not
    // at all.
    for (const policy::KeyLimit& key : profile.server_keys)
      offer.groups.insert(offer.groups.end(), key.curves.begin(), key.curves.end());
    if (profile.versions.empty()) return offer;
    offer.lowest = *std::ranges::min_element(profile.versions);
    offer.highest = *std::ranges::max_element(profile.versions);
    return offer;
  }

  void try_mfln() {
    // Where the device's own message did not come back, no other will, unless it was TLS that ended it.
    const Attempt& device = out_.device;
    const bool talks = device.mqtt == Mqtt::delivered || !device.established() || !device.why.empty();
    for (std::size_t v = 0; v < kMflnVersions.size(); ++v) {
      const auto at = std::ranges::find(kVersions, kMflnVersions[v]);
      const Attempt& plain = out_.versions[static_cast<std::size_t>(at - kVersions.begin())];
      if (!plain.took_version(kMflnVersions[v])) continue;
      for (std::size_t s = 0; s < kMflnSizes.size(); ++s) {
        tell("MFLN " + std::to_string(kMflnSizes[s]) + " on TLS " +
             std::string(tls::version_name(kMflnVersions[v])));
        out_.mfln[v][s] =
            connect({.lowest = kMflnVersions[v], .highest = kMflnVersions[v], .mfln = kMflnSizes[s]},
                    talks ? login() : std::nullopt);
      }
    }
  }

  void try_suites() {
    for (const std::uint16_t id : plan_.profile->cipher_suites) {
      const tls::CipherSuite* const suite = tls::find_cipher_suite(id);
      if (suite == nullptr || out_.suites.size() == kMaxSuites) continue;
      tell(suite->name);
      const std::uint16_t highest = suite->tls13_only() ? tls::kTls13 : tls::kTls12;
      out_.suites.push_back({id, connect({.highest = highest, .cipher_suites = {id}}, {})});
    }
  }

  void judge_certificates() {
    const auto offer = [&](const Attempt& a) {
      if (out_.shown == nullptr && !a.heard.chain.empty()) out_.shown = &a;
    };
    offer(out_.device);
    for (const SuiteTried& tried : out_.suites) offer(tried.attempt);
    for (std::size_t i = kVersions.size(); i-- != 0;) offer(out_.versions[i]);
    if (out_.shown == nullptr) return;
    const std::vector<Der>& chain = out_.shown->heard.chain;
    out_.certificates = facts_of(chain);
    out_.order = chain_order(chain);
    out_.name = name_match(chain.front(), plan_.client.server_name);
    out_.trust = trust(chain, plan_.ca_file);
  }

  const Plan& plan_;
  Survey& out_;
  Address address_;
  int timeouts_ = 0;
};

}  // namespace

std::uint16_t asked_mfln(const policy::Profile& profile) noexcept {
  std::uint16_t out = 0;
  for (const std::uint16_t size : profile.mfln) {
    if (size <= profile.buffer_bytes.value_or(size)) out = std::max(out, size);
  }
  return out;
}

std::unique_ptr<Survey> survey(const Plan& plan) {
  auto out = std::make_unique<Survey>();
  Surveyor(plan, *out).run();
  return out;
}

}  // namespace tlswatch::check
