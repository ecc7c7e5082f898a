#include "daemon/check/fingerprint.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/check/server_keys.h"
#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/file_text.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/wrap.h"

/// `tlswatch fingerprint`: by what a server's key is pinned.
///
/// JSON, one object: `keys`, one for each key that the server has (a file has one): `{subject, key (RSA or
/// EC, ...), bits, curve, tasmota_v2, tasmota_v1, console, spki_sha256, certificate_sha1,
/// certificate_sha256}`. Fingerprints are hexadecimal in capitals, Tasmota's as its console takes them, with
/// blanks. What does not exist for a kind of key is null.
namespace tlswatch::cli {
namespace {

using check::Fingerprints;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

struct FingerprintOptions {
  std::string certificate, connect, input, server_name;
  unsigned timeout_s = 5;
  bool json = false;
};

std::string tasmota(const std::optional<check::Sha1>& fingerprint) {
  return fingerprint ? check::hex(*fingerprint, ' ') : std::string();
}

std::string console(const Fingerprints& f) {
  return f.tasmota_v2 ? "MqttFingerprint1 " + tasmota(f.tasmota_v2) : std::string();
}

std::string key_text(const Fingerprints& f) {
  std::string out = text::to_utf8(f.facts.key_algorithm) + " " + std::to_string(f.facts.key_bits);
  if (!f.facts.key_curve.empty()) out += ", " + text::to_utf8(f.facts.key_curve);
  return out;
}

void write_text(JsonWriter& w, const char* key, std::string_view text) {
  w.Key(key);
  if (text.empty()) {
    w.Null();
    return;
  }
  w.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string for_machines(const std::vector<Fingerprints>& keys) {
  rapidjson::StringBuffer buffer;
  JsonWriter w(buffer);
  w.StartObject();
  w.Key("keys");
  w.StartArray();
  for (const Fingerprints& f : keys) {
    w.StartObject();
    write_text(w, "subject", text::to_utf8(f.facts.subject));
    write_text(w, "key", text::to_utf8(f.facts.key_algorithm));
    w.Key("bits");
    w.Uint(f.facts.key_bits);
    write_text(w, "curve", text::to_utf8(f.facts.key_curve));
    write_text(w, "tasmota_v2", tasmota(f.tasmota_v2));
    write_text(w, "tasmota_v1", tasmota(f.tasmota_v1));
    write_text(w, "console", console(f));
    write_text(w, "spki_sha256", check::hex(f.spki_sha256));
    write_text(w, "certificate_sha1", check::hex(f.certificate_sha1));
    write_text(w, "certificate_sha256", check::hex(f.certificate_sha256));
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

std::string_view note(const Fingerprints& f) {
  if (f.facts.key_algorithm == "RSA") return {};
  if (f.facts.key_curve == "secp256r1")
    return "An EC key: firmware older than August 2026 computes this fingerprint wrongly; there let the "
           "device learn "
           "the key (MqttFingerprint1 with all 00). A device with RSA ciphers alone cannot use this key at "
           "all "
           "(SetOption165 1 switches ECDSA on).";
  return "Tasmota takes RSA keys, and EC keys on secp256r1; it cannot use this one.";
}

std::string for_people(const std::vector<Fingerprints>& keys) {
  std::string out;
  for (const Fingerprints& f : keys) {
    out += key_text(f) + "  " + text::to_utf8(f.facts.subject) + '\n';
    if (f.tasmota_v2) append_field(out, "v2", tasmota(f.tasmota_v2) + "  (Tasmota 8.4 and later)");
    if (f.tasmota_v1) append_field(out, "v1", tasmota(f.tasmota_v1) + "  (before 8.4)");
    if (f.tasmota_v2) append_field(out, "console", console(f));
    append_field(out, "spki", check::hex(f.spki_sha256) + "  (SHA-256)");
    append_field(out, "sha1", check::hex(f.certificate_sha1) + "  (of the certificate)");
    append_field(out, "sha256", check::hex(f.certificate_sha256) + "  (of the certificate)");
    if (!note(f).empty()) append_field(out, "note", note(f));
  }
  return out;
}

int refuse(std::string_view why, int exit_code) {
  std::cerr << "tlswatch fingerprint: " << why << '\n';
  return exit_code;
}

int print(const std::vector<check::Der>& certificates, bool json) {
  std::vector<Fingerprints> keys;
  for (const check::Der& der : certificates) {
    if (const auto f = check::fingerprints(der)) keys.push_back(*f);
  }
  if (keys.empty()) return refuse("the certificate cannot be read", kBadNews);
  std::cout << (json ? for_machines(keys) : for_people(keys));
  return kFine;
}

int run(const FingerprintOptions& options) {
  const int given = !options.certificate.empty() + !options.connect.empty() + !options.input.empty();
  if (given != 1 || (!options.input.empty() && options.input != "-"))
    return refuse("give one of --cert FILE, --connect HOST:PORT and - (standard input)", kBadUsage);
  if (options.connect.empty()) {
    const auto file =
        read_file(options.input.empty() ? options.certificate : "-", check::kMaxCertificateFile);
    if (!file) return refuse("the certificate cannot be read, or is longer than 1 MB", kBadUsage);
    const check::Der der = check::first_certificate_of(*file);
    if (der.empty()) return refuse("there is no certificate in it, neither PEM nor DER", kBadUsage);
    return print({der}, options.json);
  }
  const auto target = check::parse_target(options.connect);
  if (!target) return refuse("HOST:PORT is a name, an IPv4 or an [IPv6] address, and a port", kBadUsage);
  std::signal(SIGPIPE, SIG_IGN);
  const std::string& name = options.server_name.empty() ? target->host : options.server_name;
  const auto certificates = check::server_keys(*target, name, std::chrono::seconds(options.timeout_s));
  if (!certificates) return refuse(target->text() + ": " + certificates.error(), kBadNews);
  return print(*certificates, options.json);
}

}  // namespace

void add_fingerprint(CLI::App& app, int& exit_code) {
  auto* const verb =
      app.add_subcommand("fingerprint", "by what a server's key is pinned, Tasmota's fingerprints first");
  const auto options = std::make_shared<FingerprintOptions>();
  verb->add_option("--cert", options->certificate, "PEM or DER file; of several certificates the first");
  verb->add_option("--connect", options->connect, "a live server; without :PORT it is 8883");
  verb->add_option("INPUT", options->input, "- reads PEM or DER from standard input");
  verb->add_option("--server-name", options->server_name,
                   "with --connect: the name to ask for; default: HOST");
  verb->add_option("--timeout", options->timeout_s, "with --connect: seconds for each step")
      ->capture_default_str()
      ->check(CLI::Range(1U, 60U));
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace tlswatch::cli
