// The host build, tlswatch-device, started as it is or by the command TLSWATCH_DEVICE_UNDER (valgrind).
#include <map>
#include <sstream>

#include "paths.h"
#include "runner.h"
#include "tlswatch_image.h"

namespace tlswatch::device_scenarios {
namespace {

struct BuildRow {
  const char* suite;
  const char* mfln;
};
const std::map<Build, BuildRow> kBuilds = {
    {Build::rsa, {"rsa", "1024"}},
    {Build::rsa_512, {"rsa", "512"}},
    {Build::ecdhe_rsa, {"ecdhe-rsa", "1024"}},
    {Build::ecdhe_ecdsa, {"ecdhe-ecdsa", "1024"}},
    {Build::aws_iot, {"ecdhe-rsa", "1024"}},
};

// Under valgrind, on a machine with other things to do, a handshake takes seconds.
constexpr const char* kTimeoutSeconds = "30";

std::vector<std::string> words(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

}  // namespace

harness::Command boot_command(const Boot& boot) {
  const BuildRow& build = kBuilds.at(boot.setting.build);
  std::vector<std::string> argv = words(TLSWATCH_DEVICE_UNDER);
  argv.push_back(harness::device_program());
  const auto add = [&argv](const char* option, const std::string& value) {
    argv.emplace_back(option);
    argv.push_back(value);
  };
  add("--host", "127.0.0.1");
  add("--server-name", "localhost");
  add("--port", std::to_string(boot.port));
  add("--id", boot.id);
  add("--suite", build.suite);
  add("--mfln", build.mfln);
  add("--timeout", kTimeoutSeconds);
  for (const std::string& fingerprint : boot.setting.fingerprints) add("--fingerprint", fingerprint);
  if (!boot.setting.cafile.empty()) add("--cafile", boot.setting.cafile);
  if (!boot.setting.certificate.empty()) {
    add("--cert", boot.setting.certificate);
    add("--key", boot.setting.key);
  }
  if (boot.setting.resume) argv.emplace_back("--resume");
  add("--rtc", boot.folder / "rtc.bin");
  if (boot.has_flash) add("--flash", boot.folder / "flash.bin");
  return {.argv = argv, .output = boot.folder / "result.json", .errors = boot.folder / "notes"};
}

// kImageOffset of the host port's file_store.h; what lies behind it is a saved session.
std::size_t image_offset() {
  return 0;
}
std::size_t rtc_bytes() {
  return 512;
}

}  // namespace tlswatch::device_scenarios
