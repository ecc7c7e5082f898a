// lx106-pack: PEM files into the emulated device's credential files. Their form: ../credentials.h.
//
//   lx106-pack ca FILE.pem > ca.bin        exactly one certificate
//   lx106-pack chain FILE.pem > chain.bin
//   lx106-pack key FILE.pem > key.bin      an EC key
//
// Exit 0 done, 1 the file is of no use, 2 bad usage.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "credentials.h"

namespace {

using namespace tlswatch::device::tool;

constexpr std::size_t kFieldMax = 0xFFFF;

std::string field(const unsigned char* bytes, std::size_t n) {
  if (n > kFieldMax) return {};
  std::string text = {static_cast<char>(n & 0xFF), static_cast<char>(n >> 8)};
  text.append(reinterpret_cast<const char*>(bytes), n);
  return text;
}

std::string field(const std::vector<unsigned char>& bytes) {
  return field(bytes.data(), bytes.size());
}

std::string pack_ca(const std::string& path, std::string& packed) {
  TrustAnchors file;
  if (std::string error = file.load(path); !error.empty()) return error;
  if (file.anchors().size() != 1) return "has more than one certificate";
  const br_x509_trust_anchor& anchor = file.anchors().front();
  const unsigned char is_ca = (anchor.flags & BR_X509_TA_CA) != 0 ? 1 : 0;
  packed = field({is_ca, anchor.pkey.key_type}) + field(anchor.dn.data, anchor.dn.len);
  if (anchor.pkey.key_type == BR_KEYTYPE_RSA) {
    const br_rsa_public_key& key = anchor.pkey.key.rsa;
    packed += field(key.n, key.nlen) + field(key.e, key.elen);
    return {};
  }
  const br_ec_public_key& key = anchor.pkey.key.ec;
  packed += field({static_cast<unsigned char>(key.curve)}) + field(key.q, key.qlen);
  return {};
}

std::string pack_chain(const std::string& path, std::string& packed) {
  DeviceCredentials file;
  if (std::string error = file.load_chain(path); !error.empty()) return error;
  for (const br_x509_certificate& certificate : file.chain())
    packed += field(certificate.data, certificate.data_len);
  return {};
}

std::string pack_key(const std::string& path, std::string& packed) {
  DeviceCredentials file;
  if (std::string error = file.load_key(path); !error.empty()) return error;
  if (file.ec() == nullptr) return "is not an EC key";
  packed = field({static_cast<unsigned char>(file.ec()->curve)}) + field(file.ec()->x, file.ec()->xlen);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  std::string packed;
  std::string error;
  if (what == "ca")
    error = pack_ca(argv[2], packed);
  else if (what == "chain")
    error = pack_chain(argv[2], packed);
  else if (what == "key")
    error = pack_key(argv[2], packed);
  else {
    std::cerr << "usage: lx106-pack ca|chain|key FILE.pem\n";
    return 2;
  }
  if (!error.empty()) {
    std::cerr << "lx106-pack: " << argv[2] << ": " << error << '\n';
    return 1;
  }
  std::cout << packed << std::flush;
  return std::cout ? 0 : 1;
}
