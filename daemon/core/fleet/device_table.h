#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "daemon/core/fleet/place.h"

namespace tlswatch::fleet {

/// Devices remembered over all brokers; above it the one that was met longest ago is forgotten and counted.
inline constexpr std::size_t kMaxDevices = 1U << 20;
/// Bytes of a client id that is remembered; a longer one is nobody's name here, only in its own lines.
inline constexpr std::size_t kMaxDeviceId = 256;
/// Devices at one place that are looked at: those met last. A larger crowd is looked at in part.
inline constexpr std::size_t kMaxCrowd = 512;

/// Device: what is known of one MQTT client id at one broker, from its own good sessions.
struct Device {
  std::uint32_t broker = 0;
  std::string id;  ///< outside text as it came
  Place place;     ///< of its latest session
  HelloId hello = 0, hello_before = 0;
  std::uint32_t open_sessions = 0;
  std::uint64_t connected_ns = 0;         ///< when its latest session was identified
  std::uint64_t connected_before_ns = 0;  ///< and the one before that; 0: there was none
  std::uint64_t gone_ns = 0;              ///< when its last session ended; while none is open
  std::uint64_t gone_before_ns = 0;       ///< the same, before the latest session; 0: there was none before
  std::uint32_t unclaimed =
      0;                ///< failures reported in this session, of which it is not known which they were
  bool stayed = false;  ///< its latest session comes from the same place as the one before
  std::uint64_t failing_ns = 0;   ///< its last failure, as far as known; 0: none since it connected
  double failing_confidence = 0;  ///< with which the first of that row was given to it

  /// The newest error of one era that it has reported, and how often in a row.
  struct Told {
    std::uint32_t era = 0, seq = 0, count = 0;  ///< seq 0: none
  };
  std::array<Told, 2> told{};  ///< errors that outlived a power loss keep their era: two at once

  bool uses(HelloId other) const noexcept { return other == hello || other == hello_before; }
};

/// DeviceTable remembers devices by name and by place. Not for several threads. Pointers stay valid until
/// that device is forgotten, which only open() does.
class DeviceTable {
 public:
  explicit DeviceTable(std::size_t limit = kMaxDevices) : limit_(limit) {}
  DeviceTable(const DeviceTable&) = delete;
  DeviceTable& operator=(const DeviceTable&) = delete;

  /// The device, or null.
  Device* find(std::uint32_t broker, std::string_view id) noexcept;
  const Device* find(std::uint32_t broker, std::string_view id) const noexcept;

  /// The device, made where it was not known, and met just now; null where the id is empty or too long.
  Device* open(std::uint32_t broker, std::string_view id);

  /// Brings a device back as it was, met just now; nothing where its id is empty or too long.
  void restore(const Device& was);

  /// The device is at this place from now on, the one met last there.
  void move(Device& device, const Place& place);

  /// Calls `look(device)` for the devices at a place, those met last first, at most kMaxCrowd.
  template <typename Look>
  void each_at(const Place& place, Look look) {
    walk(*this, place, look);
  }
  template <typename Look>
  void each_at(const Place& place, Look look) const {
    walk(*this, place, look);
  }

  bool anybody_at(const Place& place) const noexcept { return places_.contains(place); }
  /// All sessions of a broker are over.
  void all_gone(std::uint32_t broker, std::uint64_t at_ns) noexcept;

  std::size_t size() const noexcept { return by_name_.size(); }
  std::size_t size_at(std::uint32_t broker) const noexcept;
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Node {
    Device device;
    std::uint32_t newer = kNone, older = kNone;            // all devices, by when they were met
    std::uint32_t next_here = kNone, before_here = kNone;  // those at one place
    bool used = false;
  };
  struct Name {
    std::uint32_t broker;
    std::string_view id;
  };
  /// Nodes by their device's name, which is stored only there.
  struct ByName {
    using is_transparent = void;
    const std::deque<Node>* nodes;
    Name name(std::uint32_t node) const noexcept {
      return {(*nodes)[node].device.broker, (*nodes)[node].device.id};
    }
    static Name name(const Name& name) noexcept { return name; }
    std::size_t operator()(const auto& who) const noexcept {
      const Name n = name(who);
      return text::fnv1a(n.id, text::kFnv1aStart ^ n.broker);
    }
    bool operator()(const auto& a, const auto& b) const noexcept {
      const Name x = name(a), y = name(b);
      return x.broker == y.broker && x.id == y.id;
    }
  };

  template <typename Table, typename Look>
  static void walk(Table& table, const Place& place, Look& look) {
    const auto found = table.places_.find(place);
    if (found == table.places_.end()) return;
    std::size_t left = kMaxCrowd;
    for (std::uint32_t i = found->second; i != kNone && left != 0; --left) {
      const std::uint32_t next = table.nodes_[i].next_here;
      look(table.nodes_[i].device);
      i = next;
    }
  }
  void link_newest(std::uint32_t node) noexcept;
  void unlink(std::uint32_t node) noexcept;
  void leave_place(std::uint32_t node);
  std::uint32_t node_of(const Device& device) const;
  void forget(std::uint32_t node);

  std::size_t limit_;
  std::uint64_t forgotten_ = 0;
  std::deque<Node> nodes_;
  std::uint32_t free_ = kNone;
  std::uint32_t newest_ = kNone, oldest_ = kNone;
  std::unordered_set<std::uint32_t, ByName, ByName> by_name_{16, ByName{&nodes_}, ByName{&nodes_}};
  std::unordered_map<Place, std::uint32_t, PlaceHash> places_;  // the device met last there
  std::unordered_map<std::uint32_t, std::size_t> per_broker_;
};

}  // namespace tlswatch::fleet
