#include "device.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <csignal>

#include "error.h"
#include "sanitizer.h"

namespace tlswatch::device_scenarios {
namespace {

// The whole attempt: on an emulator, or under valgrind, beside other tests.
constexpr std::chrono::milliseconds kBootDeadline = std::chrono::seconds(60);

std::string in_a_line(const rapidjson::Document& answer) {
  const bool connected = answer["connected"].GetBool();
  std::string out =
      connected ? "connected" : "not connected, code " + std::to_string(answer["code"].GetInt());
  if (!answer["mfln"].IsNull()) out += ", mfln " + std::to_string(answer["mfln"].GetInt());
  if (answer["resumed"].GetBool()) out += ", resumed";
  if (answer["reported"].GetInt() != 0) out += ", reported " + std::to_string(answer["reported"].GetInt());
  return out;
}

}  // namespace

Device::Device(const harness::TempDir& folder, std::string id, bool has_flash)
    : id_(std::move(id)), folder_(folder / id_), has_flash_(has_flash) {
  std::filesystem::create_directory(folder_);
}

void Device::start(const Setting& setting, std::uint16_t port,
                   const std::map<std::string, std::string>& environment) {
  std::filesystem::remove(folder_ / "result.json");
  harness::Command command = boot_command({folder_, id_, has_flash_, setting, port});
  command.environment.insert(environment.begin(), environment.end());
  process_ = std::make_unique<harness::Process>(command);
}

std::string Device::finish() {
  const std::optional<int> status = process_->wait(kBootDeadline);
  process_.reset();
  EXPECT_TRUE(status.has_value()) << id_ << " does not come to its end: " << notes();
  EXPECT_EQ(harness::sanitizer_report(notes()), "");
  const std::string said = harness::read_file(folder_ / "result.json");
  rapidjson::Document answer;
  if (answer.Parse(said.c_str()).HasParseError() || !answer.IsObject()) {
    ADD_FAILURE() << id_ << " gives no answer: " << said << "\n" << notes();
    return "no answer";
  }
  EXPECT_EQ(status.value_or(-1), answer["connected"].GetBool() ? 0 : 1) << notes();
  return in_a_line(answer);
}

std::string Device::boot(const Setting& setting, std::uint16_t port) {
  start(setting, port);
  return finish();
}

std::string Device::boot_until_rtc_bytes(const Setting& setting, std::uint16_t port, std::size_t bytes) {
  const std::filesystem::path mark = folder_ / "power-is-off";
  start(setting, port,
        {{"LD_PRELOAD", harness::preload(TLSWATCH_POWER_SWITCH)},
         {"TLSWATCH_POWER_FILE", rtc()},
         {"TLSWATCH_POWER_BYTES", std::to_string(bytes)},
         {"TLSWATCH_POWER_MARK", mark}});
  EXPECT_TRUE(process_->wait(kBootDeadline).has_value()) << id_ << " does not come to its end: " << notes();
  return std::filesystem::remove(mark) ? "cut" : finish();
}

void Device::cut_power() {
  if (!process_->alive()) throw harness::Error(id_ + " has ended before its power was cut: " + notes());
  process_->signal(SIGKILL);
  EXPECT_TRUE(process_->wait(kBootDeadline).has_value()) << id_ << " still runs: " << notes();
  process_.reset();
}

void Device::lose_rtc() {
  std::filesystem::remove(rtc());
}

}  // namespace tlswatch::device_scenarios
