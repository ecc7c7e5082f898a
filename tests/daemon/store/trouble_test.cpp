// What may happen to the file, and that the daemon's history goes on.
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

#include "daemon/store/schema.h"
#include "daemon/store/store.h"
#include "kept_story.h"
#include "support/full_disk.h"

namespace tlswatch::test {
namespace {

using Way = Story::Way;
constexpr std::uint64_t kNow = kTime + 3'600'000'000'000;

/// A Store that a story goes into.
class Trouble : public testing::Test {
 protected:
  Trouble() {
    story.pipeline().incidents().keep_changes();
    story.listen([this](const event::Event& e) { store->add(e, json.line(e)); });
  }
  std::string file() const { return (dir / "state.db").string(); }
  std::optional<std::string> start() {
    store.emplace(store::Store::Settings{file(), {}, std::chrono::milliseconds(0), 1000});
    return store->start(kNow);
  }
  /// What it says after one turn, a line each.
  std::string turn() {
    store->turn(story.pipeline().incidents().take_changes(), kNow);
    std::string out;
    for (const store::Store::Message& message : store->take_messages()) {
      std::string text = message.text;
      while (text.find(dir.path().string()) != std::string::npos)
        text.replace(text.find(dir.path().string()), dir.path().string().size(), "DIR");
      out += text + "\n";
    }
    return out;
  }
  std::string devices() {
    auto reader = store::Reader::open(file());
    if (!reader) return reader.error();
    std::string out;
    const auto page = reader->devices({}, 10);
    if (!page) return page.error();
    for (const store::DeviceRow& row : page->rows) out += row.outside_id + " ";
    return out;
  }
  void change(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  TempDir dir;
  Story story;
  log::EventJson json;
  std::optional<store::Store> store;
};

TEST_F(Trouble, a_new_file_is_the_daemon_s_and_its_group_s) {
  ASSERT_FALSE(start());
  struct stat is {};
  ASSERT_EQ(::stat(file().c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 0777U, 0640U);
  ASSERT_EQ(::stat((file() + "-wal").c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 0777U, 0640U);
}

TEST_F(Trouble, garbage_is_put_aside_and_a_new_file_begins) {
  write_file(file(), std::string(10'000, 'x'));
  ASSERT_FALSE(start());
  story.connects({1, 0, 1}, "lamp");
  EXPECT_EQ(turn(),
            "the store DIR/state.db is damaged (file is not a database): it is now "
            "DIR/state.db.corrupt-1795370144, a "
            "new one begins\n");
  EXPECT_EQ(devices(), "lamp ");
  EXPECT_EQ(read_file(file() + ".corrupt-1795370144"), std::string(10'000, 'x'));
  EXPECT_EQ(turn(), "") << "once";
}

TEST_F(Trouble, a_truncated_file_is_put_aside) {
  ASSERT_FALSE(start());
  for (std::uint64_t i = 1; i < 50; ++i)
    story.connects({i, 0, static_cast<int>(i)}, "lamp-" + std::to_string(i));
  turn();
  store.reset();
  std::filesystem::remove(file() + "-wal");
  std::filesystem::remove(file() + "-shm");
  std::filesystem::resize_file(file(), 9000);
  ASSERT_FALSE(start());
  story.connects({60, 0, 1}, "plug");
  EXPECT_NE(turn().find("it is now DIR/state.db.corrupt-1795370144, a new one begins"), std::string::npos);
  EXPECT_EQ(devices(), "plug ");
}

TEST_F(Trouble, damage_that_is_met_later_loses_nothing_that_comes_then) {
  ASSERT_FALSE(start());
  story.connects({1, 0, 1}, "lamp");
  turn();
  store.reset();
  std::string content = read_file(file());
  for (std::size_t at = 4096; at < content.size(); ++at) content[at] = 'x';
  write_file(file(), content);
  ASSERT_FALSE(start());
  story.connects({2, 10, 2}, "plug");
  EXPECT_NE(turn().find("is damaged ("), std::string::npos);
  turn();
  EXPECT_EQ(devices(), "plug ");
}

TEST_F(Trouble, a_newer_file_is_left_alone_and_the_daemon_goes_on_without) {
  ASSERT_FALSE(start());
  store.reset();
  change("PRAGMA user_version = 99");
  const std::string before = read_file(file());
  ASSERT_FALSE(start());
  story.connects({1, 0, 1}, "lamp");
  EXPECT_EQ(turn(), "the store DIR/state.db cannot be used: it is of version 99, this program knows " +
                        std::to_string(store::schema_version()) +
                        "; install the newer tlswatch again, or name another file; going on without it\n");
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(read_file(file()), before);
  EXPECT_NE(devices().find("it is of version 99"), std::string::npos);
}

TEST_F(Trouble, another_program_s_database_is_left_alone) {
  change("CREATE TABLE theirs(x)");
  ASSERT_FALSE(start());
  EXPECT_NE(turn().find("it is another program's database; name another file; going on without it"),
            std::string::npos);
}

TEST_F(Trouble, a_second_daemon_on_the_file_does_not_start) {
  ASSERT_FALSE(start());
  store::Store second({file(), {}, std::chrono::milliseconds(0), 1000});
  const auto trouble = second.start(kNow);
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find("another tlswatchd has it open"), std::string::npos) << *trouble;
}

TEST_F(Trouble, without_a_folder_events_wait_until_there_is_one) {
  const std::filesystem::path folder = dir / "later";
  store.emplace(
      store::Store::Settings{(folder / "state.db").string(), {}, std::chrono::milliseconds(0), 1000});
  ASSERT_FALSE(store->start(kNow));
  story.connects({1, 0, 1}, "lamp");
  EXPECT_NE(turn().find("the event log goes on, the latest events wait in memory"), std::string::npos);
  EXPECT_EQ(turn(), "") << "once";
  std::filesystem::create_directory(folder);
  EXPECT_NE(turn().find("is written again; it misses nothing"), std::string::npos);
  auto reader = store::Reader::open((folder / "state.db").string());
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->device("lamp")->size(), 1U);
}

TEST_F(Trouble, what_waits_is_bounded_and_what_is_missed_is_said) {
  const std::filesystem::path folder = dir / "later";
  store.emplace(
      store::Store::Settings{(folder / "state.db").string(), {}, std::chrono::milliseconds(0), 1000});
  ASSERT_FALSE(store->start(kNow));
  for (std::uint64_t i = 1; i <= 1500; ++i) story.leaves({i, 0, 1}, "lamp");
  const std::uint64_t missed = store->writer().missed();
  EXPECT_EQ(missed, 500U);
  turn();
  std::filesystem::create_directory(folder);
  EXPECT_NE(turn().find("it misses " + std::to_string(missed) + " events"), std::string::npos);
}

TEST_F(Trouble, a_full_disk_is_said_once_and_room_brings_everything) {
  ASSERT_FALSE(start());
  story.connects({1, 0, 1}, "lamp");
  turn();
  for (std::uint64_t i = 2; i < 300; ++i) story.connects({i, 0, 1}, "lamp-" + std::to_string(i));
  {
    const FullDisk full(100'000);
    EXPECT_NE(turn().find("cannot be written: disk I/O error; the event log goes on"), std::string::npos);
    EXPECT_EQ(turn(), "") << "once";
  }
  EXPECT_NE(turn().find("is written again; it misses nothing"), std::string::npos);
  auto reader = store::Reader::open(file());
  ASSERT_TRUE(reader.ok()) << reader.error();
  EXPECT_EQ(reader->totals()->devices, 299U);
}

}  // namespace
}  // namespace tlswatch::test
