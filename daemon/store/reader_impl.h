#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/store/database.h"
#include "daemon/store/reader.h"
#include "daemon/store/records.h"

/// What the Reader's files share. Private to daemon/store.
namespace tlswatch::store {

struct Reader::Impl {
  std::string file;
  Database database;
  Words words;
  std::chrono::steady_clock::time_point deadline{};

  /// Asks within one read transaction. `ask` fills `out`; what went wrong is with the database.
  template <typename T, typename Ask>
  Answer<T> answer(Ask ask) {
    begin();
    T out{};
    if (!database.failed()) ask(out);
    if (auto trouble = end()) return *trouble;
    return out;
  }

  /// What a row's session number was in the log: tlswatch.session; empty for 0.
  std::string session_name(std::int64_t id);
  std::string incident_name(std::int64_t id);
  std::string device_name(std::int64_t id);
  DeviceRow to_row(const DeviceRecord& record);
  SessionRow to_row(const SessionRecord& record, std::string_view device);
  /// Line rows of a query (at, action, session, json).
  std::vector<LineRow> lines(Statement& statement);
  /// The rows of a query, all of one device, or of nobody where it has no name.
  std::vector<SessionRow> session_rows(Statement& statement, std::string_view device);
  /// 0: it is not known.
  std::int64_t device_id(std::string_view broker, std::string_view name);

 private:
  void begin();
  std::optional<std::string> end();
};

/// "1:1795366544000000000:7": a place in a list that is ordered by a flag, a time, and a number.
struct ListPlace {
  bool first = true;  ///< in the part that comes first
  std::uint64_t at_ns = 0;
  std::int64_t id = 0;
};
std::string to_text(const ListPlace& place);
std::optional<ListPlace> to_place(std::string_view text) noexcept;

/// Whether `text` has `part` in it; ASCII letters in either case are the same.
bool has_part(std::string_view text, std::string_view part) noexcept;

}  // namespace tlswatch::store
