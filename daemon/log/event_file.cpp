#include "daemon/log/event_file.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tlswatch::log {
namespace {

/// Lines come finished, newline included.
class Verbatim final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    out.append(message.payload.data(), message.payload.data() + message.payload.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Verbatim>(); }
};

using RotatingFile = spdlog::sinks::rotating_file_sink_st;

/// A batch is some hundred lines and ends with a flush: stdio's own 4 KiB would write every other line.
constexpr std::size_t kBuffer = std::size_t{64} * 1024;

spdlog::file_event_handlers buffered() {
  spdlog::file_event_handlers handlers;
  handlers.after_open = [](const spdlog::filename_t&, std::FILE* file) {
    std::setvbuf(file, nullptr, _IOFBF, kBuffer);
  };
  return handlers;
}

std::string system_error() {
  return std::strerror(errno);
}

std::uint64_t size_of(const std::filesystem::path& file) noexcept {
  struct stat facts {};
  return ::stat(file.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

}  // namespace

/// spdlog's rotating file, used directly: its loggers swallow errors, and here an error must stop the cursor.
class EventFile::Sink {
 public:
  explicit Sink(const EventFileSettings& settings)
      : settings_(settings),
        file_(settings.file.string(), settings.rotate_bytes, settings.rotate_files, false, buffered()),
        size_(size_of(settings.file)) {
    file_.set_formatter(std::make_unique<Verbatim>());
  }

  /// Throws spdlog_ex.
  void write(std::string_view line) {
    if (size_ + line.size() > settings_.rotate_bytes) {
      // Where renaming fails, spdlog empties the log instead.
      const std::filesystem::path folder = settings_.file.parent_path();
      if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
        throw spdlog::spdlog_ex("cannot rotate", errno);
      }
      size_ = 0;
    }
    file_.log(
        spdlog::details::log_msg({}, spdlog::level::info, spdlog::string_view_t(line.data(), line.size())));
    size_ += line.size();
  }
  void flush() { file_.flush(); }

 private:
  const EventFileSettings& settings_;
  RotatingFile file_;
  std::uint64_t size_;
};

EventFile::EventFile(EventFileSettings settings) : settings_(std::move(settings)) {}
EventFile::~EventFile() = default;

void EventFile::close() noexcept {
  sink_.reset();
}

std::optional<std::string> EventFile::open() {
  close();
  const auto torn = drop_torn_line(settings_.file);
  if (!torn) return system_error();
  torn_bytes_ = *torn;
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i <= settings_.rotate_files; ++i) {
    files.emplace_back(RotatingFile::calc_filename(settings_.file.string(), i));
  }
  last_ = last_lines(files, settings_.streams);
  try {
    sink_ = std::make_unique<Sink>(settings_);
  } catch (const spdlog::spdlog_ex& e) {
    return e.what();
  }
  return std::nullopt;
}

LastLine& EventFile::last_of(std::string_view stream, std::uint64_t epoch) {
  const auto found = std::ranges::find(last_, stream, &LastLine::stream);
  if (found == last_.end()) return last_.emplace_back(LastLine{std::string(stream), epoch, 0, 0});
  if (found->epoch != epoch) *found = LastLine{std::string(stream), epoch, 0, 0};  // a new ring
  return *found;
}

std::optional<std::string> EventFile::append(const LineBatch& batch) {
  if (sink_ == nullptr) return "it is not open";
  try {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const LineBatch::Line line = batch[i];
      LastLine& last = last_of(line.at.stream, line.at.epoch);
      const bool there = line.at.sequence < last.sequence ||
                         (line.at.sequence == last.sequence && line.at.part <= last.part);
      if (there) {
        ++skipped_;
        continue;
      }
      sink_->write(line.text);
      last.sequence = line.at.sequence;
      last.part = line.at.part;
      ++written_;
    }
    sink_->flush();
  } catch (const spdlog::spdlog_ex& e) {
    const std::string what = e.what();
    close();
    return what;
  }
  return std::nullopt;
}

}  // namespace tlswatch::log
