// Any bytes as a record: decoded, joined, judged, diagnosed and written; each line must be valid JSON of one
// line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/core/text/utf8.h"
#include "daemon/log/event_json.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "plugin/wire/record_reader.h"

namespace {

struct Fixture {
  Fixture()
      : profiles(*tlswatch::config::load_profiles({TLSWATCH_SHIPPED_PROFILES})),
        knowledge(*tlswatch::config::load_knowledge({TLSWATCH_SHIPPED_KNOWLEDGE})) {}
  tlswatch::policy::Profiles profiles;
  tlswatch::diagnose::Knowledge knowledge;
  tlswatch::x509::CertificateCache certificates{16};
  tlswatch::log::EventJson json;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  tlswatch::event::Pipeline pipeline({.profiles = &fixture.profiles,
                                      .knowledge = &fixture.knowledge,
                                      .tools = {tlswatch::x509::sha256, &fixture.certificates},
                                      .every_line = true,
                                      .max_sessions = 8,
                                      .fleet = {.devices = 8, .failures = 8}});
  const tlswatch::event::Broker broker{0, "edge-1", false};
  tlswatch::wire::Bytes rest(data, size);
  while (!rest.empty()) {
    const auto record = tlswatch::wire::read_record(rest);
    if (!record) break;
    pipeline.take(broker, 1, *record, [](const tlswatch::event::Event& event) {
      const std::string_view line = fixture.json.line(event);
      if (!line.ends_with("}\n") || line.find('\n') != line.size() - 1) std::abort();
      if (!tlswatch::text::is_clean(line.substr(0, line.size() - 1))) std::abort();
    });
    rest = rest.subspan(tlswatch::wire::kRecordHeaderSize + record->sections.size());
  }
  return 0;
}
