#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/event/pipeline.h"
#include "daemon/metrics/metrics.h"
#include "support/draft.h"

namespace tlswatch::test {

/// Story: devices, failures and reports at one broker, told in seconds since its beginning, with the shipped
/// profiles and knowledge; what the event log would say of them, one short line an event.
class Story {
 public:
  Story();

  /// How a session fails.
  enum class Way : std::uint8_t {
    silence,           ///< left after the certificate without a word, as BearSSL does
    no_shared_cipher,  ///< the broker's key is EC, the device's ciphers need RSA
    no_certificate,    ///< the broker wants the client's
    plain_mqtt,
    http,
  };
  struct Visit {
    std::uint64_t session;
    int at_s;
    int house = 1;               ///< 10.0.0.<house>
    std::uint16_t suite = 0x9C;  ///< what the hello offers, so that hellos differ
  };

  Story& connects(const Visit& visit, std::string_view id);
  Story& leaves(const Visit& visit, std::string_view id);
  Story& fails(const Visit& visit, Way way = Way::silence);
  struct Told {
    int code = 62;
    int count = 1;
    int ago_s = -1;  ///< -1: it does not know
    std::uint32_t seq = 1;
    std::uint32_t era = 7;
    std::string_view stack = "bearssl";
    std::string_view topic_id = {};  ///< empty: its own
  };
  Story& reports(const Visit& visit, std::string_view id, const Told& told);
  /// A syslog datagram of stock firmware.
  Story& says(int at_s, int house, std::string_view line);
  Story& loses_events(int at_s);

  /// Lines since the last call: "s2 lamp (inferred): connection-closed-by-device, 3 times".
  std::vector<std::string> diagnoses() { return std::exchange(diagnoses_, {}); }
  /// And of incidents: "i1 opened: server-cert-untrusted, 1 devices, 1 failures".
  std::vector<std::string> incidents() { return std::exchange(incidents_, {}); }
  event::Pipeline& pipeline() { return pipeline_; }
  /// From now on `listener` is called with each event, folded diagnoses included.
  void listen(std::function<void(const event::Event&)> listener) { listener_ = std::move(listener); }
  /// What has been counted of all that, folded diagnoses included.
  const metrics::Metrics& metrics() const { return metrics_; }

 private:
  void take(Draft& draft);
  void note(const event::Event& event);

  policy::Profiles profiles_;
  diagnose::Knowledge knowledge_;
  event::Broker broker_{0, "edge-1"};
  event::Pipeline pipeline_;
  metrics::Metrics metrics_{{"1.0", {"edge-1"}, kTime}};
  std::function<void(const event::Event&)> listener_;
  std::uint64_t sequence_ = 0;
  std::vector<std::string> diagnoses_, incidents_;
  std::map<std::string, std::string> names_;  // of incidents: i1, i2, ...
};

}  // namespace tlswatch::test
