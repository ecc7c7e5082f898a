#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tlswatch::test {

/// JournalFolder holds real journal files, which systemd-journal-remote makes of entries.
class JournalFolder {
 public:
  /// The folder is made with the first write.
  explicit JournalFolder(std::filesystem::path path) : path_(std::move(path)) {}

  /// An entry for the next write. Fields beside MESSAGE and _SYSTEMD_UNIT are in `further`, in export format.
  void add(std::string_view message, std::uint64_t time_us, std::string_view unit = "mosquitto.service",
           std::string_view further = "");
  /// One without a MESSAGE.
  void add_without_message(std::uint64_t time_us);
  /// Appends what was added, as journald does. Throws where it does not work.
  void write();

  /// The file in use is put aside; another journal begins with the next write, as after a reboot without
  /// storage: its sequence numbers are new ones.
  void put_aside();
  /// The writer dies: the next write puts the file aside by itself, and its sequence numbers go on.
  void crash();
  /// Removes all files but the one in use, as journald does: what others still have open is zeros then.
  void vacuum();

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path file() const { return path_ / "system.journal"; }

 private:
  void begin_entry(std::uint64_t time_us);

  std::filesystem::path path_;
  std::string entries_;
  std::uint64_t count_ = 0;
};

}  // namespace tlswatch::test
