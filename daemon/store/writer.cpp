#include "daemon/store/writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <map>

#include "daemon/store/batch.h"
#include "daemon/store/recall.h"
#include "daemon/store/schema.h"
#include "daemon/store/tidy.h"

namespace tlswatch::store {
namespace {

/// "tlsw": what file(1) and we know the file by.
constexpr std::int64_t kApplicationId = 0x746C7377;

Trouble::Kind kind_of(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Trouble::Kind::corrupt;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return Trouble::Kind::no_room;
    default: return Trouble::Kind::other;
  }
}

/// Lock: one daemon a file. A file of its own, since SQLite's locks would go with any other descriptor.
class Lock {
 public:
  ~Lock() { release(); }
  std::optional<Trouble> take(const std::string& file) {
    if (fd_ >= 0) return std::nullopt;
    fd_ = ::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0)
      return Trouble{Trouble::Kind::no_room, std::string(std::strerror(errno)) + " at " + file + ".lock"};
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return std::nullopt;
    release();
    return Trouble{Trouble::Kind::in_use,
                   "another tlswatchd has it open; stop that one, or give this one its own"};
  }
  void release() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

}  // namespace

struct Writer::Impl {
  std::string file;
  Lock lock;
  Database database;
  Kept kept;
  std::deque<Note> notes;
  std::size_t bytes = 0;
  std::map<std::string, incident::State> incidents;
  std::map<std::pair<std::string, std::uint64_t>, incident::VictimState> victims;
  std::size_t max_waiting = kMaxWaiting;
  std::uint64_t written = 0, missed = 0;

  Trouble trouble() const { return {kind_of(database.code()), database.error()}; }
  std::optional<Trouble> connect();
  std::optional<Trouble> roll_back();
};

Writer::Writer(std::size_t max_waiting) : impl_(std::make_unique<Impl>()) {
  impl_->max_waiting = max_waiting;
}
Writer::~Writer() {
  close();
}

std::optional<Trouble> Writer::Impl::connect() {
  // Nobody but the daemon and its group reads who connects; SQLite gives its other files the same mode.
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return Trouble{Trouble::Kind::no_room, std::strerror(errno)};
  ::close(fd);
  if (!database.open(file, false)) return trouble();
  // What is not ours, or newer, is not touched.
  const std::int64_t version = database.number("PRAGMA user_version");
  if (database.failed()) return trouble();
  if (version > schema_version()) return Trouble{Trouble::Kind::foreign, version_trouble(version)};
  const bool new_file = version == 0 && database.number("SELECT count(*) FROM sqlite_master") == 0;
  if (!new_file && database.number("PRAGMA application_id") != kApplicationId && !database.failed())
    return Trouble{Trouble::Kind::foreign, "it is another program's database; name another file"};
  // Readers that are not the daemon may make neither of the two files beside it: they stay.
  int persist = 1;
  sqlite3_file_control(database.handle(), nullptr, SQLITE_FCNTL_PERSIST_WAL, &persist);
  sqlite3_busy_timeout(database.handle(), 1000);
  database.execute("PRAGMA auto_vacuum = INCREMENTAL");  // before anything else is in it
  database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = NORMAL");
  database.execute("PRAGMA secure_delete = OFF");
  database.execute("PRAGMA temp_store = MEMORY");
  database.execute("PRAGMA cache_size = -" + std::to_string(kCacheKib));
  database.execute("PRAGMA wal_autocheckpoint = 8192");
  database.execute("PRAGMA journal_size_limit = 67108864");
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  if (std::string wrong = migrate(database); !wrong.empty())
    return Trouble{kind_of(database.code()), std::move(wrong)};
  kept.load(database);
  if (database.failed()) return trouble();
  return std::nullopt;
}

std::optional<Trouble> Writer::open(const std::string& file) {
  close();
  impl_->file = file;
  if (auto trouble = impl_->lock.take(file)) return trouble;
  auto trouble = impl_->connect();
  if (trouble) close();
  return trouble;
}

void Writer::close() noexcept {
  impl_->database.close();
  impl_->lock.release();
}

void Writer::recall(const Recall& to) {
  if (!is_open()) return;
  store::recall(impl_->database, impl_->kept.words, to);
  impl_->database.clear_error();  // what is damaged is found by the next commit, too
}

bool Writer::is_open() const noexcept {
  return impl_->database.is_open();
}

void Writer::add(const event::Event& event, std::string_view line) {
  Impl& i = *impl_;
  const event::Header& header = event::header(event);
  if (holds(header.stream, header.epoch, header.sequence, header.part)) return;
  if (i.notes.size() >= i.max_waiting || i.bytes + line.size() > kMaxWaitingBytes) {
    ++i.missed;
    return;
  }
  i.notes.push_back(to_note(event, line));
  i.bytes += weight(i.notes.back());
}

void Writer::add(incident::Changes changes) {
  Impl& i = *impl_;
  for (incident::State& state : changes.incidents) i.incidents[state.id] = std::move(state);
  for (incident::VictimState& state : changes.victims) {
    if (i.victims.size() >= kMaxWaiting && !i.database.is_open()) continue;
    auto& slot = i.victims[{state.incident, state.victim}];
    if (state.key.empty() && !state.gone) state.key = std::move(slot.key), state.kind = slot.kind;
    slot = std::move(state);
  }
  while (i.incidents.size() > kMaxIncidents) i.incidents.erase(i.incidents.begin());
}

bool Writer::waiting() const noexcept {
  return !impl_->notes.empty() || !impl_->incidents.empty() || !impl_->victims.empty();
}

bool Writer::holds(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence,
                   std::uint64_t part) const {
  const auto found = impl_->kept.positions.find(stream);
  return found != impl_->kept.positions.end() && found->second.holds(epoch, sequence, part);
}

std::optional<Trouble> Writer::Impl::roll_back() {
  const Trouble out = trouble();
  sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  database.clear_error();
  kept.load(database);
  database.clear_error();
  return out;
}

std::optional<Trouble> Writer::commit() {
  Impl& i = *impl_;
  if (!i.database.is_open()) return Trouble{Trouble::Kind::other, "it is not open"};
  if (!waiting()) return std::nullopt;
  i.database.execute("BEGIN IMMEDIATE");
  Batch batch(i.database, i.kept);
  std::uint64_t taken = 0;
  for (const Note& note : i.notes) {
    if (i.database.failed()) break;
    taken += batch.take(note) ? 1U : 0U;
  }
  for (const auto& [id, state] : i.incidents) batch.take(state);
  for (const auto& [key, state] : i.victims) batch.take(state);
  batch.finish();
  i.database.execute("COMMIT");
  if (i.database.failed()) return i.roll_back();
  i.written += taken;
  i.notes.clear();
  i.bytes = 0;
  i.incidents.clear();
  i.victims.clear();
  return std::nullopt;
}

Writer::Tidied Writer::tidy(const Retention& retention, std::uint64_t now_unix_ns, std::size_t rows) {
  Impl& i = *impl_;
  if (!i.database.is_open() || waiting()) return {};
  i.database.execute("BEGIN IMMEDIATE");
  const bool done = store::tidy(i.database, i.kept, retention, now_unix_ns, rows);
  i.database.execute("COMMIT");
  if (i.database.failed()) return {true, i.roll_back()};
  return {done, std::nullopt};
}

std::uint64_t Writer::written() const noexcept {
  return impl_->written;
}
std::uint64_t Writer::missed() const noexcept {
  return impl_->missed;
}

}  // namespace tlswatch::store
