#include "daemon/store/reader.h"

#include <algorithm>
#include <charconv>

#include "daemon/core/fleet/ids.h"
#include "daemon/store/limits.h"
#include "daemon/store/reader_impl.h"
#include "daemon/store/schema.h"

namespace tlswatch::store {
namespace {

/// A question that takes longer is given up: one that reads everything must not keep a thread for ever.
constexpr std::chrono::seconds kLongest{5};
/// Between two looks at the clock, in steps of SQLite's machine.
constexpr int kSteps = 20'000;
constexpr int kReaderCacheKib = 8192;

int is_late(void* deadline) {
  return std::chrono::steady_clock::now() > *static_cast<std::chrono::steady_clock::time_point*>(deadline)
             ? 1
             : 0;
}

template <typename T>
bool take_number(std::string_view& text, T& out) noexcept {
  const std::size_t end = std::min(text.find(':'), text.size());
  const auto [at, error] = std::from_chars(text.data(), text.data() + end, out);
  if (error != std::errc{} || at != text.data() + end) return false;
  text.remove_prefix(std::min(end + 1, text.size()));
  return true;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string to_text(const ListPlace& place) {
  return std::to_string(place.first ? 1 : 0) + ":" + std::to_string(place.at_ns) + ":" +
         std::to_string(place.id);
}

std::optional<ListPlace> to_place(std::string_view text) noexcept {
  int first = 0;
  ListPlace out;
  if (!take_number(text, first) || !take_number(text, out.at_ns) || !take_number(text, out.id) ||
      !text.empty())
    return std::nullopt;
  out.first = first != 0;
  return out;
}

bool has_part(std::string_view text, std::string_view part) noexcept {
  return std::ranges::search(text, part, {}, lower, lower).begin() != text.end() || part.empty();
}

Result<Reader, std::string> Reader::open(const std::string& file) {
  auto impl = std::make_unique<Impl>();
  impl->file = file;
  Database& database = impl->database;
  if (!database.open(file, true)) {
    return "the store " + file + " cannot be opened: " + database.error() +
           "; is tlswatchd running with `store` in its configuration, and may you read the file?";
  }
  sqlite3_busy_timeout(database.handle(), 1000);
  database.execute("PRAGMA query_only = ON");
  database.execute("PRAGMA temp_store = MEMORY");
  database.execute("PRAGMA cache_size = -" + std::to_string(kReaderCacheKib));
  const std::int64_t version = database.number("PRAGMA user_version");
  if (database.failed()) return "the store " + file + " cannot be read: " + database.error();
  if (std::string wrong = version_trouble(version); !wrong.empty())
    return "the store " + file + " cannot be read: " + wrong;
  sqlite3_progress_handler(database.handle(), kSteps, is_late, &impl->deadline);
  return Reader(std::move(impl));
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

void Reader::Impl::begin() {
  deadline = std::chrono::steady_clock::now() + kLongest;
  database.clear_error();
  database.execute("BEGIN");
  words.load(database);
}

std::optional<std::string> Reader::Impl::end() {
  std::optional<std::string> out;
  if (database.code() == SQLITE_INTERRUPT) {
    out = "the question to the store takes too long; narrow it down";
  } else if (database.failed()) {
    out = "the store " + file + " cannot be read: " + database.error();
  }
  database.clear_error();
  sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  return out;
}

std::string Reader::Impl::session_name(std::int64_t id) {
  if (id == 0) return {};
  Statement& ring = database.sql("SELECT broker, epoch FROM ring WHERE id = ?").with(id >> kSessionBits);
  std::string out;
  if (ring.next()) {
    const auto number = static_cast<std::uint64_t>(id & ((std::int64_t{1} << kSessionBits) - 1));
    out = fleet::session_text({words.text(ring.get<WordId>(0)), ring.get<std::uint64_t>(1)}, number);
  }
  ring.reset();
  return out;
}

std::string Reader::Impl::incident_name(std::int64_t id) {
  if (id == 0) return {};
  Statement& row = database.sql("SELECT name FROM incident WHERE id = ?").with(id);
  std::string out = row.next() ? row.text(0) : std::string();
  row.reset();
  return out;
}

std::string Reader::Impl::device_name(std::int64_t id) {
  if (id == 0) return {};
  Statement& row = database.sql("SELECT name FROM device WHERE id = ?").with(id);
  std::string out = row.next() ? row.text(0) : std::string();
  row.reset();
  return out;
}

std::int64_t Reader::Impl::device_id(std::string_view broker, std::string_view name) {
  const auto word = words.find(broker);
  if (!word) return 0;
  Statement& row =
      database.sql("SELECT id FROM device WHERE name = ? AND broker = ?").with(Bytes{name}, *word);
  const std::int64_t out = row.next() ? row.integer(0) : 0;
  row.reset();
  return out;
}

}  // namespace tlswatch::store
