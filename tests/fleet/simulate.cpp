#include "simulate.h"

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"

namespace tlswatch::fleet_sim {
namespace {

constexpr std::uint64_t kEpoch = 0x77;

void play(const Options& options, const policy::Profiles& profiles, const diagnose::Knowledge& knowledge,
          Outcome& out) {
  x509::CertificateCache certificates;
  event::Pipeline::Settings settings;
  settings.profiles = &profiles;
  settings.knowledge = &knowledge;
  settings.tools = {x509::sha256, &certificates};
  settings.every_line = true;  // what is said of each failed session is scored, not what is worth a line
  event::Pipeline pipeline(settings);
  Ledger ledger;
  Score score(ledger);
  const event::Broker broker{.index = 0, .name = "edge-1"};
  const event::Emit hear = [&](const event::Event& event) {
    ++out.events;
    score.take(event);
  };
  World world(
      options, [&](const wire::Record& record) { pipeline.take(broker, kEpoch, record, hear); }, ledger);
  world.run();
  const event::PipelineCounters& met = pipeline.counters();
  out.unreadable += met.unknown_records + met.bad_sections + met.unknown_sections + met.unreadable_messages +
                    met.unreadable_reports + met.unknown_entries;
  pool(out.counts, world.counts());
  pool(out.result, score.result());
}

}  // namespace

std::variant<Outcome, std::string> simulate(const Options& options, std::uint32_t runs) {
  const auto profiles = config::load_profiles({TLSWATCH_SHIPPED_PROFILES});
  if (!profiles) return config::to_text(profiles.error().front());
  const auto knowledge = config::load_knowledge({TLSWATCH_SHIPPED_KNOWLEDGE});
  if (!knowledge) return config::to_text(knowledge.error().front());
  Outcome out;
  Options one = options;
  for (std::uint32_t run = 0; run < runs; ++run, ++one.seed) play(one, *profiles, *knowledge, out);
  return out;
}

}  // namespace tlswatch::fleet_sim
