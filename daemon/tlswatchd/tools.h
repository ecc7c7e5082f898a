#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/config/config.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/log/event_file.h"
#include "daemon/log/event_json.h"
#include "daemon/metrics/metrics.h"
#include "daemon/store/store.h"
#include "daemon/tlswatchd/live.h"

namespace tlswatch::tlswatchd {

/// Where lines go besides the log.
class Console {
 public:
  explicit Console(config::Console form) : form_(form) {}
  void show(const event::Event& event, std::string_view line) const;

 private:
  config::Console form_;
};

/// Tools: what all feeds share.
struct Tools {
  event::Pipeline& pipeline;
  log::EventJson& json;
  log::EventFile& file;
  const Console& console;
  metrics::Metrics& metrics;
  Live& live;
  std::uint64_t (*now_unix_ns)();
  store::Store* store = nullptr;  ///< null: none is configured

  /// Counts a new event and makes it a line that waits in `lines`; a folded diagnosis is counted only. What
  /// its stream's name points to must outlive the batch.
  void write(const event::Event& event, log::LineBatch& lines) const;

  /// An event that the log has already: for the store, which may not have it, and for what the metrics show
  /// as it is now.
  void keep(const event::Event& event) const;

  /// What is wrong with the event log, with its name.
  std::string trouble_text(const std::string& trouble) const;
};

}  // namespace tlswatch::tlswatchd
