#include "daemon/sources/ring_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tlswatch::sources {
namespace {

bool read_exactly(int fd, std::uint64_t offset, std::span<std::uint8_t> out) noexcept {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

wire::ReadAt reader_of(int fd) {
  return [fd](std::uint64_t offset, std::span<std::uint8_t> out) { return read_exactly(fd, offset, out); };
}

}  // namespace

RingSource::~RingSource() {
  close();
}

void RingSource::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  begun_ = false;
}

void RingSource::tell(std::string text) {
  if (text == told_) return;
  told_ = text;
  message_ = std::move(text);
}

bool RingSource::open() {
  fd_ = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd_ < 0) {
    tell("waiting for the ring " + path_ + ": " + std::strerror(errno));
    return false;
  }
  struct stat facts {};
  if (::fstat(fd_, &facts) == 0 && S_ISREG(facts.st_mode)) return true;
  close();
  tell("waiting for the ring " + path_ + ": it is no ordinary file");
  return false;
}

/// Whether another file stands at the path now; one that was only removed is read on.
bool RingSource::replaced() const noexcept {
  struct stat mine {};
  struct stat there {};
  if (::stat(path_.c_str(), &there) != 0 || ::fstat(fd_, &mine) != 0) return false;
  return mine.st_ino != there.st_ino || mine.st_dev != there.st_dev;
}

/// Where to start: at the cursor, but first once more over what the ring still holds before it.
void RingSource::begin() {
  const auto known = cursor_.read();
  at_ = known.value_or(wire::RingCursor{});
  committed_ = at_;
  resume_ = known;
  new_from_ = known ? known->next_sequence : 0;
  if (known) at_ = {known->epoch, 0, 0};
  begun_ = true;
}

std::optional<RingSource::Taken> RingSource::poll() {
  if (fd_ < 0 && !open()) return std::nullopt;
  if (!begun_) begin();
  auto batch = wire::read_batch(reader_of(fd_), at_, kBatchBytes);
  if (!batch) {
    tell("waiting for the ring " + path_ + ": " + std::string(wire::describe(batch.error())));
    close();
    return std::nullopt;
  }
  tell("following the ring " + path_);
  auto taken = take(std::move(*batch));
  if (!taken && replaced()) {
    close();
    tell("the ring " + path_ + " was replaced, going over to the new one");
  }
  return taken;
}

std::optional<std::string> RingSource::commit(const wire::RingCursor& after) {
  auto trouble = cursor_.write(after);
  if (!trouble) committed_ = after;
  return trouble;
}

std::optional<wire::RingFill> RingSource::fill() const {
  if (fd_ < 0) return std::nullopt;
  const auto fill = wire::read_fill(reader_of(fd_), committed_);
  return fill ? std::optional(*fill) : std::nullopt;
}

std::optional<RingSource::Taken> RingSource::take(wire::Batch batch) {
  if (resume_ && batch.after.epoch != resume_->epoch) {  // another ring: nothing of it is known yet
    resume_.reset();
    new_from_ = 0;
  }
  if (resume_) {
    // Damage among the old records must not cost the new ones: go on at the cursor, which has its own check.
    const bool past = batch.after.position >= resume_->position;
    const bool damaged =
        batch.corrupt && (batch.records.empty() || batch.records.back().sequence < new_from_);
    if (damaged) {
      const std::uint64_t from =
          batch.records.empty() ? at_.next_sequence : batch.records.back().sequence + 1;
      batch.lost = new_from_ - from;
      batch.lost_from = from;
      batch.lost_to = new_from_ - 1;
      batch.lost_before = false;
      batch.after = *resume_;
      batch.corrupt = false;
    }
    if (past || damaged) resume_.reset();
  }
  const bool moved = batch.after.position != at_.position || batch.after.epoch != at_.epoch ||
                     batch.after.next_sequence != at_.next_sequence;
  at_ = batch.after;
  if (!moved) return std::nullopt;
  return Taken{std::move(batch), new_from_};
}

}  // namespace tlswatch::sources
