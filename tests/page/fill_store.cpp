// Fills a store with a large fleet, as tlswatchd would: records of the ring, through the pipeline, into the
// writer.
//   fill_store FILE DEVICES    every hundredth device fails after its good session
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/log/event_json.h"
#include "daemon/store/writer.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "session_records.h"

namespace tlswatch {
namespace {

constexpr std::uint32_t kBatch = 4096;
constexpr std::uint32_t kFailsEach = 100;
constexpr std::uint64_t kMillisecond = 1'000'000;

int fail(const std::string& what) {
  std::cerr << "fill_store: " << what << '\n';
  return 1;
}

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

int fill(const std::string& file, std::uint32_t devices) {
  const auto profiles = config::load_profiles({TLSWATCH_SOURCE_DIR "/daemon/profiles/profiles.yaml"});
  const auto knowledge = config::load_knowledge({TLSWATCH_SOURCE_DIR "/daemon/knowledge/knowledge.yaml"});
  if (!profiles || !knowledge) return fail("the shipped profiles or knowledge cannot be read");
  x509::CertificateCache certificates;
  event::Pipeline::Settings settings;
  settings.profiles = &*profiles;
  settings.knowledge = &*knowledge;
  settings.tools = {x509::sha256, &certificates};
  event::Pipeline pipeline(settings);
  pipeline.incidents().keep_changes();
  store::Writer writer;
  if (const auto trouble = writer.open(file)) return fail(trouble->text);

  const event::Broker broker{0, "demo", false};
  log::EventJson json;
  bench::SessionRecords records;
  std::uint64_t session = 0;
  std::uint64_t time_ns = now_ns() - 2 * std::uint64_t{devices} * kMillisecond;
  const auto play = [&](std::uint32_t step, bool healthy) -> std::optional<store::Trouble> {
    for (std::uint32_t device = 0; device < devices;) {
      records.clear();
      for (std::uint32_t i = 0; i < kBatch && device < devices; ++i, device += step)
        records.add({++session, device, device, healthy, time_ns += kMillisecond});
      records.each([&](const wire::Record& record) {
        pipeline.take(broker, 1, record, [&](const event::Event& event) {
          const auto* const diagnosis = std::get_if<event::Diagnosis>(&event);
          writer.add(event,
                     diagnosis != nullptr && !diagnosis->folded ? json.line(event) : std::string_view{});
        });
      });
      writer.add(pipeline.incidents().take_changes());
      if (auto trouble = writer.commit()) return trouble;
    }
    return std::nullopt;
  };
  if (const auto trouble = play(1, true)) return fail(trouble->text);
  if (const auto trouble = play(kFailsEach, false)) return fail(trouble->text);
  return 0;
}

}  // namespace
}  // namespace tlswatch

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: fill_store FILE DEVICES\n", 2;
  return tlswatch::fill(argv[1], static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)));
}
