#include "plugin/ring_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "plugin/publisher.h"
#include "plugin/wire/record_writer.h"
#include "plugin/wire/ring.h"

namespace tlswatch::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSize = wire::kMinRingSize;

/// A clock that is past the pause between two looks at the cursor whenever it is asked.
std::uint64_t later() noexcept {
  static std::uint64_t now_ns = 1'000'000'000;
  return now_ns += 20'000'000;
}

class RingFileTest : public testing::Test {
 protected:
  RingFileTest() {
    char name[] = "/tmp/tlswatch-ring-XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ / "a.ring";
  }
  ~RingFileTest() override { fs::remove_all(folder_); }

  /// Opens a fresh RingFile at path_; empty on success, else the sentence.
  std::string open_error(std::uint64_t size = kSize) {
    RingFile file;
    char error[256] = "";
    if (!file.open(path_.c_str(), size, error, sizeof error)) return error;
    file.close();
    return "";
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(RingFileTest, IsMadeWithItsSpaceReservedAndForTheGroupToRead) {
  ASSERT_EQ(open_error(), "");
  struct stat st {};
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0640U);
  EXPECT_EQ(st.st_size, static_cast<off_t>(kSize + wire::kRingHeaderSize));
  EXPECT_GE(st.st_blocks * 512, st.st_size) << "a hole would be a SIGBUS on a full disk";
}

TEST_F(RingFileTest, KeepsWhatIsInItOverARestart) {
  RingFile file;
  char error[256];
  ASSERT_TRUE(file.open(path_.c_str(), kSize, error, sizeof error)) << error;
  const std::uint64_t epoch = reinterpret_cast<const wire::RingHeader*>(file.mapping().data())->epoch;
  file.close();
  ASSERT_TRUE(file.open(path_.c_str(), kSize, error, sizeof error)) << error;
  EXPECT_EQ(reinterpret_cast<const wire::RingHeader*>(file.mapping().data())->epoch, epoch);
  file.close();
}

TEST_F(RingFileTest, IsNotSharedByTwoBrokers) {
  RingFile file;
  char error[256];
  ASSERT_TRUE(file.open(path_.c_str(), kSize, error, sizeof error)) << error;
  EXPECT_EQ(open_error(), "is in use by another broker: give each its own plugin_opt_ring");
  file.close();
}

TEST_F(RingFileTest, OfAnotherSizeIsRefused) {
  ASSERT_EQ(open_error(), "");
  EXPECT_EQ(open_error(2 * kSize),
            "has room for 65536 bytes but plugin_opt_ring_size says 131072: remove it or mend the option");
  EXPECT_EQ(fs::file_size(path_), kSize + wire::kRingHeaderSize) << "and left as it is";
}

TEST_F(RingFileTest, OfAnotherVersionIsRefused) {
  ASSERT_EQ(open_error(), "");
  std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary).seekp(8).put(2);
  EXPECT_EQ(open_error(), "it was made by another version of this plugin: remove it");
}

TEST_F(RingFileTest, ThatIsSomethingElseIsRefused) {
  std::ofstream(path_) << std::string(kSize + wire::kRingHeaderSize, 'x');
  EXPECT_EQ(open_error(), "it is not a tlswatch ring: remove it");
}

TEST_F(RingFileTest, ThatWasOnlyHalfMadeIsMadeAgain) {
  std::ofstream(path_) << std::string(kSize + wire::kRingHeaderSize, '\0');
  EXPECT_EQ(open_error(), "");
  std::ofstream(path_, std::ios::trunc);
  EXPECT_EQ(open_error(), "") << "an empty file too";
}

TEST_F(RingFileTest, IsNeverReachedThroughALink) {
  std::ofstream(folder_ / "elsewhere") << "precious";
  fs::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_NE(open_error().find("it is a symbolic link, which is never followed: remove it"),
            std::string::npos);
  EXPECT_EQ(fs::file_size(folder_ / "elsewhere"), 8U);
}

TEST_F(RingFileTest, ThatIsAFolderOrAPipeIsRefused) {
  fs::create_directory(path_);
  EXPECT_NE(open_error(), "");
  fs::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(open_error(), "");
}

TEST_F(RingFileTest, WithoutAFolderSaysSo) {
  path_ = folder_ / "none" / "a.ring";
  EXPECT_EQ(open_error(),
            "cannot be opened (No such file or directory): make its folder, writable for the broker's user");
}

TEST_F(RingFileTest, ThatWasRemovedIsMadeAgainByThePublisher) {
  Options options;
  options.ring.assign(path_.c_str());
  options.cursor.assign((path_.string() + ".cursor").c_str());
  options.ring_size = kSize;
  Publisher publisher;
  char line[1024];
  ASSERT_TRUE(publisher.open(options, line, sizeof line)) << line;
  EXPECT_FALSE(publisher.heal(line, sizeof line)) << "nothing is wrong";
  fs::remove(path_);
  EXPECT_TRUE(publisher.heal(line, sizeof line));
  EXPECT_EQ(line, "the ring " + path_.string() + " was removed: made a new one");
  EXPECT_TRUE(fs::exists(path_));
  EXPECT_FALSE(publisher.heal(line, sizeof line));

  fs::remove_all(folder_);
  EXPECT_TRUE(publisher.heal(line, sizeof line)) << "said once";
  EXPECT_FALSE(publisher.heal(line, sizeof line)) << "and not at every try";
  EXPECT_FALSE(publisher.is_open());
  std::array<std::uint8_t, 64> buffer{};
  wire::RecordWriter record(buffer, wire::RecordType::broker_stop, 0, 0);
  publisher.publish(record.finish(), later);  // goes nowhere, and harms nothing

  fs::create_directories(folder_);
  EXPECT_TRUE(publisher.heal(line, sizeof line));
  EXPECT_TRUE(publisher.is_open());
  publisher.close();
}

TEST_F(RingFileTest, TakesTheCursorOnlyWhenTheRingIsFullAndBelievesOnlyATrueOne) {
  Options options;
  options.ring.assign(path_.c_str());
  const std::string cursor_path = path_.string() + ".cursor";
  options.cursor.assign(cursor_path);
  options.ring_size = kSize;
  Publisher publisher;
  char line[1024];
  ASSERT_TRUE(publisher.open(options, line, sizeof line)) << line;

  std::array<std::uint8_t, 4096> buffer{};
  const std::array<std::uint8_t, 4000> payload{};
  const auto publish = [&] {
    wire::RecordWriter record(buffer, wire::RecordType::log_line, 0, 0);
    record.begin(wire::Section::payload).bytes(payload);
    publisher.publish(record.finish(), later);
  };
  const auto header = [&] {
    wire::RingHeader h{};
    std::ifstream in(path_, std::ios::binary);
    in.read(reinterpret_cast<char*>(&h), sizeof h);
    return std::array<std::uint64_t, 4>{h.epoch, h.head, h.next_sequence, h.tail};
  };
  const auto write_cursor = [&](std::uint64_t epoch, std::uint64_t position) {
    const auto bytes = wire::encode_cursor({epoch, position, 1});
    std::ofstream(cursor_path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };

  for (int i = 0; i < 100; ++i) publish();
  const auto full = header();
  EXPECT_EQ(full[2], 101U) << "dropped events take a sequence too";
  EXPECT_LE(full[1], kSize);

  write_cursor(full[0] + 1, full[1]);
  publish();
  EXPECT_EQ(header()[1], full[1]) << "another epoch's cursor is not believed";
  write_cursor(full[0], full[1] + 8);
  publish();
  EXPECT_EQ(header()[1], full[1]) << "nor one beyond the head";
  write_cursor(full[0], full[1]);
  publish();
  EXPECT_GT(header()[1], full[1]) << "a true one makes room";
  EXPECT_EQ(header()[3], full[1]);
  publisher.close();
}

}  // namespace
}  // namespace tlswatch::plugin
