// The certificates of the tests, made by the `openssl` command.
//
// They are made once per build tree (an RSA-4096 key takes seconds) and kept in its cache folder; subjects,
// serial numbers and dates are fixed, so that what the log says of them is the same in every run. Only the
// keys, and with them the fingerprints, differ from tree to tree.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tlswatch::harness {

/// Pki is a folder with NAME.crt and NAME.key (PEM) for each of
///
///   ca, ca-ec, ca-other       authorities: RSA-2048, EC P-256, and one that nobody trusts (RSA-2048)
///   server                    RSA-2048, localhost and 127.0.0.1, by ca
///   server-rsa4096            RSA-4096, the rest as server
///   server-ec                 EC P-256, by ca-ec, the rest as server
///   server-expired            valid in the year 2020 only
///   server-wrong-name         for broker.example
///   server-other-ca           as server, but by ca-other
///   server-expiring           as server and with its key, but ends 6 days after it was made
///   server-chain              as server, followed by ca, ca-ec and ca-other: longer than it need be
///   client-good               CN=client-good, RSA-2048, by ca
///   client-ec                 CN=client-ec, EC P-256, by ca
///   client-untrusted          CN=client-untrusted, by ca-other
///   client-expired            CN=client-expired, by ca, valid in the year 2020 only
///   client-revoked            CN=client-revoked, by ca, and on its list of revoked ones, ca.crl
///   server-future             valid from 2048 on
///   ca-intermediate           an authority by ca; whoever trusts ca needs to be sent it
///   server-intermediate       as server, but by ca-intermediate, which follows in the file
///   server-incomplete         the same certificate without what follows
///   server-disordered         the same with ca-other, which does not belong there, in between
///   server-sha384, -sha1      as server, but signed with another hash
///   server-ed25519            as server, but its key is Ed25519
///   server-p384, -rsa3072     as server, but its key is EC P-384, RSA-3072
///   server-pss                as server, but signed with RSA-PSS
///
/// All others but server-expiring are valid from 2020 to 2049. Key files are world-readable: the broker is
/// another user.
class Pki {
 public:
  /// Copies the certificates into the new folder `folder`; makes them first where this tree has none.
  /// Throws Error where the openssl command fails.
  explicit Pki(const std::filesystem::path& folder);

  std::string certificate(std::string_view name) const { return file(name, ".crt"); }
  std::string key(std::string_view name) const { return file(name, ".key"); }
  std::string crl(std::string_view name) const { return file(name, ".crl"); }

 private:
  std::string file(std::string_view name, std::string_view suffix) const;

  std::filesystem::path folder_;
};

}  // namespace tlswatch::harness
