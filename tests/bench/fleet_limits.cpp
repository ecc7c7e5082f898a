// Memory of the daemon's core, in the numbers that it promises: a fleet of a million devices, and a flood of
// failing handshakes from ten million addresses that nobody has met.
//
//   fleet_limits devices [N]   knows N devices (1,000,000): bytes a device
//   fleet_limits flood [N]     N failures (10,000,000), each from another address: how much memory the second
//                              half of them adds
// Exit 0 where the promise holds: a million devices in 1 GB, and a second half that adds less than 1 %.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "session_records.h"

namespace tlswatch {
namespace {

constexpr std::uint64_t kBatch = 1024;
constexpr double kMiB = 1024.0 * 1024;

/// Resident memory of this process, in bytes (proc(5), statm).
double resident() {
  std::ifstream in("/proc/self/statm");
  double pages = 0, shared = 0;
  in >> pages >> pages >> shared;
  return (pages - shared) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

class Core {
 public:
  Core()
      : profiles_(*config::load_profiles({TLSWATCH_SOURCE_DIR "/daemon/profiles/profiles.yaml"})),
        knowledge_(*config::load_knowledge({TLSWATCH_SOURCE_DIR "/daemon/knowledge/knowledge.yaml"})),
        pipeline_(settings()) {}

  /// Plays sessions `from`..`to`, each of a device and from an address of its own.
  void play(std::uint64_t from, std::uint64_t to, bool healthy) {
    const event::Broker broker{0, "edge-1", false};
    for (std::uint64_t at = from; at < to; at += kBatch) {
      records_.clear();
      for (std::uint64_t i = at; i < std::min(at + kBatch, to); ++i) {
        const auto number = static_cast<std::uint32_t>(i);
        records_.add({i + 1, number, number, healthy, 1795366544000000000 + i * 1000000});
      }
      records_.each([&](const wire::Record& record) {
        pipeline_.take(broker, 1, record, [&](const event::Event&) { ++lines_; });
      });
    }
  }
  std::size_t devices() { return pipeline_.fleet().devices().size(); }
  std::uint64_t lines() const { return lines_; }

 private:
  event::Pipeline::Settings settings() {
    event::Pipeline::Settings out;
    out.profiles = &profiles_;
    out.knowledge = &knowledge_;
    out.tools = {x509::sha256, &certificates_};
    return out;
  }

  policy::Profiles profiles_;
  diagnose::Knowledge knowledge_;
  x509::CertificateCache certificates_;
  event::Pipeline pipeline_;
  bench::SessionRecords records_;
  std::uint64_t lines_ = 0;
};

int devices(std::uint64_t count) {
  Core core;
  const double before = resident();
  core.play(0, count, true);
  const double used = resident() - before;
  std::printf("%zu devices known, %.0f MiB, %.0f bytes a device\n", core.devices(), used / kMiB,
              used / static_cast<double>(count));
  return core.devices() == count && used < 1024 * kMiB * static_cast<double>(count) / 1e6 ? 0 : 1;
}

int flood(std::uint64_t count) {
  Core core;
  const double before = resident();
  core.play(0, count / 2, false);
  const double half = resident() - before;
  core.play(count / 2, count, false);
  const double whole = resident() - before;
  std::printf("%llu lines; %.1f MiB after half of the addresses, %.1f MiB after all\n",
              static_cast<unsigned long long>(core.lines()), half / kMiB, whole / kMiB);
  return whole < half * 1.01 ? 0 : 1;
}

}  // namespace
}  // namespace tlswatch

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (what == "devices") return tlswatch::devices(count != 0 ? count : 1'000'000);
  if (what == "flood") return tlswatch::flood(count != 0 ? count : 10'000'000);
  std::fprintf(stderr, "usage: fleet_limits devices|flood [COUNT]\n");
  return 2;
}
