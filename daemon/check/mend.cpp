#include "daemon/check/offer_names.h"
#include "daemon/check/report.h"
#include "daemon/core/policy/verdict.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::check {
namespace {

using catalog::Cause;

struct Mend {
  Cause cause;
  std::string_view text;  ///< with {port}, {name}, {ciphers}, {signature}, {payload}
};

// Words of mosquitto.conf(5) and certbot(1); Mosquitto reads certificates anew on SIGHUP. MFLN is OpenSSL's
// own doing, there is no switch for it (RFC 6066 section 4; OpenSSL 1.1.1 and later).
constexpr Mend kMends[] = {
    {Cause::dns_failure, "Give the devices a name that the DNS knows, or an address."},
    {Cause::tcp_connect_failure, "mosquitto.conf: `listener {port}`; then open the port in the firewall."},
    {Cause::tls_on_plain_port,
     "mosquitto.conf, under `listener {port}`: `certfile FILE` and `keyfile FILE`; or let the devices use "
     "the "
     "TLS port, usually 8883."},
    {Cause::not_tls,
     "Another service has this port: mosquitto.conf: `listener 8883` with `certfile` and `keyfile`."},
    {Cause::handshake_timeout,
     "Look whether the broker is overloaded, and whether a firewall or proxy before it holds the data back."},
    {Cause::connection_reset,
     "Look for a firewall or a limit on connections (mosquitto.conf: `max_connections -1`)."},
    {Cause::protocol_version_unsupported,
     "mosquitto.conf, under `listener {port}`: `tls_version tlsv1.2`, which is the lowest version that it "
     "takes."},
    {Cause::no_shared_cipher, "mosquitto.conf, under `listener {port}`: `ciphers {ciphers}`"},
    {Cause::server_key_type_unsupported,
     "certbot certonly --force-renewal --key-type rsa --rsa-key-size 2048 -d {name}"},
    {Cause::server_key_too_large,
     "certbot certonly --force-renewal --key-type rsa --rsa-key-size 2048 -d {name}"},
    {Cause::signature_algorithm_unsupported,
     "Have the certificates signed with {signature} (openssl x509 -req -sha256 for a CA of your own; certbot "
     "--preferred-chain for another chain); a device that goes by fingerprint does not look at it."},
    {Cause::server_chain_malformed,
     "mosquitto.conf: `certfile fullchain.pem`: the server's certificate first, then each one's issuer, "
     "without "
     "the root."},
    {Cause::server_cert_expired,
     "certbot renew, then systemctl reload mosquitto; and see why nobody renewed it."},
    {Cause::server_cert_not_yet_valid, "Look at the clock of the machine that issued it, and at this one's."},
    {Cause::server_name_mismatch,
     "certbot certonly -d {name}; or let the devices use a name that is in the certificate."},
    {Cause::server_cert_untrusted,
     "Give the devices the root of this chain, or a certificate of a CA that they have: mosquitto.conf: "
     "`certfile`."},
    {Cause::mfln_not_negotiated,
     "TLS has to end in a server that knows MFLN, as Mosquitto with OpenSSL does by itself: let a proxy "
     "before it "
     "pass TCP through, to a `listener {port}` with `certfile` and `keyfile`."},
    {Cause::mfln_not_honoured,
     "A fault of the server's TLS: update it, or let Mosquitto with OpenSSL end TLS; until then "
     "mosquitto.conf: "
     "`message_size_limit {payload}`"},
    {Cause::record_too_large,
     "MFLN would prevent it; without it, mosquitto.conf: `message_size_limit {payload}`, and a short chain."},
    {Cause::client_cert_missing,
     "Install a certificate and its key on the devices (here: --cert and --key), or mosquitto.conf: "
     "`require_certificate false`"},
    {Cause::client_cert_untrusted,
     "mosquitto.conf: `cafile FILE` with the CA that signed the devices' certificates."},
    {Cause::client_cert_expired, "Issue a new certificate for the device."},
    {Cause::client_cert_revoked,
     "Issue a new certificate, or take it off the list in mosquitto.conf's `crlfile`."},
    {Cause::credentials_refused,
     "mosquitto_passwd FILE USER, with `password_file FILE` in mosquitto.conf; then systemctl reload "
     "mosquitto."},
    {Cause::unknown, "See what the broker's log, or tlswatchd, says of this moment."},
};

std::string ciphers(const policy::Profile& profile) {
  std::string out;
  for (const std::uint16_t id : profile.cipher_suites) {
    const std::string name = openssl_name(id);
    if (name.empty()) continue;
    if (!out.empty()) out += ':';
    out += name;
  }
  return out.empty() ? "DEFAULT" : out;
}

/// Of the record, an MQTT header, topic and packet id have a part, too.
std::string payload(const policy::Profile& profile) {
  constexpr std::uint32_t kRest = 128;
  const std::uint32_t buffer = profile.buffer_bytes.value_or(16384);
  return std::to_string(buffer > 2 * kRest ? buffer - kRest : buffer / 2);
}

void replace(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace

std::string mend(Cause cause, const Plan& plan) {
  for (const Mend& row : kMends) {
    if (row.cause != cause) continue;
    std::string out(row.text);
    const std::string& name = plan.client.server_name.empty() ? plan.target.host : plan.client.server_name;
    replace(out, "{port}", std::to_string(plan.target.port));
    replace(out, "{ciphers}", ciphers(*plan.profile));
    replace(out, "{payload}", payload(*plan.profile));
    replace(out, "{signature}", policy::wanted("signature-algorithm", *plan.profile, {}));
    replace(out, "{name}", text::to_utf8(name));
    return out;
  }
  return {};
}

}  // namespace tlswatch::check
