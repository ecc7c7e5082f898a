// The report formatter: any image that passes the check, any firmware text, any room.
#include <rapidjson/document.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tlswatch_report_text.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Image image{};
  if (size < sizeof image + 10) return 0;
  std::memcpy(&image, data, sizeof image);
  image.magic = kImageMagic;
  image.version = kImageVersion;
  image_seal(image);
  if (image_check(image) != ImageState::good) return 0;
  data += sizeof image;
  ReportTimes times{};
  std::memcpy(&times.unix_s, data, 4);
  std::memcpy(&times.uptime_s, data + 4, 4);
  const std::size_t room = (data[8] * 256u + data[9]) % 1024;
  const std::string firmware(reinterpret_cast<const char*>(data + 10), size - sizeof image - 10);

  std::vector<char> text(room);
  const ReportText made = format_report_text(image, times, firmware.c_str(), text.data(), room);
  if (made.size > room || made.entries > image.used || (made.size == 0) != (made.entries == 0)) std::abort();
  if (made.size == 0) return 0;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), made.size);
  if (json.HasParseError() || !json["errs"].IsArray() || json["errs"].Size() != made.entries) std::abort();
  return 0;
}
