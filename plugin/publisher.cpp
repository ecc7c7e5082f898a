#include "publisher.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "plugin/wire/ring_cursor.h"

namespace tlswatch::plugin {
namespace {

constexpr std::uint64_t kCursorInterval_ns = 10'000'000;

}  // namespace

bool Publisher::open(const Options& options, char* error, std::size_t error_size) noexcept {
  path_ = options.ring.c_str();
  cursor_path_ = options.cursor.c_str();
  size_ = options.ring_size;
  if (!file_.open(path_, size_, error, error_size)) return false;
  writer_.emplace(file_.mapping());
  return true;
}

void Publisher::publish(std::span<std::uint8_t> record, Clock now_ns) noexcept {
  if (!writer_) return;
  if (!writer_->has_room(record.size())) look_for_room(now_ns());
  writer_->publish(record);
}

void Publisher::look_for_room(std::uint64_t now_ns) noexcept {
  if (now_ns - cursor_asked_ns_ < kCursorInterval_ns) return;
  cursor_asked_ns_ = now_ns;
  read_cursor();
}

void Publisher::read_cursor() noexcept {
  const int fd = ::open(cursor_path_, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return;  // no daemon has come so far: the ring keeps what it has
  std::array<std::uint8_t, wire::kCursorFileSize> bytes{};
  const ssize_t n = pread(fd, bytes.data(), bytes.size(), 0);
  ::close(fd);
  if (n != static_cast<ssize_t>(bytes.size())) return;
  if (const auto cursor = wire::decode_cursor(bytes)) writer_->consumed(*cursor);
}

bool Publisher::heal(char* line, std::size_t line_size) noexcept {
  if (writer_ && file_.still_at(path_)) return false;
  const bool was_open = writer_.has_value();
  close();
  char reason[256];
  if (file_.open(path_, size_, reason, sizeof reason)) {
    writer_.emplace(file_.mapping());
    std::snprintf(line, line_size, "the ring %s was %s: made a new one", path_,
                  was_open ? "removed" : "not there");
    return true;
  }
  std::snprintf(line, line_size,
                "the ring %s was removed and a new one %s; watching goes on when it can be made", path_,
                reason);
  return was_open;  // once, not at every try
}

void Publisher::close() noexcept {
  writer_.reset();
  file_.close();
}

}  // namespace tlswatch::plugin
