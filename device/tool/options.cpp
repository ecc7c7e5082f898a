#include "options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <vector>

#include "tlswatch_report.h"

namespace tlswatch::device::tool {
namespace {

constexpr int kBadUsage = 2;
constexpr std::size_t kTextMax = 128;  // of an id or topic: more leaves no room for a report
constexpr std::size_t kPasswordMax = 1024;

// Where the firmwares have no documented figure of their own, all three take Tasmota's 1024 (its page "TLS
// Secured MQTT" gives buffers of 1024 + 1024 for the ESP32 too); the limits are BearSSL's as the firmwares
// build it.
const Profile kProfiles[] = {
    {"tasmota-esp8266", 1024, 2048},
    {"tasmota-esp32", 1024, 4096},
    {"aws-iot", 1024, 2048},
};

const Suite kSuites[] = {
    {"rsa", use_suite_rsa, ca_check_rsa},
    {"ecdhe-rsa", use_suite_ecdhe_rsa, ca_check_rsa},
    {"ecdhe-ecdsa", use_suite_ecdhe_ecdsa, ca_check_rsa_ec},
};
constexpr const char* kDefaultSuite = "ecdhe-rsa";

struct MflnName {
  const char* name;
  std::uint16_t bytes;
};
const MflnName kMflns[] = {{"512", 512}, {"1024", 1024}, {"2048", 2048}, {"4096", 4096}, {"off", 0}};

template <typename Row, std::size_t n>
const Row* find(const Row (&rows)[n], const std::string& name) {
  for (const Row& row : rows) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

template <typename Row, std::size_t n>
std::string names_of(const Row (&rows)[n]) {
  std::string names;
  for (const Row& row : rows) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

// Every complaint names the option, what was given, and what would be right.
[[noreturn]] void complain(const std::string& option, const std::string& given, const std::string& right) {
  throw CLI::ValidationError(option, "'" + given + "' does not fit: " + right);
}

template <typename Number>
Number number(const std::string& option, const std::string& text, Number low, Number high) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    complain(option, text, "a number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return value;
}

std::optional<std::uint32_t> clock_start(const std::string& text) {
  if (text == "unset") return std::nullopt;
  if (text == "now") return static_cast<std::uint32_t>(std::time(nullptr));
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) {
    complain("--clock", text, "unset, now, or seconds since 1970 (1 to 4294967295)");
  }
  return value;
}

void check_text(const std::string& option, const std::string& text, std::size_t limit) {
  const bool fits = !text.empty() && text.size() <= limit && text.find('\0') == std::string::npos;
  if (!fits) complain(option, text, "1 to " + std::to_string(limit) + " characters");
}

void check_topic(const std::string& option, const std::string& topic) {
  check_text(option, topic, kTextMax);
  if (topic.find_first_of("+#") != std::string::npos) complain(option, topic, "a topic without + and #");
}

// What CLI11 has read, before it is judged.
struct Raw {
  std::string port, profile = "tasmota-esp8266", suite = kDefaultSuite, mfln, clock = "now", stay = "0",
                    timeout = "10";
  std::string server_name, user, password;
  std::vector<std::string> fingerprints;
};

void declare(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--host", options.host, "The broker's name or address")->required();
  app.add_option("--port", raw.port, "The broker's TLS port")->required();
  app.add_option("--id", options.id, "The device's MQTT client id")->required();
  app.add_option("--profile", raw.profile, "Kind of device: " + names_of(kProfiles))->capture_default_str();
  app.add_option("--fingerprint", raw.fingerprints,
                 "Fingerprint of the server's key (40 hex digits), learn, or any; twice for two slots")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--cafile", options.cafile, "Check the server by the CA certificates in this PEM file");
  app.add_option("--server-name", raw.server_name, "Name for SNI and the CA check; default: the host");
  app.add_option("--cert", options.cert, "The device's certificate chain (PEM)");
  app.add_option("--key", options.key, "Its private key (PEM; P-256 or RSA, unencrypted)");
  app.add_option("--user", raw.user, "MQTT user");
  app.add_option("--password", raw.password, "MQTT password");
  app.add_option("--suite", raw.suite, "The one cipher suite: " + names_of(kSuites))->capture_default_str();
  app.add_option("--mfln", raw.mfln,
                 "Maximum fragment length: " + names_of(kMflns) + "; default: the profile's");
  app.add_option("--clock", raw.clock, "unset, now, or seconds since 1970")->capture_default_str();
  app.add_flag("--resume", options.resume,
               "Resume the session kept in --flash (or --rtc), and keep the new one");
  app.add_option("--rtc", options.rtc, "File that plays memory which survives a reset");
  app.add_option("--flash", options.flash, "File that plays memory which survives power loss");
  app.add_option("--report-topic", options.report_topic, "Topic of the report; default: tlswatch/report/ID");
  app.add_option("--stay", raw.stay, "Seconds to stay connected, with pings")->capture_default_str();
  app.add_option("--timeout", raw.timeout, "Seconds for TCP, for the handshake, and for each MQTT answer")
      ->capture_default_str();
}

void judge_identity(const CLI::App& app, Options& options, const Raw& raw) {
  if (options.cafile.empty() == raw.fingerprints.empty()) {
    throw CLI::ValidationError(
        "--fingerprint / --cafile",
        "give one of them, so that the device knows which server to trust: --fingerprint HEX, "
        "--fingerprint learn, --fingerprint any, or --cafile FILE");
  }
  if (raw.fingerprints.size() > kFingerprintSlots) {
    complain("--fingerprint", std::to_string(raw.fingerprints.size()) + " times", "at most two slots");
  }
  for (std::size_t i = 0; i < raw.fingerprints.size(); ++i) {
    if (parse_fingerprint(raw.fingerprints[i].c_str(), &options.slots[i])) continue;
    complain("--fingerprint", raw.fingerprints[i],
             "40 hex digits (tlswatch fingerprint --cert FILE prints them), learn, or any");
  }
  if (options.cert.empty() != options.key.empty()) {
    throw CLI::ValidationError(options.cert.empty() ? "--key" : "--cert",
                               "a certificate and its key go together: --cert FILE --key FILE");
  }
  if (app.count("--password") != 0 && app.count("--user") == 0) {
    throw CLI::ValidationError("--password", "needs --user NAME (MQTT 3.1.1 has no password without a user)");
  }
}

void judge(const CLI::App& app, Options& options, const Raw& raw) {
  options.port = number<std::uint16_t>("--port", raw.port, 1, 65535);
  options.profile = find(kProfiles, raw.profile);
  if (options.profile == nullptr) complain("--profile", raw.profile, names_of(kProfiles));
  options.suite = find(kSuites, raw.suite);
  if (options.suite == nullptr) complain("--suite", raw.suite, names_of(kSuites));
  options.mfln = options.profile->mfln;
  if (app.count("--mfln") != 0) {
    const MflnName* mfln = find(kMflns, raw.mfln);
    if (mfln == nullptr) complain("--mfln", raw.mfln, names_of(kMflns));
    options.mfln = mfln->bytes;
  }
  check_text("--host", options.host, 253);
  check_text("--id", options.id, kTextMax);
  judge_identity(app, options, raw);
  if (app.count("--server-name") != 0) {
    check_text("--server-name", raw.server_name, 253);
    options.server_name = raw.server_name;
  }
  if (app.count("--user") != 0) {
    check_text("--user", raw.user, kPasswordMax);
    options.user = raw.user;
  }
  if (app.count("--password") != 0) {
    if (raw.password.size() > kPasswordMax) complain("--password", "(not shown)", "at most 1024 characters");
    options.password = raw.password;
  }
  options.clock_s = clock_start(raw.clock);
  options.stay_s = number<std::uint32_t>("--stay", raw.stay, 0, 86400);
  options.timeout_ms = 1000 * number<std::uint32_t>("--timeout", raw.timeout, 1, 600);
  if (options.resume && options.rtc.empty() && options.flash.empty()) {
    throw CLI::ValidationError("--resume", "needs --flash FILE (or --rtc FILE) to keep the session in");
  }
  const bool own_topic = app.count("--report-topic") != 0;
  if (!own_topic) options.report_topic = kReportTopicPrefix + options.id;
  check_topic(own_topic ? "--report-topic" : "--id (its report topic)", options.report_topic);
}

}  // namespace

Parsed parse_options(int argc, char** argv) {
  CLI::App app("One connection attempt of the reference device; prints one JSON line", "tlswatch-device");
  app.set_version_flag("--version", "tlswatch-device " TLSWATCH_VERSION);
  Options options;
  Raw raw;
  try {
    declare(app, options, raw);
    app.parse(argc, argv);
    judge(app, options, raw);
    return {options, 0};
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return {std::nullopt, app.exit(error)};  // --help, --version
    std::fprintf(stderr, "tlswatch-device: %s (--help lists the options)\n", error.what());
    return {std::nullopt, kBadUsage};
  }
}

}  // namespace tlswatch::device::tool
