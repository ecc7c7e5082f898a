#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

/// SQLite, as the store's files use it. Private to daemon/store.
namespace tlswatch::store {

class Database;

/// Bytes: bound as a BLOB, for what came from outside as it came.
struct Bytes {
  std::string_view bytes;
};

/// Statement: one prepared statement. What fails is remembered by its Database; a statement of one that has
/// failed does nothing and has no rows.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Begins anew with these values.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }
  /// Goes on to the next row; false: there is none. Values of a row live until the next call.
  bool next();
  /// For what has no rows.
  void run() {
    next();
    reset();
  }
  void reset() noexcept { sqlite3_reset(handle_); }
  bool prepared() const noexcept { return handle_ != nullptr; }

  std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(handle_, column); }
  /// A column of that type; what does not fit in was never written by us, and is cut.
  template <typename T>
  T get(int column) const noexcept {
    return static_cast<T>(integer(column));
  }
  template <typename T>
  std::optional<T> maybe(int column) const noexcept {
    if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
    return get<T>(column);
  }
  std::string_view bytes(int column) const noexcept {
    const void* const data = sqlite3_column_blob(handle_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return data == nullptr ? std::string_view{} : std::string_view(static_cast<const char*>(data), size);
  }
  std::string text(int column) const { return std::string(bytes(column)); }

  void bind(int index, std::string_view text) noexcept {
    sqlite3_bind_text64(handle_, index, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void bind(int index, const std::string& text) noexcept { bind(index, std::string_view(text)); }
  void bind(int index, const Bytes& value) noexcept {
    const char* const data = value.bytes.data() == nullptr ? "" : value.bytes.data();
    sqlite3_bind_blob64(handle_, index, data, value.bytes.size(), SQLITE_TRANSIENT);
  }
  template <typename T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void bind(int index, T value) noexcept {
    sqlite3_bind_int64(handle_, index, static_cast<std::int64_t>(value));
  }
  template <typename T>
  void bind(int index, const std::optional<T>& value) noexcept {
    value ? bind(index, *value) : static_cast<void>(sqlite3_bind_null(handle_, index));
  }

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Database: one connection. Remembers the first error since clear_error().
class Database {
 public:
  Database() = default;
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Opens a file. False where that fails: error().
  bool open(const std::string& file, bool read_only);
  void close() noexcept;
  bool is_open() const noexcept { return handle_ != nullptr; }

  /// The statement of this text, prepared once. `sql` is a literal: its address names it.
  Statement& sql(const char* sql);
  /// Runs statements that have no rows and are not kept.
  void execute(const std::string& sql);
  /// The one number that a query gives; 0 where it has no row.
  std::int64_t number(const std::string& sql);

  bool failed() const noexcept { return code_ != SQLITE_OK; }
  int code() const noexcept { return code_; }
  /// "disk I/O error", "database or disk is full".
  const std::string& error() const noexcept { return error_; }
  void clear_error() noexcept {
    code_ = SQLITE_OK;
    error_.clear();
  }

  sqlite3* handle() const noexcept { return handle_; }

 private:
  friend class Statement;
  void note(int code);

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
  int code_ = SQLITE_OK;
  std::string error_;
};

}  // namespace tlswatch::store
