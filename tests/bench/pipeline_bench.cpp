// From a ring record to its lines of the event log: decode, correlate, judge, diagnose, count, JSON, on one
// core. 512 devices, 8 behind each address, in turn.
#include <benchmark/benchmark.h>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/log/event_json.h"
#include "daemon/metrics/metrics.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "session_records.h"

namespace tlswatch {
namespace {

/// Sessions that are made beforehand, while the clock stands.
constexpr std::uint64_t kBatch = 64;
constexpr std::uint32_t kDevices = 512;
constexpr std::uint32_t kDevicesAnAddress = 8;

void record_to_json(benchmark::State& state) {
  const bool healthy = state.range(0) != 0;
  const bool counted = state.range(1) != 0;
  const auto profiles = config::load_profiles({TLSWATCH_SOURCE_DIR "/daemon/profiles/profiles.yaml"});
  const auto knowledge = config::load_knowledge({TLSWATCH_SOURCE_DIR "/daemon/knowledge/knowledge.yaml"});
  if (!profiles || !knowledge) {
    state.SkipWithError("the shipped profiles or knowledge cannot be read");
    return;
  }
  x509::CertificateCache certificates;
  event::Pipeline::Settings settings;
  settings.profiles = &*profiles;
  settings.knowledge = &*knowledge;
  settings.tools = {x509::sha256, &certificates};
  settings.folded_too = true;
  event::Pipeline pipeline(settings);
  log::EventJson json;
  metrics::Metrics metrics({"1", {"edge-1"}, 0});
  bench::SessionRecords records;
  const event::Broker broker{0, "edge-1", false};

  std::uint64_t session = 0;
  std::size_t events = 0, handshakes = 0;
  std::size_t lines = 0;
  std::size_t bytes = 0;
  // A failing fleet is one that was healthy: its devices are known.
  const auto fill = [&](bool good) {
    records.clear();
    for (std::uint64_t i = 0; i < kBatch; ++i) {
      const auto device = static_cast<std::uint32_t>(++session % kDevices);
      records.add(
          {session, device, device / kDevicesAnAddress, good, 1795366544000000000 + session * 1000000});
    }
  };
  const auto take = [&](const wire::Record& record) {
    ++events;
    pipeline.take(broker, 1, record, [&](const event::Event& event) {
      if (counted) metrics.count(event);
      const auto* const diagnosis = std::get_if<event::Diagnosis>(&event);
      if (diagnosis != nullptr && diagnosis->folded) return;
      ++lines;
      bytes += json.line(event).size();
    });
  };
  for (std::uint32_t i = 0; i < kDevices / kBatch; ++i) {
    fill(true);
    records.each(take);
  }
  events = lines = bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    fill(healthy);
    state.ResumeTiming();
    records.each(take);
    handshakes += kBatch;
  }
  if (lines == 0) state.SkipWithError("no line was made");
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["handshakes/s"] =
      benchmark::Counter(static_cast<double>(handshakes), benchmark::Counter::kIsRate);
  state.counters["lines/s"] = benchmark::Counter(static_cast<double>(lines), benchmark::Counter::kIsRate);
  state.counters["bytes/line"] = static_cast<double>(bytes) / static_cast<double>(lines);
}
BENCHMARK(record_to_json)->ArgNames({"healthy", "counted"})->ArgsProduct({{1, 0}, {1, 0}});

}  // namespace
}  // namespace tlswatch
