#include "daemon/store/hours.h"

#include <cstring>

namespace tlswatch::store {

static_assert(sizeof(incident::HourCount) == 16);

std::string pack_hours(const std::vector<incident::HourCount>& hours) {
  std::string out(hours.size() * sizeof(incident::HourCount), '\0');
  if (!hours.empty()) std::memcpy(out.data(), hours.data(), out.size());
  return out;
}

std::vector<incident::HourCount> unpack_hours(std::string_view packed) {
  std::vector<incident::HourCount> out(packed.size() / sizeof(incident::HourCount));
  if (!out.empty()) std::memcpy(out.data(), packed.data(), out.size() * sizeof(incident::HourCount));
  return out;
}

}  // namespace tlswatch::store
