// Whatever is wrong with the ring, the broker comes up and serves, and says in one line why nobody watches.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>

#include "daemon.h"
#include "error.h"
#include "plugin/wire/ring_cursor.h"
#include "small_disk.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Broker;
using harness::BrokerConfig;

constexpr std::size_t kSmallRing = wire::kMinRingSize;

class RingTrouble : public testing::Test {
 protected:
  RingTrouble() : pki_(folder_ / "pki") {
    harness::make_state_folder(folder_);
    const harness::User user = harness::broker_user();
    rings_ = folder_.make("ring", user.uid, user.gid);
  }

  BrokerConfig config(const std::filesystem::path& ring, std::size_t size = kSmallRing) const {
    BrokerConfig made = cheap_broker(pki_);
    made.ring = ring;
    made.cursor = folder_ / "state/cursor";
    made.plugin_options = {"plugin_opt_ring_size " + std::to_string(size)};
    return made;
  }

  // Nobody watches: one line says why and names the ring; the broker serves.
  static void expect_inert(Broker& broker) {
    const std::vector<std::string> lines = broker.plugin_log();
    ASSERT_EQ(lines.size(), 1U) << "one line is wanted, in:\n" << broker.log();
    EXPECT_NE(lines[0].find("not watching"), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find(broker.ring().string()), std::string::npos) << lines[0];
    EXPECT_TRUE(visit(broker.port(), "served").served) << broker.log();
    EXPECT_EQ(broker.plugin_log().size(), 1U) << "no more lines later, in:\n" << broker.log();
  }

  static void expect_watching(Broker& broker) {
    ASSERT_EQ(broker.plugin_log().size(), 1U) << broker.log();
    EXPECT_NE(broker.plugin_log()[0].find(" watching, ring " + broker.ring().string()), std::string::npos);
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  std::filesystem::path rings_;
};

TEST_F(RingTrouble, NoneAtAll) {
  Broker broker(folder_, config(rings_ / "good.ring"));
  expect_watching(broker);
  EXPECT_TRUE(visit(broker.port(), "served").served);
  struct stat facts {};
  ASSERT_EQ(stat((rings_ / "good.ring").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0640U);
  EXPECT_GE(facts.st_blocks * 512, static_cast<blkcnt_t>(kSmallRing)) << "its space is not reserved";
}

TEST_F(RingTrouble, SymlinkIsNotFollowed) {
  harness::write_file(folder_ / "precious", "precious");
  std::filesystem::permissions(folder_ / "precious", std::filesystem::perms(0666));
  std::filesystem::create_symlink(folder_ / "precious", rings_ / "link.ring");
  Broker broker(folder_, config(rings_ / "link.ring"));
  expect_inert(broker);
  EXPECT_EQ(harness::read_file(folder_ / "precious"), "precious");
  EXPECT_TRUE(std::filesystem::is_symlink(rings_ / "link.ring"));
}

TEST_F(RingTrouble, FolderIsReadOnly) {
  const harness::User user = harness::broker_user();
  const auto closed = folder_.make("closed", harness::am_root() ? 0 : user.uid, user.gid);
  std::filesystem::permissions(closed, std::filesystem::perms(0555));
  Broker broker(folder_, config(closed / "any.ring"));
  expect_inert(broker);
}

TEST_F(RingTrouble, FolderIsMissing) {
  Broker broker(folder_, config(folder_ / "nowhere/any.ring"));
  expect_inert(broker);
}

TEST_F(RingTrouble, RingOfAnotherSize) {
  const auto ring = rings_ / "sized.ring";
  { Broker first(folder_, config(ring), "first"); }
  const std::string before = harness::read_file(ring);
  ASSERT_GE(before.size(), kSmallRing);
  Broker second(folder_, config(ring, 2 * kSmallRing), "second");
  expect_inert(second);
  EXPECT_EQ(harness::read_file(ring), before);
}

TEST_F(RingTrouble, FileThatIsNoRing) {
  const auto ring = rings_ / "other.ring";
  const std::string content(kSmallRing + 4096, 'x');
  harness::write_file(ring, content);
  std::filesystem::permissions(ring, std::filesystem::perms(0666));
  Broker broker(folder_, config(ring));
  expect_inert(broker);
  EXPECT_EQ(harness::read_file(ring), content);
}

TEST_F(RingTrouble, TwoBrokersOnOneRing) {
  Broker first(folder_, config(rings_ / "shared.ring"), "first");
  expect_watching(first);
  Broker second(folder_, config(rings_ / "shared.ring"), "second");
  expect_inert(second);
  EXPECT_TRUE(visit(first.port(), "first").served);
  EXPECT_EQ(first.plugin_log().size(), 1U) << first.log();
}

TEST_F(RingTrouble, DiskIsFull) {
  const harness::User user = harness::broker_user();
  const auto where = folder_.make("disk", user.uid, user.gid);
  const SmallDisk disk(where, "32k");
  ASSERT_TRUE(disk.mounted()) << "a full disk needs root, and a mount of tmpfs";
  Broker broker(folder_, config(where / "big.ring"));
  expect_inert(broker);
  EXPECT_FALSE(std::filesystem::exists(where / "big.ring")) << "half a ring is left behind";
}

TEST_F(RingTrouble, RemovedWhileInUse) {
  Broker broker(folder_, config(rings_ / "gone.ring"));
  expect_watching(broker);
  EXPECT_TRUE(visit(broker.port(), "before").served);
  std::filesystem::remove(rings_ / "gone.ring");
  // Mosquitto 2.0 gives a plugin its turns with the clients' traffic: hence the visits while we wait.
  const auto noticed = [&] {
    EXPECT_TRUE(visit(broker.port(), "after").served);
    return std::filesystem::exists(rings_ / "gone.ring") || broker.plugin_log().size() > 1;
  };
  EXPECT_TRUE(harness::wait_until(noticed)) << "neither a new ring nor a word about it, in:\n"
                                            << broker.log();
  EXPECT_LE(broker.plugin_log().size(), 2U) << "one line is enough, in:\n" << broker.log();
  EXPECT_TRUE(visit(broker.port(), "after").served);
}

// What the daemon's user might try, and must not be able to.
struct Attack {
  const char* what;
  std::function<bool(const std::string& ring)> succeeds;
};

const Attack kAttacks[] = {
    {"open it for writing", [](const std::string& ring) { return open(ring.c_str(), O_WRONLY) >= 0; }},
    {"open it for reading and writing",
     [](const std::string& ring) { return open(ring.c_str(), O_RDWR) >= 0; }},
    {"truncate it", [](const std::string& ring) { return truncate(ring.c_str(), 0) == 0; }},
    {"map what it reads for writing",
     [](const std::string& ring) {
       const int fd = open(ring.c_str(), O_RDONLY);
       return mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
     }},
    {"change its mode", [](const std::string& ring) { return chmod(ring.c_str(), 0666) == 0; }},
    {"remove it", [](const std::string& ring) { return unlink(ring.c_str()) == 0; }},
    {"rename it", [](const std::string& ring) { return rename(ring.c_str(), (ring + ".old").c_str()) == 0; }},
    {"put a file beside it",
     [](const std::string& ring) { return open((ring + ".new").c_str(), O_WRONLY | O_CREAT, 0600) >= 0; }},
    {"link another file over it",
     [](const std::string& ring) { return symlink("/etc/passwd", (ring + ".link").c_str()) == 0; }},
};

// Runs `attempt` as `user` in a process of its own.
bool as_user(harness::User user, const std::function<bool()>& attempt) {
  const pid_t child = fork();
  if (child == 0) {
    const bool changed = setgid(user.gid) == 0 && setuid(user.uid) == 0;
    _exit(!changed ? 2 : attempt() ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 2) throw harness::Error("cannot become another user");
  return WEXITSTATUS(status) == 1;
}

TEST_F(RingTrouble, DaemonsUserCanReadItAndNothingElse) {
  ASSERT_TRUE(harness::am_root()) << "two users are needed, and only root can be both";
  const harness::User daemon{harness::stranger().uid, harness::broker_user().gid};
  Broker broker(folder_, config(rings_ / "mine.ring"));
  expect_watching(broker);
  const std::string ring = broker.ring();
  const std::string before = harness::read_file(ring);
  EXPECT_TRUE(as_user(daemon, [&] { return open(ring.c_str(), O_RDONLY) >= 0; })) << "it cannot even read it";
  EXPECT_FALSE(as_user(harness::stranger(), [&] { return open(ring.c_str(), O_RDONLY) >= 0; }))
      << "anybody can read it";
  for (const Attack& attack : kAttacks) {
    EXPECT_FALSE(as_user(daemon, [&] { return attack.succeeds(ring); }))
        << "the daemon's user can " << attack.what;
    EXPECT_TRUE(as_user(harness::broker_user(), [&] { return open(ring.c_str(), O_WRONLY) >= 0; }))
        << "and the broker's user no longer owns it";
  }
  EXPECT_EQ(harness::read_file(ring), before);
  EXPECT_TRUE(visit(broker.port(), "served").served);
}

// The cursor is the daemon's file: the broker reads it, and may not stumble over anything that stands there.
struct CursorCase {
  const char* name;
  std::function<void(const std::filesystem::path& cursor, std::uint64_t epoch)> make;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const CursorCase& row, std::ostream* out) {
  *out << row.name;
}

void write_cursor(const std::filesystem::path& path, const wire::RingCursor& cursor) {
  const auto bytes = wire::encode_cursor(cursor);
  harness::write_file(path, std::string(bytes.begin(), bytes.end()));
}

const CursorCase kCursors[] = {
    {"none", [](const auto&, auto) {}},
    {"empty", [](const auto& path, auto) { harness::write_file(path, ""); }},
    {"zeroes", [](const auto& path, auto) { harness::write_file(path, std::string(4096, '\0')); }},
    {"all_ones", [](const auto& path, auto) { harness::write_file(path, std::string(4096, '\xff')); }},
    {"text", [](const auto& path, auto) { harness::write_file(path, std::string(4096, 'x')); }},
    {"beyond_the_head",
     [](const auto& path, auto epoch) {
       write_cursor(path, {epoch, 1U << 30U, 1});
     }},
    {"at_the_end_of_numbers",
     [](const auto& path, auto epoch) {
       write_cursor(path, {epoch, ~0ULL, ~0ULL});
     }},
    {"of_another_epoch",
     [](const auto& path, auto epoch) {
       write_cursor(path, {epoch + 1, 4096, 1});
     }},
    {"folder", [](const auto& path, auto) { std::filesystem::create_directory(path); }},
    {"fifo", [](const auto& path, auto) { ASSERT_EQ(mkfifo(path.c_str(), 0666), 0); }},
    {"link_to_itself", [](const auto& path, auto) { std::filesystem::create_symlink(path, path); }},
};

// A number in the header of the ring file.
std::uint64_t header_number(const std::filesystem::path& ring, std::size_t offset) {
  std::uint64_t number = 0;
  const std::string bytes = harness::read_file(ring);
  if (bytes.size() >= offset + sizeof number) std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

class HostileCursor : public RingTrouble, public testing::WithParamInterface<CursorCase> {};

TEST_P(HostileCursor, DoesNotDisturbTheBroker) {
  Broker broker(folder_, config(rings_ / "full.ring"));
  expect_watching(broker);
  const std::uint64_t epoch = header_number(broker.ring(), offsetof(wire::RingHeader, epoch));
  ASSERT_NO_FATAL_FAILURE(GetParam().make(broker.cursor(), epoch));
  // More than the ring holds, so that the plugin has to look at the cursor.
  const std::vector<Visit> visits = storm(broker.port(), "full", 200, 4);
  const auto served =
      std::count_if(visits.begin(), visits.end(), [](const Visit& one) { return one.served; });
  EXPECT_EQ(served, 200) << broker.log();
  broker.stop();
  // Nothing of it was believed: what nobody has read is still there.
  const std::uint64_t head = header_number(broker.ring(), offsetof(wire::RingHeader, head));
  EXPECT_LE(head, kSmallRing) << "unread events were overwritten";
  EXPECT_GT(head, kSmallRing - 8192) << "the ring was never full";
  EXPECT_GT(header_number(broker.ring(), offsetof(wire::RingHeader, next_sequence)), 4 * 200U);
}

INSTANTIATE_TEST_SUITE_P(Cursor, HostileCursor, testing::ValuesIn(kCursors),
                         [](const testing::TestParamInfo<CursorCase>& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::live
