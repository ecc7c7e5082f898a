#include "daemon/log/log_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "daemon/core/fleet/ids.h"

namespace tlswatch::log {
namespace {

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool ok() const noexcept { return fd_ >= 0; }
  int fd() const noexcept { return fd_; }
  std::uint64_t size() const noexcept {
    struct stat facts {};
    return ::fstat(fd_, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
  }
  bool read_at(std::uint64_t offset, std::string& out) const noexcept {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n <= 0) return false;
      done += static_cast<std::size_t>(n);
    }
    return true;
  }

 private:
  int fd_;
};

constexpr std::size_t kChunk = 256 * 1024;

/// event.id is the first "id" of a line (event_json.cpp); text from outside cannot look like it, since its
/// quotes are escaped.
std::string_view event_id_in(std::string_view line) noexcept {
  constexpr std::string_view kKey = "\"id\":\"";
  const std::size_t at = line.find(kKey);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + kKey.size());
  return rest.substr(0, rest.find('"'));
}

/// Walks a file's whole lines, the last one first; `take` returns false to stop. Lines longer than a chunk
/// and the part already read are joined.
template <typename Take>
std::uint64_t walk_backwards(const File& file, std::uint64_t budget, Take take) {
  std::string pending;  // the beginning of a line that is not complete yet
  std::uint64_t end = file.size();
  std::uint64_t seen = 0;
  while (end != 0 && seen < budget) {
    const std::uint64_t size = std::min<std::uint64_t>(kChunk, end);
    std::string chunk(size, '\0');
    if (!file.read_at(end - size, chunk)) return seen;
    end -= size;
    seen += size;
    chunk += pending;
    std::string_view rest = chunk;
    while (true) {
      if (rest.ends_with('\n')) rest.remove_suffix(1);
      const std::size_t newline = rest.rfind('\n');
      if (newline == std::string_view::npos) break;
      if (!take(rest.substr(newline + 1))) return seen;
      rest = rest.substr(0, newline + 1);
    }
    pending = std::string(rest);
  }
  if (end == 0 && !pending.empty()) take(pending);
  return seen;
}

}  // namespace

std::optional<std::uint64_t> drop_torn_line(const std::filesystem::path& path) {
  const File file(path, O_RDWR);
  if (!file.ok()) return errno == ENOENT ? std::optional<std::uint64_t>(0) : std::nullopt;
  const std::uint64_t size = file.size();
  std::uint64_t end = size;
  while (end != 0) {
    const std::uint64_t n = std::min<std::uint64_t>(kChunk, end);
    std::string chunk(n, '\0');
    if (!file.read_at(end - n, chunk)) return std::nullopt;
    const std::size_t newline = chunk.rfind('\n');
    if (newline != std::string::npos) {
      end = end - n + newline + 1;
      break;
    }
    end -= n;
  }
  if (end == size) return 0;
  if (::ftruncate(file.fd(), static_cast<off_t>(end)) != 0) return std::nullopt;
  return size - end;
}

std::vector<LastLine> last_lines(const std::vector<std::filesystem::path>& files,
                                 const std::vector<std::string>& streams) {
  std::vector<LastLine> out;
  std::uint64_t budget = kMaxTailScan;
  std::size_t met = 0;
  for (const std::filesystem::path& path : files) {
    const File file(path, O_RDONLY);
    if (!file.ok()) continue;
    budget -= std::min(budget, walk_backwards(file, budget, [&](std::string_view line) {
                         fleet::EventPosition at;
                         if (!fleet::parse_event_id(event_id_in(line), at)) return true;
                         if (std::ranges::find(streams, at.stream) == streams.end()) return true;
                         const auto same = [&](const LastLine& l) { return l.stream == at.stream; };
                         if (std::ranges::any_of(out, same)) return true;
                         out.push_back({std::string(at.stream), at.epoch, at.sequence, at.part});
                         return ++met < streams.size();
                       }));
    if (met >= streams.size() || budget == 0) break;
  }
  return out;
}

}  // namespace tlswatch::log
