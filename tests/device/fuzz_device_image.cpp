// RTC memory full of anything: the recorder starts, works, and stays within its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fake_device.h"
#include "tlswatch_image.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The fuzzer cannot guess a checksum: each input is tried as it is, and once more with a right one.
  for (const bool sealed : {false, true}) {
    testing::FakeDevice device;
    Image image{};
    if (size != 0) std::memcpy(&image, data, size < sizeof image ? size : sizeof image);
    if (sealed) {
      image.crc = image_checksum(image);
    }
    std::memcpy(device.rtc.data(), &image, sizeof image);
    if (size > kImageBytes) std::memcpy(device.flash.data(), &image, sizeof image);
    device.boot();
    device.fail(62);
    for (std::uint16_t packet = 1; packet <= kReportEntriesMax + 1; ++packet) {
      if (device.report(packet).empty()) break;
      device.recorder.acknowledged(packet);
    }
    if (device.recorder.pending() != 0)
      std::abort();  // six errors of two eras must have been reported by now
    if (image_check(device.recorder.image()) != ImageState::good) std::abort();
  }
  return 0;
}
