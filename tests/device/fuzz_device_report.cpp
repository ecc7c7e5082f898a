// The report formatter: any image that passes the check, any printable firmware text, any room.
#include <rapidjson/document.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "fake_device.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Image image{};
  if (size < sizeof image + 10) return 0;
  std::memcpy(&image, data, sizeof image);
  image.crc = image_checksum(image);
  if (image_check(image) != ImageState::good) return 0;
  data += sizeof image;
  testing::FakeDevice device;
  std::memcpy(&device.unix_s, data, 4);
  std::memcpy(&device.uptime_s, data + 4, 4);
  const std::size_t room = (data[8] * 256u + data[9]) % 512;
  std::string firmware(reinterpret_cast<const char*>(data + 10), size - sizeof image - 10);
  // What begin() asks for.
  for (char& c : firmware) {
    const bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    if (!plain) c = '?';
  }

  const std::string text = device.report_of(image, room, firmware.c_str());
  if (text.size() > room || text.size() > kReportMax) std::abort();
  const std::size_t entries = device.recorder.acknowledged(1);
  if (entries > image.used || text.empty() != (entries == 0)) std::abort();
  if (text.empty()) return 0;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (json.HasParseError() || !json["errs"].IsArray() || json["errs"].Size() != entries) std::abort();
  return 0;
}
