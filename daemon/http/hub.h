#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tlswatch::http {

/// Events that are kept for clients that come back.
inline constexpr std::size_t kKeptEvents = 1024;

/// EventHub: the latest events of the log, for whoever follows them. Posting costs a copy under a lock that
/// nobody holds for long: nobody's client is waited for.
class EventHub {
 public:
  /// An event as text/event-stream (WHATWG HTML, 9.2.5).
  using Text = std::shared_ptr<const std::string>;

  /// Called, by whoever posts, when there is something new.
  void on_news(std::function<void()> wake);

  /// `line`: the log's, one JSON object without control characters inside; a newline at its end is left out.
  void post(std::string_view id, std::string_view action, std::string_view line);

  /// Where a client begins: after the event with that id, where it is kept, else with what is new.
  std::uint64_t begin_after(std::string_view last_event_id) const;

  /// What came from `next` on; `next` moves behind it. False: some of it is gone already.
  bool take(std::uint64_t& next, std::vector<Text>& out) const;

 private:
  struct Kept {
    std::string id;
    Text text;
  };
  mutable std::mutex mutex_;
  std::deque<Kept> kept_;
  std::uint64_t end_ = 0;  ///< number of the event to come
  std::function<void()> wake_;
};

}  // namespace tlswatch::http
