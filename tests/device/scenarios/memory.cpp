#include "memory.h"

#include <algorithm>
#include <cstring>

#include "files.h"

namespace tlswatch::device_scenarios {
namespace {

using device::Entry;
using device::Image;
using device::ImageState;

std::string plural(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

std::string EraNames::operator()(std::uint32_t era) {
  return names_.try_emplace(era, "e" + std::to_string(names_.size() + 1)).first->second;
}

Image read_image(const std::filesystem::path& file, std::size_t offset) {
  const std::string bytes = harness::read_file(file);
  Image image{};
  if (bytes.size() > offset)
    std::memcpy(&image, bytes.data() + offset, std::min(sizeof image, bytes.size() - offset));
  return image;
}

std::string describe(const Image& image, EraNames& eras) {
  const ImageState state = device::image_check(image);
  if (state != ImageState::good) return state == ImageState::blank ? "blank" : "foreign";
  std::string out = plural(image.boots, "boot");
  if (image.rejected != 0) out += ", " + std::to_string(image.rejected) + " rejected";
  for (std::size_t i = 0; i < image.used; ++i) {
    const Entry entry = device::image_entry(image, i);
    const auto stack = static_cast<std::size_t>(entry.failure.stack);
    out += "; " + eras(entry.era) + "/" + std::to_string(entry.seq) + " " + device::kStackNames[stack] + " " +
           std::to_string(entry.failure.code) + " x" + std::to_string(entry.count);
  }
  return out;
}

std::map<Name, device::Failure> errors_of(const Image& image) {
  std::map<Name, device::Failure> out;
  if (device::image_check(image) != ImageState::good) return out;
  for (std::size_t i = 0; i < image.used; ++i) {
    const Entry entry = device::image_entry(image, i);
    out[{entry.era, entry.seq}] = entry.failure;
  }
  return out;
}

}  // namespace tlswatch::device_scenarios
