#include "daemon/config/shipped.h"

#include <filesystem>
#include <system_error>

namespace tlswatch::config {

Shipped shipped_files() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  std::filesystem::path folder = program.parent_path().parent_path() / "share" / "tlswatch";
  if (error || !std::filesystem::exists(folder / "profiles.yaml", error)) folder = TLSWATCH_DATA_FOLDER;
  return {folder / "profiles.yaml", folder / "knowledge.yaml"};
}

}  // namespace tlswatch::config
