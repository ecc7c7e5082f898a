#include "daemon/tlswatchd/live.h"

#include "daemon/log/event_json.h"

namespace tlswatch::tlswatchd {

void Live::stage(const event::Event& event, std::string_view line) {
  const bool shown =
      std::holds_alternative<event::Diagnosis>(event) || std::holds_alternative<event::Incident>(event) ||
      std::holds_alternative<event::DeviceReport>(event) || std::holds_alternative<event::EventsLost>(event);
  if (hub_ == nullptr || !shown) return;
  staged_.push_back({event::header(event).id, log::action_name(event), std::string(line)});
}

void Live::publish() {
  for (const Staged& one : staged_) hub_->post(one.id, one.action, one.line);
  staged_.clear();
}

}  // namespace tlswatch::tlswatchd
