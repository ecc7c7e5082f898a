// What stands around the device: certificates, a broker with a listener for each kind of server, the daemon,
// and its log as the device's sessions tell it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker.h"
#include "daemon.h"
#include "event_log.h"
#include "files.h"
#include "memory.h"
#include "pki.h"
#include "runner.h"

namespace tlswatch::device_scenarios {

/// A server as a device may find it.
enum class Server {
  good,        ///< RSA-2048, by an authority that the device knows
  other_ca,    ///< another RSA-2048 key, by one that it does not know
  expired,     ///< since the end of 2020
  rsa4096,     ///< a key larger than an ESP8266 can compute with
  ec,          ///< an EC P-256 key
  tls13_only,  ///< as good, but TLS 1.3 only
  mutual,      ///< as good, and it wants a client certificate
};

class Stage {
 public:
  Stage();

  const harness::TempDir& folder() const { return folder_; }
  std::uint16_t port(Server server) const { return broker_->port(static_cast<std::size_t>(server)); }
  std::string cafile(Server server) const;
  std::string fingerprint(Server server) const;
  const harness::Pki& pki() const { return pki_; }
  EraNames& eras() { return eras_; }
  std::string broker_log() const { return broker_->log(); }

  /// Another broker process in the place of the first: it knows no TLS session of before. On other ports.
  void restart_broker();

  /// Waits until the log tells as much of its nth session (from 0) as `lines`, and compares; session_lines.h
  /// says how a line looks. "A or B" is either line. To be said again where a later report has added to it.
  void expect_session(std::size_t n, const std::vector<std::string>& lines);

  /// Stops broker and daemon; expects that the log has the sessions that were expected, and nothing besides.
  void expect_no_more();

  /// Stops broker and daemon; the whole log.
  const std::vector<harness::Event>& end();

 private:
  std::unique_ptr<harness::Broker> start_broker(const std::string& name) const;

  harness::TempDir folder_;
  harness::Pki pki_;
  std::unique_ptr<harness::Broker> broker_;
  std::unique_ptr<harness::Daemon> daemon_;
  harness::EventLog log_;
  EraNames eras_;
  std::map<std::size_t, std::vector<std::string>> expected_;  // by session
};

}  // namespace tlswatch::device_scenarios
