#include "pki.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <vector>

#include "error.h"
#include "files.h"
#include "paths.h"
#include "process.h"

namespace tlswatch::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRsa2048 = "rsa_keygen_bits:2048";
constexpr const char* kRsa3072 = "rsa_keygen_bits:3072";
constexpr const char* kRsa4096 = "rsa_keygen_bits:4096";
constexpr const char* kP256 = "ec_paramgen_curve:P-256";
constexpr const char* kP384 = "ec_paramgen_curve:P-384";
constexpr const char* kEd25519 = nullptr;  // has no parameters
constexpr const char* kFar = "20491231000000Z";
constexpr const char* kPast = "20201231000000Z";
constexpr const char* kFuture = "20480101000000Z";
constexpr const char* kStart = "20200101000000Z";

struct Identity {
  const char* name;
  const char* subject;     // common name
  const char* issuer;      // nullptr: itself
  const char* key;         // arguments of `openssl genpkey`
  const char* extensions;  // section of kConfig
  const char* not_after;
  const char* digest = "sha256";
  const char* not_before = kStart;
  const char* padding = nullptr;  // of the issuer's RSA signature: pss; nullptr: as it is by default
};

// An issuer stands before whom it issues. The row's place is the serial number.
constexpr Identity kIdentities[] = {
    {"ca", "tlswatch test CA", nullptr, kRsa2048, "authority", kFar},
    {"ca-ec", "tlswatch test EC CA", nullptr, kP256, "authority", kFar},
    {"ca-other", "tlswatch other CA", nullptr, kRsa2048, "authority", kFar},
    {"server", "localhost", "ca", kRsa2048, "server", kFar},
    {"server-rsa4096", "localhost", "ca", kRsa4096, "server", kFar},
    {"server-ec", "localhost", "ca-ec", kP256, "server", kFar},
    {"server-expired", "localhost", "ca", kRsa2048, "server", kPast},
    {"server-wrong-name", "broker.example", "ca", kRsa2048, "wrong_name", kFar},
    {"server-other-ca", "localhost", "ca-other", kRsa2048, "server", kFar},
    {"client-good", "client-good", "ca", kRsa2048, "client", kFar},
    {"client-ec", "client-ec", "ca", kP256, "client", kFar},
    {"client-untrusted", "client-untrusted", "ca-other", kRsa2048, "client", kFar},
    {"client-expired", "client-expired", "ca", kRsa2048, "client", kPast},
    {"client-revoked", "client-revoked", "ca", kRsa2048, "client", kFar},
    {"server-future", "localhost", "ca", kRsa2048, "server", kFar, "sha256", kFuture},
    {"ca-intermediate", "tlswatch issuing CA", "ca", kRsa2048, "authority", kFar},
    {"server-incomplete", "localhost", "ca-intermediate", kRsa2048, "server", kFar},
    {"server-sha384", "localhost", "ca", kRsa2048, "server", kFar, "sha384"},
    {"server-sha1", "localhost", "ca", kRsa2048, "server", kFar, "sha1"},
    {"server-ed25519", "localhost", "ca", kEd25519, "server", kFar},
    {"server-p384", "localhost", "ca", kP384, "server", kFar},
    {"server-rsa3072", "localhost", "ca", kRsa3072, "server", kFar},
    {"server-pss", "localhost", "ca", kRsa2048, "server", kFar, "sha256", kStart, "pss"},
};
constexpr int kRevokedRow = 13;
static_assert(std::string_view(kIdentities[kRevokedRow].name) == "client-revoked");

// `openssl ca` rather than `openssl x509`: in OpenSSL 3.0 only it takes a start date.
constexpr const char* kConfig = R"(
[ca]
default_ca = tests
[tests]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = name_only
unique_subject = no
[name_only]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
[wrong_name]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:broker.example
[client]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
)";

void openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  const Finished done = run(arguments, {}, 60s);
  if (done.status != 0) throw Error("openssl " + arguments.at(1) + " failed: " + done.err);
}

std::string algorithm_of(const Identity& identity) {
  if (identity.key == kEd25519) return "ED25519";
  return std::string_view(identity.key).starts_with("ec_") ? "EC" : "RSA";
}

// Hexadecimal digits, as `openssl ca` wants them.
std::string serial_of(int row) {
  return std::to_string(1000 + row);
}

void make(const Identity& identity, int row, const fs::path& folder) {
  const std::string base = (folder / identity.name).string();
  const std::string issuer = identity.issuer == nullptr ? base : (folder / identity.issuer).string();
  write_file(folder / "serial", serial_of(row) + "\n");
  write_file(folder / "index.txt", "");
  std::vector<std::string> key = {"genpkey", "-algorithm", algorithm_of(identity), "-out", base + ".key"};
  if (identity.key != kEd25519) key.insert(key.end(), {"-pkeyopt", identity.key});
  openssl(key);
  openssl({"req", "-new", "-key", base + ".key", "-subj", "/CN=" + std::string(identity.subject), "-out",
           base + ".csr"});
  std::vector<std::string> sign = {"ca",
                                   "-batch",
                                   "-notext",
                                   "-config",
                                   folder / "openssl.cnf",
                                   "-in",
                                   base + ".csr",
                                   "-out",
                                   base + ".crt",
                                   "-keyfile",
                                   issuer + ".key",
                                   "-startdate",
                                   identity.not_before,
                                   "-enddate",
                                   identity.not_after,
                                   "-extensions",
                                   identity.extensions,
                                   "-md",
                                   identity.digest};
  if (identity.padding != nullptr)
    sign.insert(sign.end(), {"-sigopt", "rsa_padding_mode:" + std::string(identity.padding)});
  if (identity.issuer == nullptr) {
    sign.emplace_back("-selfsign");
  } else {
    sign.insert(sign.end(), {"-cert", issuer + ".crt"});
  }
  openssl(sign);
  for (const char* suffix : {".key", ".crt"}) fs::permissions(base + suffix, fs::perms(0644));
}

// ca's list of what it has revoked, by the index that `openssl ca` would have kept.
void make_crl(const fs::path& folder) {
  write_file(folder / "index.txt", std::string("R\t491231000000Z\t200601000000Z\t") + serial_of(kRevokedRow) +
                                       "\tunknown\t/CN=client-revoked\n");
  openssl({"ca", "-config", (folder / "openssl.cnf").string(), "-gencrl", "-keyfile",
           (folder / "ca.key").string(), "-cert", (folder / "ca.crt").string(), "-crl_lastupdate",
           "20200601000000Z", "-crl_nextupdate", kFar, "-out", (folder / "ca.crl").string()});
}

void make_all(const fs::path& folder) {
  std::string config = kConfig;
  for (const char* name : {"index.txt", "serial"}) {
    config.replace(config.find(std::string("= ") + name), 2, "= " + folder.string() + "/");
  }
  config.replace(config.find("new_certs_dir = ."), 17, "new_certs_dir = " + folder.string());
  write_file(folder / "openssl.cnf", config);
  int row = 0;
  for (const Identity& identity : kIdentities) make(identity, row++, folder);
  make_crl(folder);
}

// The key of `server` for another certificate of it. x509 counts from now in whole days: with 6, five are
// left.
void make_variants(const fs::path& folder, const fs::path& cache) {
  const auto in = [&](const char* name) { return (folder / name).string(); };
  for (const char* name : {"server-expiring.key", "server-chain.key"})
    fs::copy_file(folder / "server.key", folder / name);
  for (const char* name : {"server-intermediate.key", "server-disordered.key"})
    fs::copy_file(folder / "server-incomplete.key", folder / name);
  openssl({"x509", "-req", "-in", (cache / "server.csr").string(), "-CA", in("ca.crt"), "-CAkey",
           in("ca.key"), "-set_serial", "0x1900", "-sha256", "-days", "6", "-extfile",
           (cache / "openssl.cnf").string(), "-extensions", "server", "-out", in("server-expiring.crt")});
  const auto chain = [&](const char* name, const std::vector<const char*>& parts) {
    std::string text;
    for (const char* part : parts) text += read_file(in(part));
    write_file(folder / name, text);
  };
  chain("server-chain.crt", {"server.crt", "ca.crt", "ca-ec.crt", "ca-other.crt"});
  chain("server-intermediate.crt", {"server-incomplete.crt", "ca-intermediate.crt"});
  chain("server-disordered.crt", {"server-incomplete.crt", "ca-other.crt", "ca-intermediate.crt"});
  fs::permissions(folder / "server-expiring.crt", fs::perms(0644));
}

// The folder with all of them; made by whoever comes first, while others wait.
fs::path cached() {
  const fs::path done = cache_folder() / "pki-3";  // count up when the table above changes
  fs::create_directories(cache_folder());
  const int lock = open((cache_folder() / "pki.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) throw Error("cannot lock " + cache_folder().string());
  if (!fs::exists(done)) {
    const fs::path half = cache_folder() / "pki-half";
    fs::remove_all(half);
    fs::create_directory(half);
    make_all(half);
    fs::rename(half, done);
  }
  close(lock);
  return done;
}

}  // namespace

Pki::Pki(const std::filesystem::path& folder) : folder_(folder) {
  const fs::path from = cached();
  fs::create_directory(folder_);
  for (const Identity& identity : kIdentities) {
    for (const char* suffix : {".crt", ".key"}) {
      fs::copy_file(from / (std::string(identity.name) + suffix),
                    folder_ / (std::string(identity.name) + suffix));
    }
  }
  fs::copy_file(from / "ca.crl", folder_ / "ca.crl");
  make_variants(folder_, from);
}

std::string Pki::file(std::string_view name, std::string_view suffix) const {
  const fs::path path = folder_ / (std::string(name) + std::string(suffix));
  if (!fs::exists(path)) throw Error("the test certificates have no " + path.filename().string());
  return path.string();
}

}  // namespace tlswatch::harness
