#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/metrics/families.h"

namespace tlswatch::metrics {

/// The label value of what a full metric has no series for.
inline constexpr std::string_view kOther = "other";

/// Registry: the numbers, by metric and label values. Bounded: a metric that has all the series that its row
/// allows counts what comes on top in one series whose label values all are kOther, and says how much.
///
/// Label values come in the order of the row's labels, exactly as many. One thread at a time.
class Registry {
 public:
  using Values = std::initializer_list<std::string_view>;

  Registry();

  void add(Id id, Values values, double by = 1);
  void set(Id id, Values values, double value);
  /// Puts a value into the histogram's buckets.
  void observe(Id id, Values values, double value);
  /// Every series of the metric becomes 0.
  void zero(Id id);
  /// The series is there no more.
  void remove(Id id, Values values);

  /// Series of the page.
  std::size_t series() const noexcept;

  /// The page in Prometheus' text exposition format 0.0.4; HELP and TYPE also of metrics without a series.
  std::string render() const;

 private:
  struct Cell {
    double value = 0;  ///< of a histogram the sum
    std::array<std::uint64_t, kBuckets.size() + 1> buckets{};
  };
  using Cells = std::map<std::string, Cell, std::less<>>;  ///< by the values, a kSeparator between

  Cell& cell(Id id, Values values);

  std::vector<Cells> cells_;  ///< by Id
  std::string key_;           ///< of the last cell(): its memory is used again
};

}  // namespace tlswatch::metrics
