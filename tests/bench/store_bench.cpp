// The store, in the numbers that it promises.
//
//   store_bench load [DEVICES [RECORDS]]   ring records through pipeline, JSON log and store, as the daemon
//   does
//                                          it: records and events a second of this process's time, sustained
//                                          over RECORDS (1,000,000) of DEVICES (100,000) in random order
//   store_bench ask [DEVICES [SESSIONS]]   a file with so many (1,000,000 each), made by the Writer; then
//   what the
//                                          command and the page ask, each many times for random devices
//   --dir DIR                              where the files go (default: /var/tmp)
// Exit 0 where the promises hold: 20,000 events a second; a device's questions within 50 ms, lists within 100
// ms.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/core/fleet/ids.h"
#include "daemon/log/event_file.h"
#include "daemon/log/event_json.h"
#include "daemon/store/reader.h"
#include "daemon/store/writer.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "session_records.h"

namespace tlswatch {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kStart = 1795366544000000000;
constexpr double kLeastPerSecond = 20'000;
constexpr double kDeviceMs = 50, kListMs = 100;

double seconds_since(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

/// Folder is where a run's files are; gone with it.
struct Folder {
  explicit Folder(const std::string& in) : path(in + "/tlswatch-store-bench-" + std::to_string(::getpid())) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
  fs::path path;
};

void must(const std::optional<store::Trouble>& trouble) {
  if (!trouble) return;
  std::fprintf(stderr, "store_bench: %s\n", trouble->text.c_str());
  std::exit(1);
}

int load(const Folder& folder, std::uint32_t devices, std::uint64_t records) {
  const auto profiles = *config::load_profiles({TLSWATCH_SOURCE_DIR "/daemon/profiles/profiles.yaml"});
  const auto knowledge = *config::load_knowledge({TLSWATCH_SOURCE_DIR "/daemon/knowledge/knowledge.yaml"});
  x509::CertificateCache certificates;
  event::Pipeline::Settings settings;
  settings.profiles = &profiles;
  settings.knowledge = &knowledge;
  settings.tools = {x509::sha256, &certificates};
  settings.folded_too = true;
  event::Pipeline pipeline(settings);
  pipeline.incidents().keep_changes();
  log::EventJson json;
  log::EventFile file({folder / "events.json", 64U << 20U, 10, {"edge-1"}});
  if (file.open()) return 1;
  log::LineBatch lines;
  store::Writer writer;
  must(writer.open(folder / "state.db"));

  const event::Broker broker{0, "edge-1", false};
  bench::SessionRecords made;
  std::mt19937 random(7);
  std::uint64_t session = 0, taken = 0, events = 0, healthy = 0;
  double longest = 0;
  Clock::duration spent{};
  while (taken < records) {
    // What comes between two turns at about 40,000 records a second; a tenth of the sessions fails.
    made.clear();
    for (int i = 0; i < 512; ++i) {
      const auto device = static_cast<std::uint32_t>(random() % devices);
      const bool good = random() % 10 != 0;
      made.add({++session, device, device / 4, good, kStart + session * 1'000'000});
      healthy += good ? 1U : 0U;
    }
    const auto begun = Clock::now();
    made.each([&](const wire::Record& record) {
      ++taken;
      pipeline.take(broker, 1, record, [&](const event::Event& event) {
        ++events;
        const auto* const diagnosis = std::get_if<event::Diagnosis>(&event);
        if (diagnosis != nullptr && diagnosis->folded) return writer.add(event, {});
        const std::string_view line = json.line(event);
        const event::Header& header = event::header(event);
        writer.add(event, line);
        lines.add(line, {header.stream, header.epoch, header.sequence, header.part});
      });
    });
    if (file.append(lines)) return 1;
    lines.clear();
    writer.add(pipeline.incidents().take_changes());
    must(writer.commit());
    const auto took = Clock::now() - begun;
    spent += took;
    longest = std::max(longest, std::chrono::duration<double, std::milli>(took).count());
  }
  const double all = std::chrono::duration<double>(spent).count();
  const double rate = static_cast<double>(events) / all;
  std::printf("%llu records, %llu events in %.1f s: %.0f records/s, %.0f events/s; longest turn %.0f ms\n",
              static_cast<unsigned long long>(taken), static_cast<unsigned long long>(events), all,
              static_cast<double>(taken) / all, rate, longest);
  return rate >= kLeastPerSecond ? 0 : 1;
}

std::string device_name(std::uint64_t n) {
  char text[32];
  std::snprintf(text, sizeof text, "tasmota_%08X", static_cast<unsigned>(n * 2654435761U));
  return text;
}

facts::Address address_of(std::uint64_t n) {
  facts::Address out;
  out.bytes = {10, static_cast<std::uint8_t>(n >> 16U), static_cast<std::uint8_t>(n >> 8U),
               static_cast<std::uint8_t>(n)};
  out.size = 4;
  return out;
}

/// Fills a file: sessions of devices in turn, one in twenty failed and diagnosed, the others seen from the
/// handshake to the name.
class Filler {
 public:
  Filler(store::Writer& writer, std::uint64_t devices) : writer_(writer), devices_(devices) {
    ja4_.text.fill('a');
    profile_.name = "tasmota-esp8266";
  }

  void session(std::uint64_t n) {
    const std::uint64_t device = n % devices_;
    const std::string name = fleet::session_text({"edge-1", 1}, n + 1);
    const bool good = n % 20 != 0;
    const std::string id = device_name(device);
    event::TlsHandshake handshake;
    handshake.header = header(n, 0);
    handshake.session = name;
    handshake.source = event::Endpoint{facts::to_text(address_of(device / 4)), 41000};
    handshake.destination = event::Endpoint{facts::to_text(address_of(0)), 8883};
    handshake.duration_ns = 200'000'000;
    handshake.version = 0x0303;
    handshake.cipher_suite = 0x009C;
    handshake.cipher_bits = 128;
    handshake.established = good;
    handshake.ja4 = ja4_;
    handshake.mfln.requested = handshake.mfln.negotiated = std::uint16_t{1024};
    handshake.policy.profile = &profile_;
    handshake.policy.verdict = policy::Verdict::pass;
    writer_.add(handshake, {});
    if (good) {
      event::MqttIdentified identified;
      identified.header = header(n, 1);
      identified.session = name;
      identified.outside_device_id = id;
      identified.who.how = event::How::session;
      writer_.add(identified, {});
    } else {
      event::Diagnosis diagnosis;
      diagnosis.header = header(n, 1);
      diagnosis.sessions = {name};
      diagnosis.sessions_failed = true;
      diagnosis.outside_device_id = id;
      diagnosis.cause = n % 40 == 0 ? "no-shared-cipher" : "server-cert-untrusted";
      diagnosis.incident = "edge-1:i" + std::to_string(n % 1000);
      diagnosis.failures = 1;
      diagnosis.fix = "Give the broker an RSA certificate, or the device a build with ECDSA.";
      writer_.add(diagnosis, json_.line(diagnosis));
    }
    if (n % 4096 == 4095) must(writer_.commit());
  }

 private:
  static event::Header header(std::uint64_t n, std::uint64_t part) {
    event::Header out;
    out.id = "edge-1:1:" + std::to_string(n + 1);
    out.sequence = n + 1;
    out.part = part;
    out.time_unix_ns = kStart + n * 1'000'000;
    out.broker = out.stream = "edge-1";
    out.epoch = 1;
    return out;
  }
  store::Writer& writer_;
  std::uint64_t devices_;
  tls::Ja4 ja4_;
  policy::Profile profile_;
  log::EventJson json_;
};

template <typename T>
T got(Result<T, std::string> answer) {
  if (answer) return std::move(*answer);
  std::fprintf(stderr, "store_bench: %s\n", answer.error().c_str());
  std::exit(1);
}

/// Asks often; prints the middle and the longest time. True: within the budget, by the middle one.
bool ask(const char* what, double budget_ms, int times, const std::function<void(int)>& question) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const auto begun = Clock::now();
    question(i);
    took.push_back(seconds_since(begun) * 1000);
  }
  std::ranges::sort(took);
  const double middle = took[took.size() / 2];
  std::printf("%-52s %8.2f ms, longest %8.2f ms (budget %.0f)\n", what, middle, took.back(), budget_ms);
  return middle <= budget_ms;
}

int ask_all(const Folder& folder, std::uint64_t devices, std::uint64_t sessions) {
  store::Writer writer;
  must(writer.open(folder / "state.db"));
  const auto begun = Clock::now();
  Filler filler(writer, devices);
  for (std::uint64_t n = 0; n < sessions; ++n) filler.session(n);
  must(writer.commit());
  std::printf("%llu devices, %llu sessions: made in %.0f s, %.0f MB\n",
              static_cast<unsigned long long>(devices), static_cast<unsigned long long>(sessions),
              seconds_since(begun), static_cast<double>(fs::file_size(folder / "state.db")) / 1e6);
  fleet::DeviceTable known;
  const auto asked = Clock::now();
  store::Recall recall;
  recall.broker = [](std::string_view) { return std::optional<std::uint32_t>(0); };
  recall.counted = [](std::string_view, std::uint64_t, std::uint64_t) {};
  recall.device = [&](const fleet::Device& device) { known.restore(device); };
  recall.session = [](const fleet::Session&) {};
  recall.incident = [](const incident::State&) {};
  recall.victim = [](const incident::State&, std::uint64_t, const incident::VictimTable::Entry&) {};
  writer.recall(recall);
  std::printf("a start knows %zu devices again after %.1f s\n", known.size(), seconds_since(asked));
  store::Reader reader = got(store::Reader::open(folder / "state.db"));
  std::mt19937_64 random(7);
  bool good = true;
  good &= ask("device and why: device, sessions, lines", kDeviceMs, 200, [&](int) {
    const std::string id = device_name(random() % devices);
    const auto rows = got(reader.device(id));
    if (rows.size() != 1) std::exit(1);
    got(reader.sessions("edge-1", id, 64));
    got(reader.lines("edge-1", id, 64));
  });
  good &= ask("devices: first page", kListMs, 20, [&](int) { got(reader.devices({}, 100)); });
  good &= ask("devices: a page in the middle", kListMs, 20, [&](int i) {
    const std::string place =
        "0:" + std::to_string(kStart + sessions / 2 * 1'000'000 + static_cast<std::uint64_t>(i)) + ":0";
    got(reader.devices({}, 100, place));
  });
  good &=
      ask("devices: failing ones", kListMs, 20, [&](int) { got(reader.devices({.open_only = true}, 100)); });
  good &= ask("devices: search, one has it", kListMs, 50, [&](int) {
    const std::string id = device_name(random() % devices).substr(10);
    if (got(reader.devices({.search = id}, 100)).rows.empty()) std::exit(1);
  });
  good &= ask("devices: search, all have it", kListMs, 20,
              [&](int) { got(reader.devices({.search = "asmota"}, 100)); });
  good &= ask("devices: search, nobody has it", kListMs, 20,
              [&](int) { got(reader.devices({.search = "boiler"}, 100)); });
  good &= ask("devices: by cause", kListMs, 20,
              [&](int) { got(reader.devices({.cause = "no-shared-cipher"}, 100)); });
  good &= ask("devices: by profile", kListMs, 20,
              [&](int) { got(reader.devices({.profile = "tasmota-esp8266"}, 100)); });
  good &= ask("incidents", kListMs, 20, [&](int) { got(reader.incidents({}, 100)); });
  good &= ask("totals", kListMs, 20, [&](int) { got(reader.totals()); });
  good &= ask("compliance", kListMs, 20, [&](int) { got(reader.compliance()); });
  good &= ask("hours", kListMs, 20, [&](int) { got(reader.hours(0)); });
  good &= ask("certificates", kListMs, 20, [&](int) { got(reader.certificates(100)); });
  return good ? 0 : 1;
}

int run(std::vector<std::string> arguments) {
  std::string dir = "/var/tmp";
  const auto at = std::ranges::find(arguments, "--dir");
  if (at != arguments.end() && at + 1 != arguments.end()) {
    dir = *(at + 1);
    arguments.erase(at, at + 2);
  }
  const auto number = [&](std::size_t i, std::uint64_t otherwise) {
    return i < arguments.size() ? std::strtoull(arguments[i].c_str(), nullptr, 10) : otherwise;
  };
  const Folder folder(dir);
  if (!arguments.empty() && arguments[0] == "load")
    return load(folder, static_cast<std::uint32_t>(number(1, 100'000)), number(2, 1'000'000));
  if (!arguments.empty() && arguments[0] == "ask")
    return ask_all(folder, number(1, 1'000'000), number(2, 1'000'000));
  std::fprintf(stderr, "store_bench load [DEVICES [RECORDS]] | ask [DEVICES [SESSIONS]] [--dir DIR]\n");
  return 2;
}

}  // namespace
}  // namespace tlswatch

int main(int argc, char** argv) {
  return tlswatch::run({argv + 1, argv + argc});
}
