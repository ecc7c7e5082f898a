// What a device remembers, read from the file that plays its memory, with the module's own functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tlswatch_image.h"

namespace tlswatch::device_scenarios {

/// Random numbers' names: the first era seen is e1, the next one e2.
class EraNames {
 public:
  std::string operator()(std::uint32_t era);

 private:
  std::map<std::uint32_t, std::string> names_;
};

/// The image at `offset` of `file`; bytes that the file does not have are zero, as blank memory is.
device::Image read_image(const std::filesystem::path& file, std::size_t offset);

/// An image in one line: "2 boots; e1/1 bearssl 62 x1; e1/2 tasmota 1 x3", and behind the boots ", 1
/// rejected" and ", 1 pushed out" where there were such. "blank" or "foreign" where it is no good image.
std::string describe(const device::Image& image, EraNames& eras);

/// Everything that a good image says of its errors, by name; empty where it is no good one.
using Name = std::pair<std::uint32_t, std::uint32_t>;  ///< era, seq
std::map<Name, device::Failure> errors_of(const device::Image& image);

}  // namespace tlswatch::device_scenarios
