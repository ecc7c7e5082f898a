#include "daemon/http/assets.h"

#include <algorithm>

namespace tlswatch::http {

const Asset* find_asset(std::string_view name) noexcept {
  const auto all = assets();
  const auto found = std::ranges::find(all, name, &Asset::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace tlswatch::http
