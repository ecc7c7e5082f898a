// Log, store and cursor together: whatever is killed or damaged, and when, each event is in each of them
// once.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>

#include "daemon/store/reader.h"
#include "support/rig.h"
#include "support/schema.h"
#include "support/store_dump.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

/// A rig whose daemon has a store, with devices that come, fail and go.
class StoreRig : public Rig {
 public:
  StoreRig() {
    settings().config.store = file();
    settings().config.store_limits.age_s =
        std::uint64_t{100} * 365 * 86400;  // these events are of a fixed day
    settings().config.log.level = config::LogLevel::info;
  }
  std::string file() const { return (dir() / "state.db").string(); }
  std::string store() const { return dump_store(file()); }

  void come(std::uint64_t session, const std::string& id, std::uint64_t at_s) {
    Draft handshake(wire::RecordType::handshake, session, kTime + at_s * kSecond);
    handshake.peer().local().role().outcome({}).timing(5'000'000, 4'000'000).tcp(1);
    handshake.bytes(wire::Section::client_hello, client_hello({}));
    ring().publish(handshake);
    Draft identified(wire::RecordType::identified, session, kTime + at_s * kSecond);
    identified.role().identity(wire::Evidence::ex_data).text(wire::Section::client_id, id);
    ring().publish(identified);
  }
  void go(std::uint64_t session, std::uint64_t at_s) {
    Draft end(wire::RecordType::session_end, session, kTime + at_s * kSecond);
    end.peer().role().outcome({}).timing(kSecond).tcp(8).disconnect(0).traffic({.last_in = 26});
    ring().publish(end);
  }
  void fail(std::uint64_t session, std::uint64_t at_s) {
    Draft draft(wire::RecordType::handshake, session, kTime + at_s * kSecond);
    draft.peer().local().role().failed(wire::Stage::client_hello).timing(2'000'000, 1'000'000).tcp(1);
    draft.openssl(0x0A0000C1, "no shared cipher").alert(wire::Direction::sent, 2, 40);
    draft.bytes(wire::Section::client_hello, client_hello({}));
    ring().publish(draft);
  }

  /// What is on disk, to be brought back.
  using Files = std::map<std::string, std::string>;
  Files files() const {
    Files out;
    for (const char* const name : {"events.json", "cursor", "state.db", "state.db-wal", "state.db-shm"})
      out[name] = read_file(dir() / name);
    return out;
  }
  void set(const Files& from, std::initializer_list<const char*> names) {
    for (const char* const name : names) write_file(dir() / name, from.at(name));
  }
};

#define TLSWATCH_STORE_FILES \
  { "state.db", "state.db-wal", "state.db-shm" }

TEST(StoreLoop, holds_what_the_log_says_and_a_second_run_adds_nothing) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.go(1, 5);
  rig.fail(2, 10);
  rig.run();
  const std::string store = rig.store();
  EXPECT_NE(store.find("1 devices, 0 connected, 1 failing, 1 open incidents"), std::string::npos) << store;
  EXPECT_NE(store.find("sessions 1 failures 1 at 10.0.0.7 cause no-shared-cipher"), std::string::npos)
      << store;
  const std::string log = rig.log();
  rig.run();
  EXPECT_EQ(rig.store(), store);
  EXPECT_EQ(rig.log(), log);
}

/// Where a kill may strike, by what was written until then.
struct KillCase {
  const char* name;
  bool log, store, cursor;  // as after the batch; else as before it
};
const KillCase kKills[] = {
    {"before_anything", false, false, false},
    {"after_the_log", true, false, false},
    {"after_the_store", true, true, false},
    {"after_all", true, true, true},
    {"the_store_had_no_room_for_the_batch", true, false, true},
};

class StoreKill : public testing::TestWithParam<KillCase> {};

TEST_P(StoreKill, and_the_next_start_mends_it) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.go(1, 5);
  rig.fail(2, 10);
  rig.fail(3, 11);
  rig.run();
  const StoreRig::Files before = rig.files();
  rig.fail(4, 20);
  rig.come(5, "lamp", 30);
  rig.go(5, 40);
  rig.fail(6, 50);
  rig.run();
  const std::string log = rig.log(), store = rig.store();
  const StoreRig::Files after = rig.files();
  EXPECT_NE(store.find("failures 4"), std::string::npos) << store;

  const KillCase& kill = GetParam();
  rig.set(kill.log ? after : before, {"events.json"});
  rig.set(kill.store ? after : before, TLSWATCH_STORE_FILES);
  rig.set(kill.cursor ? after : before, {"cursor"});
  rig.run();
  EXPECT_EQ(rig.log(), log);
  EXPECT_EQ(rig.store(), store);
  rig.lines();
}
INSTANTIATE_TEST_SUITE_P(Killed, StoreKill, testing::ValuesIn(kKills),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(StoreLoop, a_store_that_is_gone_gets_what_the_ring_still_has) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.fail(2, 10);
  rig.run();
  const std::string log = rig.log(), store = rig.store();
  for (const char* const name : TLSWATCH_STORE_FILES) std::filesystem::remove(rig.dir() / name);
  rig.run();
  EXPECT_EQ(rig.store(), store);
  EXPECT_EQ(rig.log(), log) << "and the log is not written twice";
}

TEST(StoreLoop, an_incident_goes_on_under_its_id_over_a_start_without_the_old_ring) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.go(1, 5);
  for (std::uint64_t i = 0; i < 5; ++i) rig.fail(10 + i, 10 + i);
  rig.run();
  const std::string opened = rig.values("\"incident-opened\"", "tlswatch.incident");
  rig.replace_ring(kEpoch + 1);  // what the daemon knows now, it has from the store
  rig.fail(1, 20);
  rig.run();
  EXPECT_EQ(rig.values("\"incident-opened\"", "tlswatch.incident"), opened);
  EXPECT_NE(rig.store().find("incident " + opened.substr(1, opened.size() - 3) +
                             " no-shared-cipher open0 devices 1 failures 6"),
            std::string::npos)
      << rig.store();
  rig.come(2, "lamp", 30);
  rig.run();
  EXPECT_EQ(rig.values("\"incident-resolved\"", "tlswatch.incident"), opened);
  EXPECT_EQ(rig.values("\"incident-resolved\"", "tlswatch.failures"), "6 ");
  EXPECT_NE(rig.store().find("0 failing, 0 open incidents"), std::string::npos) << rig.store();
}

TEST(StoreLoop, a_new_ring_ends_what_was_open_in_the_old_one) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.run();
  EXPECT_NE(rig.store().find("1 connected"), std::string::npos);
  rig.replace_ring(kEpoch + 1);
  rig.come(1, "plug", 100);
  rig.run();
  EXPECT_NE(rig.store().find("2 devices, 1 connected"), std::string::npos) << rig.store();
}

TEST(StoreLoop, a_session_that_was_open_over_a_start_ends_as_its_own) {
  StoreRig rig;
  rig.come(1, "lamp", 0);
  rig.run();
  rig.go(1, 60);
  rig.run();
  EXPECT_NE(rig.store().find("1 devices, 0 connected, 0 failing"), std::string::npos) << rig.store();
}

TEST(StoreLoop, killed_at_any_moment_again_and_again) {
  constexpr int kRounds = 20;
  StoreRig rig;
  rig.replace_ring(kEpoch + 1, 1 << 20);  // room for all of it
  std::uint64_t session = 0, good = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t lines_before = std::filesystem::exists(rig.dir() / "events.json")
                                           ? std::filesystem::file_size(rig.dir() / "events.json")
                                           : 0;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      tlswatchd::Daemon daemon(rig.settings(), std::chrono::milliseconds(0));
      if (daemon.start()) ::_exit(1);
      while (true) daemon.turn();
    }
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t at_s = session * 10;
      rig.come(session + 1, "lamp-" + std::to_string(session % 7), at_s);
      rig.fail(session + 2, at_s + 1);
      rig.go(session + 1, at_s + 2);
      session += 2;
      ++good;
    }
    // Somewhere between its first new line and its last one, at a place that moves with the rounds.
    const std::uint64_t enough = lines_before + 1 + static_cast<std::uint64_t>(round % 20) * 300;
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      std::error_code none;
      const std::uint64_t size = std::filesystem::file_size(rig.dir() / "events.json", none);
      if (!none && size >= enough) break;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
  }
  rig.run();
  std::uint64_t handshakes = 0;
  for (const std::string& line : rig.lines())
    handshakes += value_at(line, "event.action") == "\"tls-handshake\"";
  EXPECT_EQ(handshakes, session);
  auto reader = store::Reader::open(rig.file());
  ASSERT_TRUE(reader.ok()) << reader.error();
  std::uint64_t sessions = 0, counted = 0, failed = 0, named = 0;
  const auto page = reader->devices({}, store::kMaxPage);
  ASSERT_TRUE(page.ok());
  for (const store::DeviceRow& device : page->rows) sessions += device.sessions, named += device.failures;
  const auto hours = reader->hours(0);
  ASSERT_TRUE(hours.ok());
  for (const store::HourRow& hour : *hours) (hour.cause.empty() ? counted : failed) += hour.count;
  EXPECT_EQ(sessions, good) << "each device's sessions, each once";
  EXPECT_EQ(counted, good) << "each hour's good handshakes, each once";
  EXPECT_EQ(failed, session - good) << "each failure once";
  std::uint64_t in_incidents = 0;
  const auto incidents = reader->incidents({}, store::kMaxPage);
  ASSERT_TRUE(incidents.ok());
  for (const store::IncidentRow& incident : incidents->rows) in_incidents += incident.failures;
  EXPECT_EQ(in_incidents, session - good) << "and in its incident once";
  EXPECT_LE(named, session - good);
}

}  // namespace
}  // namespace tlswatch::test
