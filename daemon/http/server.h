#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "daemon/http/api.h"
#include "daemon/http/gate.h"
#include "daemon/http/hub.h"
#include "daemon/http/listener.h"
#include "daemon/http/loop.h"
#include "daemon/http/wake.h"
#include "daemon/http/workers.h"

namespace tlswatch::http {

/// Threads that answer; each has a reader of the store.
inline constexpr std::size_t kWorkers = 4;

struct ServerSettings {
  std::string listen;  ///< as Listener
  /// All three, or none: then `listen` is on loopback or a Unix socket. The configuration saw to that.
  std::string token_file, certificate, key;
  Facts facts;
  Times times{};
};

/// Server: the page, the API, /metrics and /healthz, in threads of its own. Whoever feeds it is never kept
/// waiting: events() takes a copy.
class Server {
 public:
  explicit Server(ServerSettings settings);
  /// Ends within the time of the requests that are being answered; open streams are cut.
  ~Server();

  /// Reads token and certificate, takes the port, begins to answer. What is wrong, with the remedy, or
  /// nothing.
  std::optional<std::string> start();

  /// Reads token and certificate again, for new connections; the old ones stay where something is wrong.
  std::optional<std::string> reload();

  EventHub& events() noexcept { return hub_; }

 private:
  /// What the files say; never changed, only replaced.
  struct Access {
    Gate gate;
    Loop::Tls tls;
  };
  Result<std::shared_ptr<const Access>, std::string> read_access() const;
  std::shared_ptr<const Access> access() const;
  Parser::Handler make_handler();

  ServerSettings settings_;
  Listener listener_;
  EventHub hub_;
  Wake wake_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Access> access_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Workers> workers_;
  std::thread thread_;
};

}  // namespace tlswatch::http
