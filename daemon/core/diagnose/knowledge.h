#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/diagnose/patterns.h"

namespace tlswatch::diagnose {

/// Alternatives of one finding at most, and causes of one row's `or`.
inline constexpr std::size_t kMaxAlternatives = 8;

/// Rule: one row of the knowledge: symptoms, and what they mean.
struct Rule {
  std::string name;
  std::optional<BrokerPattern> broker;  ///< nothing: the row says nothing of the broker's side
  std::vector<DevicePattern> device;    ///< one of them must hold; empty: nothing of the device's
  std::string cause;                    ///< one of the contract's cause ids
  double confidence = 0;                ///< when this is all that is seen
  std::string fix;
  std::vector<std::string> sources;
  std::vector<std::string> or_causes{};  ///< what else it could be, when this is all that is seen
  bool benign = false;                   ///< normal: nobody need be paged
};

/// Knowledge: rows in the order they are tried; the first one that holds decides.
struct Knowledge {
  std::vector<Rule> rules;
};

/// Whether `later` can never decide because `earlier` holds wherever it does. Rows about the broker's side,
/// the device's, and both are three lists, each tried by itself.
bool covers(const Rule& earlier, const Rule& later);

/// What else it could be. `cause` lives as long as the knowledge.
struct Alternative {
  std::string_view cause;
  double confidence = 0;
};

/// Alternatives: distinct causes, none of them the one that was decided for.
class Alternatives {
 public:
  const Alternative* begin() const noexcept { return items_.data(); }
  const Alternative* end() const noexcept { return items_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Leaves out what is there already, what no longer fits in, and what is not worth a line.
  void add(std::string_view cause, double confidence) noexcept;

 private:
  std::array<Alternative, kMaxAlternatives> items_{};
  std::size_t size_ = 0;
};

/// Finding: what the knowledge makes of what was seen. Points into the knowledge.
struct Finding {
  const Rule* rule = nullptr;  ///< the row that decides; null: none holds
  /// Of the row's cause, by all that was seen; three decimals.
  double confidence = 0;
  Alternatives alternatives;
  /// The row of the device's side alone, where one held and no row over both sides decides.
  const Rule* device_rule = nullptr;
};

/// Whether a cause tells only that the connection ended, and no reason: any reason outranks it.
bool is_silence(std::string_view cause) noexcept;

/// What the broker's side, the device's, or both mean. Never allocates.
///
/// broker, device  what was seen; null: not known
///
/// With both, the first row over both sides that holds decides. Where none does, each side's own first row
/// gives its cause, with its confidence as a belief (Shafer, A Mathematical Theory of Evidence, 1976, the
/// rule of combination):
///   - same cause: it has 1 - (1 - a)(1 - b), and the surer row decides, the device's on a draw;
///   - one row's `or` names the other's cause: it was of two minds, and the other row decides and gains what
///     `or` gave it;
///   - one cause is silence: the other decides and loses nothing, for an end without a reason contradicts no
///     reason;
///   - else the surer one decides, the device's on a draw, since it alone knows what it checked: a(1 - b) /
///     (1 - ab). So `peer did not return a certificate` (1.0) outranks a 296 (0.6), and a device's 62 (0.95)
///     the broker's `stalled` (0.7).
/// Alternatives, in this order: the deciding row's `or`, which shares what the decision leaves; further rows
/// of its list that hold and give a reason, each with its confidence times what the decision leaves; the
/// cause that lost.
Finding find(const Knowledge& knowledge, const BrokerSymptoms* broker, const DeviceSymptoms* device) noexcept;

}  // namespace tlswatch::diagnose
