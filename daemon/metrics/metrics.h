#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/event/events.h"
#include "daemon/metrics/registry.h"

namespace tlswatch::event {
struct PipelineCounters;
}

namespace tlswatch::metrics {

/// BrokerGauges: what is now, of one broker.
struct BrokerGauges {
  std::string_view broker;
  bool following = false;           ///< its ring is there and can be read
  std::uint64_t ring_size = 0;      ///< bytes; 0: not known
  std::uint64_t ring_used = 0;      ///< bytes that are not in the log yet
  std::uint64_t devices = 0;        ///< that are remembered
  std::uint64_t last_batch_ns = 0;  ///< Unix time; 0: nothing was written yet
};

/// Gauges: what is now, and what others count. Views are read within take().
struct Gauges {
  std::vector<BrokerGauges> brokers;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> incidents_open;  ///< broker, cause
  std::uint64_t sessions_open = 0;
  const event::PipelineCounters* pipeline = nullptr;  ///< null: not told
  bool log_writable = false;
  std::uint64_t log_lines = 0;
  double cpu_s = 0;
  std::uint64_t memory_bytes = 0;
};

/// Metrics: what the event log says, as numbers for Prometheus. Everything counts since the daemon's start.
///
/// Fed by one thread, rendered by any.
class Metrics {
 public:
  struct Settings {
    std::string_view version;
    std::vector<std::string_view> brokers;  ///< names; their losses are told from the start, as 0
    std::uint64_t started_unix_ns = 0;
  };

  explicit Metrics(const Settings& settings);

  /// Counts one event that is new; of a folded diagnosis too. What is read again after a start is not to come
  /// here.
  void count(const event::Event& event);

  /// An event that is read again after a start: nothing is counted, but the certificates of listeners are
  /// known again.
  void recall(const event::Event& event);

  /// What is now; about once a second is enough.
  void take(const Gauges& gauges);

  /// The page for /metrics, in Prometheus' text exposition format 0.0.4. count() waits meanwhile.
  std::string render() const;

  std::size_t series() const;

 private:
  void on(const event::SessionStart&) {}
  void on(const event::TlsHandshake& e);
  void on(const event::MqttIdentified& e);
  void on(const event::SessionEnd& e);
  void on(const event::DeviceReport& e);
  void on(const event::DeviceLog& e);
  void on(const event::Diagnosis& e);
  void on(const event::Incident&) {}             // take() has those that are open
  void on(const event::CertificateExpiring&) {}  // each good handshake has the date
  void on(const event::EventsLost& e);
  void judged(const event::Header& header, const policy::Judgement& judgement, std::string_view action);
  void shown(const event::TlsHandshake& e, const std::string& listener);

  mutable std::mutex mutex_;
  Registry registry_;
  /// When a listener showed a certificate with that kind of key last, Unix ns. Bounded by its metric.
  std::map<std::pair<std::string, std::string_view>, std::uint64_t> shown_;
};

}  // namespace tlswatch::metrics
