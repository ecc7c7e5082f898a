#pragma once

#include <span>
#include <string_view>

namespace tlswatch::http {

/// Asset: a file that CMake put into the binary (assets.cmake).
struct Asset {
  std::string_view name;  ///< "views/device.js"
  std::string_view type;
  std::string_view etag;  ///< of its bytes, in quotes
  std::string_view body;
};

/// The page's files, by name; openapi.json is one of them.
std::span<const Asset> assets() noexcept;

/// Null where there is none. Names are compared with names: no path leads anywhere.
const Asset* find_asset(std::string_view name) noexcept;

}  // namespace tlswatch::http
