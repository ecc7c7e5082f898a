#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/event/events.h"
#include "daemon/http/hub.h"

namespace tlswatch::tlswatchd {

/// Live: lines of the log on their way to who follows it now. They are shown once they are stored: who asks
/// the API upon a line finds what it tells of.
class Live {
 public:
  /// Null: nobody can follow.
  void show_to(http::EventHub* hub) noexcept { hub_ = hub; }

  /// Keeps the line of an event, where it is one of those that are shown, until publish().
  void stage(const event::Event& event, std::string_view line);
  void publish();

 private:
  struct Staged {
    std::string id;
    std::string_view action;
    std::string line;
  };
  http::EventHub* hub_ = nullptr;
  std::vector<Staged> staged_;
};

}  // namespace tlswatch::tlswatchd
