#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/rows.h"
#include "plugin/wire/result.h"

namespace tlswatch::store {

/// Filter: what a list is to hold; empty members ask for everything.
struct Filter {
  std::uint64_t since_ns = 0;  ///< seen at or after; 0: ever
  std::string_view broker{}, cause{}, profile{};
  std::string_view
      search{};  ///< part of a client id, or an address's beginning; at least 3 bytes are looked for inside
  bool open_only = false;  ///< incidents: open ones; devices: those that are failing
};

/// Page: a list's part. A list goes on after the row whose `next` is handed in again; empty: from the
/// beginning.
template <typename Row>
struct Page {
  std::vector<Row> rows;
  std::string next;  ///< opaque, URL-safe; empty: that was all
};
inline constexpr std::size_t kMaxPage = 1000;

/// Reader: questions to the store, each answered from one consistent state of it. Opens the file read-only,
/// beside the daemon that writes it. One thread at a time; open one Reader a thread.
///
/// errors  a sentence: what is wrong with which file, and the remedy
class Reader {
 public:
  static Result<Reader, std::string> open(const std::string& file);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  template <typename T>
  using Answer = Result<T, std::string>;

  Answer<Totals> totals();
  /// Failing ones first, then by when they were seen last.
  Answer<Page<DeviceRow>> devices(const Filter& filter, std::size_t limit, std::string_view after = {});
  /// All devices of that id, one a broker; empty: it is not known.
  Answer<std::vector<DeviceRow>> device(std::string_view id, std::string_view broker = {});
  /// A device's sessions and those that were given to it, latest first.
  Answer<std::vector<SessionRow>> sessions(std::string_view broker, std::string_view device,
                                           std::size_t limit);
  /// Sessions that nobody's name is on, from an address; latest first.
  Answer<std::vector<SessionRow>> sessions_at(std::string_view broker, std::string_view ip,
                                              std::size_t limit);
  /// The session of that name (tlswatch.session), whosever it was; empty: it is not known.
  Answer<std::vector<SessionRow>> session(std::string_view id);
  /// What was said of a device: reports, its own log lines, diagnoses; latest first.
  Answer<std::vector<LineRow>> lines(std::string_view broker, std::string_view device, std::size_t limit);

  /// Open ones first, then by when they were seen last.
  Answer<Page<IncidentRow>> incidents(const Filter& filter, std::size_t limit, std::string_view after = {});
  /// By id, or by its last part where that is one incident's alone; empty: it is not known.
  Answer<std::vector<IncidentRow>> incident(std::string_view id);
  /// Who is in it: those that fail now first.
  Answer<std::vector<VictimRow>> victims(std::string_view incident, std::size_t limit);
  /// Its latest diagnoses.
  Answer<std::vector<LineRow>> incident_lines(std::string_view incident, std::size_t limit);

  /// What ends first comes first.
  Answer<std::vector<CertificateRow>> certificates(std::size_t limit);
  Answer<std::vector<ComplianceRow>> compliance(std::string_view broker = {});
  Answer<std::vector<HourRow>> hours(std::uint64_t since_ns, std::string_view broker = {});

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tlswatch::store
