#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/check/report.h"
#include "daemon/config/profiles.h"
#include "daemon/config/shipped.h"
#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/file_text.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/wrap.h"
#include "daemon/tlswatch/wrapped_table.h"

/// `tlswatch check HOST:PORT`: whether a device of a profile can connect there, one row a requirement.
///
/// JSON, one object: `target`, `address` (that answered; null: none), `profile`, `verdict` (ok, bad,
/// unknown), `sentence`, `rows` of `{requirement, wanted, seen, state, cause, mend}` (state: ok, bad,
/// unknown; cause and mend are null unless it is bad), and `mfln`, the figures behind its rows: `{version,
/// asked, agreed, record, message}`: agreed is the size that the server echoed or null; record the plaintext
/// bytes of the longest record of the handshake; message that of the records which brought an 8192-byte
/// message back, or null where none came.
namespace tlswatch::cli {
namespace {

using check::Plan;
using check::Report;
using check::Row;
using check::State;
using check::Survey;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// The device that this project is about first.
constexpr std::string_view kDefaultProfile = "tasmota-esp8266";
constexpr std::size_t kMaxPasswordFile = 65'536;

struct CheckOptions {
  std::string target;
  std::string profile;
  std::vector<std::string> profiles;
  std::string ca_file, server_name, certificate, key, user, password_file;
  unsigned timeout_s = 5;
  bool json = false;
};

void write_text(JsonWriter& w, std::string_view key, std::string_view text) {
  w.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  if (text.empty()) {
    w.Null();
    return;
  }
  w.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_size(JsonWriter& w, const char* key, std::uint32_t bytes) {
  w.Key(key);
  if (bytes == 0) {
    w.Null();
    return;
  }
  w.Uint(bytes);
}

void write_mfln(JsonWriter& w, const Survey& seen) {
  w.Key("mfln");
  w.StartArray();
  for (std::size_t v = 0; v < check::kMflnVersions.size(); ++v) {
    for (std::size_t s = 0; s < check::kMflnSizes.size(); ++s) {
      const check::Attempt& a = seen.mfln[v][s];
      if (!a.took_version(check::kMflnVersions[v])) continue;
      w.StartObject();
      write_text(w, "version", tls::version_name(check::kMflnVersions[v]));
      write_size(w, "asked", check::kMflnSizes[s]);
      write_size(w, "agreed", a.heard.mfln_echoed);
      write_size(w, "record", check::longest_record(a, a.in_handshake));
      write_size(w, "message",
                 a.mqtt == check::Mqtt::delivered ? check::longest_record(a, a.in_data) : std::uint32_t{0});
      w.EndObject();
    }
  }
  w.EndArray();
}

std::string for_machines(const Plan& plan, const Survey& seen, const Report& report) {
  rapidjson::StringBuffer buffer;
  JsonWriter w(buffer);
  w.StartObject();
  write_text(w, "target", text::to_utf8(plan.target.text()));
  write_text(w, "address", seen.address);
  write_text(w, "profile", text::to_utf8(plan.profile->name));
  write_text(w, "verdict", check::state_name(report.verdict));
  write_text(w, "sentence", report.sentence);
  w.Key("rows");
  w.StartArray();
  for (const Row& row : report.rows) {
    w.StartObject();
    write_text(w, "requirement", row.requirement);
    write_text(w, "wanted", row.wanted);
    write_text(w, "seen", row.seen);
    write_text(w, "state", check::state_name(row.state));
    write_text(w, "cause", row.cause ? catalog::cause_id(*row.cause) : std::string_view());
    write_text(w, "mend", row.mend);
    w.EndObject();
  }
  w.EndArray();
  write_mfln(w, seen);
  w.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

std::string for_people(const Plan& plan, const Survey& seen, const Report& report) {
  WrappedTable table({"STATE", "REQUIREMENT", "WANTED", "SEEN"}, {7, 19, 39, 40});
  for (const Row& row : report.rows)
    table.add({std::string(check::state_name(row.state)), row.requirement, row.wanted, row.seen});
  std::string out = text::to_utf8(plan.target.text());
  if (!seen.address.empty()) out += " (" + seen.address + ")";
  out += ", as a device of profile " + text::to_utf8(plan.profile->name) + " meets it\n\n";
  out += table.text() + "\n" + report.sentence + "\n";
  std::vector<std::string> said;
  for (const Row& row : report.rows) {
    if (!row.cause || std::ranges::find(said, row.mend) != said.end()) continue;
    said.push_back(row.mend);
    out.append(catalog::cause_id(*row.cause)) += '\n';
    append_field(out, "mend", row.mend);
  }
  return out;
}

/// The profile asked for; null: there is none, and the user knows.
const policy::Profile* choose(const policy::Profiles& profiles, const CheckOptions& options) {
  const std::string_view name = options.profile.empty() ? kDefaultProfile : std::string_view(options.profile);
  if (const policy::Profile* const found = profiles.find(name)) return found;
  std::cerr << "tlswatch check: no profile " << text::to_utf8(name) << "; there are:";
  for (const policy::Profile& profile : profiles.profiles) std::cerr << ' ' << text::to_utf8(profile.name);
  std::cerr << '\n';
  return nullptr;
}

/// Takes what the options say into the plan; false: something in them is wrong, and the user knows.
bool take(const CheckOptions& options, Plan& plan) {
  const auto refuse = [](std::string_view why) {
    std::cerr << "tlswatch check: " << why << '\n';
    return false;
  };
  const auto target = check::parse_target(options.target);
  if (!target) return refuse("HOST:PORT is a name, an IPv4 or an [IPv6] address, and a port from 1 to 65535");
  plan.target = *target;
  plan.client = {options.server_name.empty() ? target->host : options.server_name, options.certificate,
                 options.key};
  plan.name_counts = !options.server_name.empty();
  plan.ca_file = options.ca_file;
  plan.timeout = std::chrono::seconds(options.timeout_s);
  if (!options.user.empty()) plan.user = options.user;
  if (!options.password_file.empty()) {
    const auto content = read_file(options.password_file, kMaxPasswordFile);
    if (!content) return refuse("--password-file cannot be read, or is longer than 64 KB");
    plan.password = content->substr(0, content->find_first_of("\r\n"));
  }
  if (const std::string trouble = check::client_trouble(plan.client); !trouble.empty())
    return refuse("--cert and --key: " + trouble);
  if (!plan.ca_file.empty() && !check::is_ca_file(plan.ca_file))
    return refuse("--cafile: no certificate in it");
  return true;
}

int run(const CheckOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a server that goes away is an answer
  const auto profiles = config::load_profiles(
      options.profiles.empty() ? std::vector{config::shipped_files().profiles} : options.profiles);
  if (!profiles) {
    for (const config::Error& error : profiles.error())
      std::cerr << "tlswatch check: " << config::to_text(error) << '\n';
    return kBadUsage;
  }
  Plan plan;
  plan.profile = choose(*profiles, options);
  if (plan.profile == nullptr || !take(options, plan)) return kBadUsage;
  if (options.profile.empty() && !options.json)
    std::cerr << "tlswatch check: no --profile, so the likeliest: " << kDefaultProfile << '\n';
  const bool shows_progress = isatty(STDERR_FILENO) == 1;
  if (shows_progress)
    plan.progress = [](std::string_view what) { std::cerr << "\r\x1B[Klooking: " << what << std::flush; };

  const auto seen = check::survey(plan);
  if (shows_progress) std::cerr << "\r\x1B[K";
  const Report report = check::report(plan, *seen, std::time(nullptr));
  std::cout << (options.json ? for_machines(plan, *seen, report) : for_people(plan, *seen, report));
  return report.verdict == State::ok ? kFine : kBadNews;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* const verb =
      app.add_subcommand("check", "whether a device can connect to a server, and what stands in its way");
  const auto options = std::make_shared<CheckOptions>();
  verb->add_option("HOST:PORT", options->target, "the server; without :PORT it is 8883")->required();
  verb->add_option("--profile", options->profile, "kind of device; default: " + std::string(kDefaultProfile));
  verb->add_option("--profiles", options->profiles, "files of profiles, in the place of the shipped one");
  verb->add_option("--cafile", options->ca_file, "PEM, the CAs that the device trusts");
  verb->add_option("--server-name", options->server_name, "the name that it asks for; default: HOST");
  auto* const certificate = verb->add_option("--cert", options->certificate, "PEM, the device's certificate");
  auto* const key = verb->add_option("--key", options->key, "PEM, its key");
  certificate->needs(key);
  key->needs(certificate);
  auto* const user = verb->add_option("--user", options->user, "log in as this user");
  verb->add_option("--password-file", options->password_file, "the first line is the password")->needs(user);
  verb->add_option("--timeout", options->timeout_s, "seconds for each step of each connection")
      ->capture_default_str()
      ->check(CLI::Range(1U, 60U));
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace tlswatch::cli
