#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tlswatch::fleet_sim {

/// No device: an outsider.
inline constexpr std::uint32_t kNobody = 0xFFFFFFFF;

/// Ledger: the truth. Who was behind each session, and which device each client id has belonged to.
class Ledger {
 public:
  struct Session {
    std::uint32_t device = kNobody;
    std::uint32_t id = 0;  ///< number of its client id at that time
    bool failed = false;   ///< and the broker has seen it fail
  };
  struct Id {
    std::uint32_t number = 0;
    std::uint32_t device = kNobody;
  };

  /// The device has this client id from now on. Ids are never given twice.
  void name(std::uint32_t device, const std::string& id) {
    if (device >= current_.size()) current_.resize(device + 1);
    current_[device] = static_cast<std::uint32_t>(ids_.size());
    ids_.emplace(id, Id{current_[device], device});
  }
  /// Session `number`, counted from 1 without a gap, is opened by a device or nobody.
  void open(std::uint64_t number, std::uint32_t device) {
    sessions_.resize(number + 1);
    sessions_[number] = {device, device == kNobody ? 0 : current_[device], false};
  }
  void fail(std::uint64_t number) { sessions_[number].failed = true; }

  /// By the session's number; null where there was none.
  const Session* session(std::uint64_t number) const {
    return number == 0 || number >= sessions_.size() ? nullptr : &sessions_[number];
  }
  std::optional<Id> id(std::string_view text) const {
    const auto found = ids_.find(std::string(text));
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }
  std::uint64_t sessions() const noexcept { return sessions_.empty() ? 0 : sessions_.size() - 1; }

 private:
  std::vector<Session> sessions_;
  std::vector<std::uint32_t> current_;
  std::unordered_map<std::string, Id> ids_;
};

}  // namespace tlswatch::fleet_sim
