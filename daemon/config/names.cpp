#include "daemon/config/names.h"

#include <algorithm>
#include <charconv>

#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::config {

std::vector<std::uint16_t> versions(Reader& reader, const Node& node) {
  static const std::vector<std::string_view> kNames{"1.0", "1.1", "1.2", "1.3"};
  std::vector<std::uint16_t> out;
  reader.list(
      node, "versions",
      [&](const Node& item) {
        if (const auto v = reader.choice(item, "a version", kNames))
          out.push_back(static_cast<std::uint16_t>(tls::kTls10 + *v));
      },
      true);
  return out;
}

std::vector<std::uint16_t> cipher_suites(Reader& reader, const Node& node) {
  std::vector<std::uint16_t> out;
  reader.list(
      node, "ciphers",
      [&](const Node& item) {
        const auto name = reader.text(item, "a cipher");
        if (!name) return;
        const auto row = std::ranges::find(tls::cipher_suites(), *name, &tls::CipherSuite::name);
        if (row == tls::cipher_suites().end()) {
          return reader.fail(item, "no cipher suite is called `" + *name +
                                       "`; take IANA's name, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        }
        out.push_back(row->id);
      },
      true);
  return out;
}

std::vector<std::uint8_t> alerts(Reader& reader, const Node& node) {
  std::vector<std::uint8_t> out;
  reader.list(
      node, "alerts",
      [&](const Node& item) {
        const auto name = reader.text(item, "an alert");
        if (!name) return;
        const auto row = std::ranges::find(tls::alerts(), *name, &tls::Alert::name);
        if (row == tls::alerts().end()) {
          return reader.fail(item,
                             "no alert is called `" + *name + "`; take RFC 8446's name, such as unknown_ca");
        }
        out.push_back(row->code);
      },
      true);
  return out;
}

}  // namespace tlswatch::config
