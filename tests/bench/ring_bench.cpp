// The ring: records per second through it, writer and reader in turn on one core.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "plugin/wire/record_writer.h"
#include "plugin/wire/ring_reader.h"
#include "plugin/wire/ring_writer.h"

namespace tlswatch::wire {
namespace {

constexpr std::uint64_t kSize = kDefaultRingSize;

/// A record of about the size given, as the plugin makes them.
std::vector<std::uint8_t> make_record(std::size_t payload) {
  std::vector<std::uint8_t> buffer(kMaxRecordSize);
  const std::vector<std::uint8_t> content(payload, 0x5A);
  RecordWriter writer(buffer, RecordType::session_start, 1, 1);
  writer.begin(Section::payload).bytes(content);
  const auto record = writer.finish();
  return {record.begin(), record.end()};
}

/// What the plugin does for an event, and what it costs the broker's thread.
void publish(benchmark::State& state) {
  std::vector<std::uint8_t> file(kRingHeaderSize + kSize);
  RingWriter::format(file, 1);
  RingWriter writer(file);
  std::vector<std::uint8_t> record = make_record(static_cast<std::size_t>(state.range(0)));
  const auto* header = reinterpret_cast<const RingHeader*>(file.data());
  for (auto _ : state) {
    if (!writer.has_room(record.size())) writer.consumed({1, header->head.load(), 1});
    benchmark::DoNotOptimize(writer.publish(record));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(publish)->Arg(32)->Arg(1400);

/// Both ends: published, copied out, checked and walked.
void publish_and_read(benchmark::State& state) {
  std::vector<std::uint8_t> file(kRingHeaderSize + kSize);
  RingWriter::format(file, 1);
  RingWriter writer(file);
  std::vector<std::uint8_t> record = make_record(static_cast<std::size_t>(state.range(0)));
  const ReadAt read_at = [&file](std::uint64_t offset, std::span<std::uint8_t> out) {
    std::memcpy(out.data(), file.data() + offset, out.size());
    return true;
  };
  RingCursor cursor{1, 0, 1};
  constexpr int kBurst = 1000;
  for (auto _ : state) {
    for (int i = 0; i < kBurst; ++i) writer.publish(record);
    for (std::size_t read = 0; read < kBurst;) {
      const auto batch = read_batch(read_at, cursor, 1 << 20);
      if (!batch || batch->lost != 0) {
        state.SkipWithError("the ring lost a record");
        return;
      }
      read += batch->records.size();
      cursor = batch->after;
    }
    writer.consumed(cursor);
  }
  state.SetItemsProcessed(state.iterations() * kBurst);
}
BENCHMARK(publish_and_read)->Arg(32)->Arg(1400);

}  // namespace
}  // namespace tlswatch::wire
