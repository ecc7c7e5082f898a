// What an incident costs per failure and per success, on tables that are warm: 4 incidents, and as many
// devices failing as the argument says.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "daemon/core/incident/incident_table.h"

namespace tlswatch::incident {
namespace {

constexpr std::uint64_t kStart = 1795392000 * kNsPerSecond;
constexpr std::string_view kSubject = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";
constexpr std::string_view kCauses[] = {"server-cert-untrusted", "no-shared-cipher", "handshake-timeout",
                                        "credentials-refused"};

class Fleet {
 public:
  explicit Fleet(std::size_t devices) {
    for (std::size_t i = 0; i < devices; ++i)
      names_.push_back("tasmota_" + std::to_string(0xA00000 + i * 7919));
  }
  Victim victim(std::size_t i) const { return {Victim::Kind::device, "edge-1", names_[i % names_.size()]}; }
  static Signature signature(std::size_t i) {
    return {"edge-1", kCauses[i % std::size(kCauses)], 8883, "tasmota-esp8266", kSubject};
  }

 private:
  std::vector<std::string> names_;
};

void failure(benchmark::State& state) {
  const Fleet fleet(static_cast<std::size_t>(state.range(0)));
  IncidentTable table;
  std::size_t i = 0;
  for (; i < static_cast<std::size_t>(state.range(0)); ++i) {
    table.failure(fleet.signature(i), fleet.victim(i), kStart);
  }
  for (auto _ : state) {
    ++i;
    benchmark::DoNotOptimize(table.failure(fleet.signature(i), fleet.victim(i), kStart + i * 1'000'000));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(failure)->Arg(1000)->Arg(100'000);

void success(benchmark::State& state) {
  const Fleet failing(static_cast<std::size_t>(state.range(0)));
  const Fleet healthy(static_cast<std::size_t>(state.range(0)) * 2);
  IncidentTable table;
  for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
    table.failure(failing.signature(i), failing.victim(i), kStart);
  }
  std::size_t i = 0;
  for (auto _ : state) {
    ++i;
    benchmark::DoNotOptimize(table.success(healthy.victim(i), kStart + i * 1'000'000));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(success)->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace tlswatch::incident
