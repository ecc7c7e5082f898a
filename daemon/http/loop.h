#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "daemon/http/client.h"
#include "daemon/http/hub.h"
#include "daemon/http/listener.h"
#include "daemon/http/wake.h"
#include "daemon/http/workers.h"

namespace tlswatch::http {

// What may be taken of this host.
inline constexpr std::size_t kMaxClients = 256;
inline constexpr std::size_t kMaxStreams = 128;
inline constexpr std::uint32_t kMaxRequests = 1000;    ///< of one connection
inline constexpr std::size_t kMaxBehind = 512 * 1024;  ///< bytes of the stream that a client has not taken

/// Times: how long whoever is slow is waited for.
struct Times {
  std::chrono::milliseconds head{10'000};   ///< from a head's first byte to its last
  std::chrono::milliseconds idle{15'000};   ///< between two requests
  std::chrono::milliseconds reply{60'000};  ///< for the whole reply
  std::chrono::milliseconds leave{1000};    ///< for the client to close, too
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds stuck{30'000};  ///< a stream of which nothing was taken
};

/// Loop: one thread with all sockets. Heads go to the workers, replies and events to the clients; nobody is
/// waited for.
class Loop {
 public:
  using Tls = std::shared_ptr<const TlsContext>;

  /// All outlive it. `tls` is asked for each new connection; null: plain.
  Loop(const Listener& listener, const EventHub& hub, const Wake& wake, std::function<Tls()> tls,
       Times times);

  /// Until stop(), which any thread may call.
  void run(Workers& workers);
  void stop();

 private:
  using Id = std::uint64_t;

  int wait();
  void accept_clients(Clock::time_point now);
  bool make_room();
  void turn(Id id, Client& client, short events, Clock::time_point now);
  void read(Id id, Client& client, Clock::time_point now);
  void next_request(Id id, Client& client, Clock::time_point now);
  void write(Id id, Client& client, Clock::time_point now);
  void refuse(Client& client, int status, std::string_view sentence, Clock::time_point now);
  void take_replies(Clock::time_point now);
  void begin_stream(Client& client, const Reply& reply, Clock::time_point now);
  void send_events(Clock::time_point now);
  void send_stream(Client& client, Clock::time_point now);
  void look_at_times(Clock::time_point now);

  const Listener& listener_;
  const EventHub& hub_;
  const Wake& wake_;
  std::function<Tls()> tls_;
  Times times_;
  Workers* workers_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::map<Id, Client> clients_;
  Id next_id_ = 0;
  std::size_t streams_ = 0;
  std::vector<std::pair<Id, short>> ready_;
  bool knock_ = false;
};

}  // namespace tlswatch::http
