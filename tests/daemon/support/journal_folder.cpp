#include "journal_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace tlswatch::test {
namespace {

constexpr std::string_view kIds =
    "_BOOT_ID=0123456789abcdef0123456789abcdef\n_MACHINE_ID=fedcba9876543210fedcba9876543210\n";

/// A field in the form that carries any bytes: its length, little-endian, in 8 bytes.
std::string field(std::string_view name, std::string_view value) {
  std::string out(name);
  out += '\n';
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(value.size() >> shift & 0xff);
  return out.append(value) += '\n';
}

}  // namespace

void JournalFolder::begin_entry(std::uint64_t time_us) {
  entries_ += "__REALTIME_TIMESTAMP=" + std::to_string(time_us) +
              "\n__MONOTONIC_TIMESTAMP=" + std::to_string(1'000'000 + ++count_) + "\n";
  entries_ += kIds;
}

void JournalFolder::add(std::string_view message, std::uint64_t time_us, std::string_view unit,
                        std::string_view further) {
  begin_entry(time_us);
  entries_ += further;
  entries_ += field("_SYSTEMD_UNIT", unit) + field("MESSAGE", message) + "\n";
}

void JournalFolder::add_without_message(std::uint64_t time_us) {
  begin_entry(time_us);
  entries_ += field("_SYSTEMD_UNIT", "mosquitto.service") + "\n";
}

void JournalFolder::write() {
  std::filesystem::create_directories(path_);
  const std::string command =
      "/usr/lib/systemd/systemd-journal-remote -o '" + file().string() + "' - 2>/dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) throw std::runtime_error("no systemd-journal-remote");
  const bool written = std::fwrite(entries_.data(), 1, entries_.size(), pipe) == entries_.size();
  if (::pclose(pipe) != 0 || !written)
    throw std::runtime_error("systemd-journal-remote failed; it is in the package of that name");
  entries_.clear();
}

void JournalFolder::put_aside() {
  std::filesystem::rename(file(), path_ / ("system@" + std::to_string(count_) + ".journal"));
}

void JournalFolder::crash() {
  constexpr std::streamoff kState = 16;  // of the file's header; 1: in use
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(kState).put(1);
  if (!stream.flush()) throw std::runtime_error("the journal file cannot be written");
}

void JournalFolder::vacuum() {
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path() == file()) continue;
    const int fd = ::open(entry.path().c_str(), O_WRONLY | O_CLOEXEC);
    const auto size = static_cast<off_t>(entry.file_size());
    std::filesystem::remove(entry.path());
    const bool emptied = ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size) == 0;
    ::close(fd);
    if (!emptied) throw std::runtime_error("the journal file cannot be emptied");
  }
}

}  // namespace tlswatch::test
