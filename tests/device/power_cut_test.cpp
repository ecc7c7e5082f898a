// The power is cut at every byte that a device ever writes to its memories: what is left is what was there
// before that write, or after it, or it is recognised as broken.
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "fake_device.h"

namespace tlswatch::device {
namespace {

using testing::FakeDevice;
using Name = std::pair<std::uint32_t, std::uint32_t>;  // era, seq
using Errors = std::map<Name, std::int32_t>;           // the code under that name
using Memory = std::array<unsigned char, kImageBytes>;

Errors errors_in(const Image& image) {
  Errors out;
  if (image_check(image) != ImageState::good) return out;
  for (std::size_t i = 0; i < image.used; ++i) {
    const Entry entry = image_entry(image, i);
    out[{entry.era, entry.seq}] = entry.failure.code;
  }
  return out;
}

Errors errors_in(const Memory& memory) {
  Image image;
  std::memcpy(&image, memory.data(), sizeof image);
  return errors_in(image);
}

// A life with all that writes: errors new and repeated, reports, flash once an hour.
void live(FakeDevice& device) {
  constexpr std::uint32_t kMoreThanAnHour = kFlashIntervalSeconds + 100;
  device.boot();
  device.fail(62);
  device.fail(62);
  device.boot();
  device.fail(1, Stack::tasmota);
  device.pass(kMoreThanAnHour);
  device.fail(296);
  device.boot();
  device.recorder.connected();
  device.report(7);
  device.recorder.acknowledged(7);
  device.pass(kMoreThanAnHour);
  device.fail(54);
  device.boot();
  device.fail(54);
}

// How the memories stand between two writes of that life.
struct Moment {
  std::size_t bytes;  // written until then
  bool rtc_next;      // where the next write goes
  Errors rtc;
  Errors flash;
};

std::vector<Moment> moments() {
  std::vector<Moment> out;
  FakeDevice device;
  device.before_write = [&](const Memory& memory) {
    out.push_back(
        {out.size() * kImageBytes, &memory == &device.rtc, errors_in(device.rtc), errors_in(device.flash)});
  };
  live(device);
  out.push_back({out.size() * kImageBytes, false, errors_in(device.rtc), errors_in(device.flash)});
  return out;
}

struct Cut {
  const char* name;
  void (*next_boot)(FakeDevice&);
};
void PrintTo(const Cut& cut, std::ostream* out) {
  *out << cut.name;
}
const Cut kCuts[] = {
    {"then_a_reset", [](FakeDevice& device) { device.boot(); }},
    {"then_rtc_memory_is_lost", [](FakeDevice& device) { device.power_loss(); }},
};

class PowerCut : public ::testing::TestWithParam<Cut> {
 protected:
  // A life that ends `n` bytes into its writes, and the boot after it.
  static void die_and_boot(FakeDevice& device, std::size_t n) {
    device.power_bytes = n;
    live(device);
    device.power_bytes = SIZE_MAX;
    GetParam().next_boot(device);
  }
};

// What may be there then: `rtc` is lost in a power loss, and when the write was torn there; flash likewise.
std::vector<Errors> allowed(const Moment& before, const Moment& after, bool keeps_rtc) {
  std::vector<Errors> out;
  const bool torn_in_rtc = before.rtc_next;
  if (keeps_rtc) out = {before.rtc, after.rtc};
  if (!keeps_rtc || torn_in_rtc) out.insert(out.end(), {before.flash, after.flash});
  if (!keeps_rtc && !torn_in_rtc) out.emplace_back();
  return out;
}

TEST_P(PowerCut, leaves_the_old_memory_or_the_new_one_or_one_seen_to_be_broken) {
  const bool keeps_rtc = GetParam().name == std::string("then_a_reset");
  const std::vector<Moment> life = moments();
  ASSERT_GT(life.size(), 10u);
  for (std::size_t n = 0; n < life.back().bytes; ++n) {
    const std::size_t write = n / kImageBytes;
    FakeDevice device;
    die_and_boot(device, n);
    const Errors found = errors_in(device.recorder.image());
    const std::vector<Errors> wanted = allowed(life[write], life[write + 1], keeps_rtc);
    EXPECT_NE(std::find(wanted.begin(), wanted.end(), found), wanted.end())
        << n << " bytes: " << found.size() << " errors after write " << write << " of " << life.size() - 1;
  }
}

TEST_P(PowerCut, never_gives_a_name_twice) {
  const std::size_t bytes = moments().back().bytes;
  for (std::size_t n = 0; n < bytes; ++n) {
    FakeDevice device;
    Errors named;
    const auto look = [&](const Memory&) {
      for (const auto& [name, code] : errors_in(device.rtc)) {
        EXPECT_EQ(named.try_emplace(name, code).first->second, code) << n << " bytes";
      }
    };
    device.before_write = look;
    die_and_boot(device, n);
    device.fail(40);
    device.fail(41);
    look(device.rtc);
  }
}

INSTANTIATE_TEST_SUITE_P(cut, PowerCut, ::testing::ValuesIn(kCuts),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device
