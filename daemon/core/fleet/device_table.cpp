#include "daemon/core/fleet/device_table.h"

namespace tlswatch::fleet {

Device* DeviceTable::find(std::uint32_t broker, std::string_view id) noexcept {
  const auto found = by_name_.find(Name{broker, id});
  return found == by_name_.end() ? nullptr : &nodes_[*found].device;
}

const Device* DeviceTable::find(std::uint32_t broker, std::string_view id) const noexcept {
  const auto found = by_name_.find(Name{broker, id});
  return found == by_name_.end() ? nullptr : &nodes_[*found].device;
}

Device* DeviceTable::open(std::uint32_t broker, std::string_view id) {
  if (id.empty() || id.size() > kMaxDeviceId) return nullptr;
  if (const auto found = by_name_.find(Name{broker, id}); found != by_name_.end()) {
    unlink(*found);
    link_newest(*found);
    return &nodes_[*found].device;
  }
  if (by_name_.size() >= limit_) forget(oldest_);
  std::uint32_t node = free_;
  if (node != kNone) {
    free_ = nodes_[node].older;
    nodes_[node] = Node{};
  } else {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  nodes_[node].device.broker = broker;
  nodes_[node].device.id = id;
  nodes_[node].used = true;
  by_name_.insert(node);
  link_newest(node);
  ++per_broker_[broker];
  return &nodes_[node].device;
}

void DeviceTable::restore(const Device& was) {
  Device* const device = open(was.broker, was.id);
  if (device == nullptr) return;
  const Place place = was.place;
  leave_place(node_of(*device));
  *device = was;
  device->place = {};
  move(*device, place);
}

std::uint32_t DeviceTable::node_of(const Device& device) const {
  return *by_name_.find(Name{device.broker, device.id});
}

void DeviceTable::move(Device& device, const Place& place) {
  const std::uint32_t node = node_of(device);
  leave_place(node);
  device.place = place;
  if (!place.known()) return;
  const auto [head, fresh] = places_.try_emplace(place, node);
  if (fresh) return;
  nodes_[node].next_here = head->second;
  nodes_[head->second].before_here = node;
  head->second = node;
}

void DeviceTable::leave_place(std::uint32_t node) {
  Node& leaving = nodes_[node];
  if (!leaving.device.place.known()) return;
  if (leaving.next_here != kNone) nodes_[leaving.next_here].before_here = leaving.before_here;
  if (leaving.before_here != kNone) {
    nodes_[leaving.before_here].next_here = leaving.next_here;
  } else if (leaving.next_here != kNone) {
    places_[leaving.device.place] = leaving.next_here;
  } else {
    places_.erase(leaving.device.place);
  }
  leaving.next_here = leaving.before_here = kNone;
  leaving.device.place = {};
}

void DeviceTable::all_gone(std::uint32_t broker, std::uint64_t at_ns) noexcept {
  for (Node& node : nodes_) {
    if (!node.used || node.device.broker != broker || node.device.open_sessions == 0) continue;
    node.device.open_sessions = 0;
    node.device.gone_ns = at_ns;
  }
}

std::size_t DeviceTable::size_at(std::uint32_t broker) const noexcept {
  const auto found = per_broker_.find(broker);
  return found == per_broker_.end() ? 0 : found->second;
}

void DeviceTable::link_newest(std::uint32_t node) noexcept {
  nodes_[node].older = newest_;
  nodes_[node].newer = kNone;
  if (newest_ != kNone) nodes_[newest_].newer = node;
  newest_ = node;
  if (oldest_ == kNone) oldest_ = node;
}

void DeviceTable::unlink(std::uint32_t node) noexcept {
  const Node& leaving = nodes_[node];
  (leaving.newer != kNone ? nodes_[leaving.newer].older : newest_) = leaving.older;
  (leaving.older != kNone ? nodes_[leaving.older].newer : oldest_) = leaving.newer;
}

void DeviceTable::forget(std::uint32_t node) {
  leave_place(node);
  unlink(node);
  by_name_.erase(by_name_.find(node));
  --per_broker_[nodes_[node].device.broker];
  nodes_[node].device = {};
  nodes_[node].used = false;
  nodes_[node].older = free_;
  free_ = node;
  ++forgotten_;
}

}  // namespace tlswatch::fleet
