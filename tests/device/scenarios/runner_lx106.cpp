// The firmware on an emulated ESP8266: device/firmware/README.md has its files. QEMU has the connection that
// socat made, as one process from start to end, so its end is the device's.
#include <ctime>
#include <map>

#include "error.h"
#include "files.h"
#include "runner.h"

namespace tlswatch::device_scenarios {
namespace {

const std::map<Build, const char*> kVariants = {
    {Build::rsa, "rsa"},
    {Build::rsa_512, "rsa-512"},
    {Build::ecdhe_rsa, "ecdhe-rsa"},
    {Build::ecdhe_ecdsa, "ecdhe-ecdsa"},
    {Build::aws_iot, "aws-iot"},
};

std::string settings(const Boot& boot) {
  std::string out = "host 127.0.0.1\nserver_name localhost\nport " + std::to_string(boot.port) + "\nid " +
                    boot.id + "\nclock " + std::to_string(std::time(nullptr)) + "\ntimeout_ms 30000\n";
  for (const std::string& fingerprint : boot.setting.fingerprints) out += "fingerprint " + fingerprint + "\n";
  if (boot.has_flash) out += "flash yes\n";
  if (boot.setting.resume) out += boot.has_flash ? "session flash\n" : "session rtc\n";
  return out;
}

// `kind` is ca, chain or key: what the PEM file holds.
void pack(const std::string& kind, const std::string& pem, const std::filesystem::path& folder) {
  if (pem.empty()) return;
  const harness::Finished done = harness::run({TLSWATCH_LX106_PACK, kind, pem});
  if (done.status != 0) throw harness::Error("lx106-pack: " + done.err);
  harness::write_file(folder / (kind + ".bin"), done.out);
}

}  // namespace

harness::Command boot_command(const Boot& boot) {
  harness::write_file(boot.folder / "settings.txt", settings(boot));
  pack("ca", boot.setting.cafile, boot.folder);
  pack("chain", boot.setting.certificate, boot.folder);
  pack("key", boot.setting.key, boot.folder);
  const std::string firmware =
      std::string(TLSWATCH_FIRMWARE_FOLDER) + "/" + kVariants.at(boot.setting.build) + ".elf";
  return {.argv = {TLSWATCH_FIRMWARE_BOOT, firmware, boot.folder, "127.0.0.1", std::to_string(boot.port)},
          .output = boot.folder / "notes",
          .errors = boot.folder / "notes"};
}

// The block at which the port keeps the image, of 4 bytes: 64, as under Tasmota.
std::size_t image_offset() {
  return 256;
}
std::size_t rtc_bytes() {
  return 512;
}

}  // namespace tlswatch::device_scenarios
