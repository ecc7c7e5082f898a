// A broker's log, followed over restarts and rotations: each line once, none lost.
#include "daemon/sources/log_file_source.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kNow = 1'795'473'021'500'000'000;
constexpr std::uint64_t kStep = 50'000'000;

std::string left(std::string_view id) {
  return "1795473021: Client " + std::string(id) + " disconnected.\n";
}

class LogFile : public testing::Test {
 protected:
  void restart() {
    source_ = std::make_unique<sources::LogFileSource>(log_.string(), (dir_ / "cursor").string());
  }

  /// One look, and the ids of its lines; those that come again in brackets.
  std::string look(bool commit = true) {
    std::string out;
    source_->look(now_ += kStep);
    while (const auto* line = source_->front()) {
      if (const auto* left = std::get_if<broker_log::Left>(&line->what.what)) {
        out += line->again ? "(" + std::string(left->outside_id) + ")" : std::string(left->outside_id);
      }
      source_->pop();
    }
    if (commit) {
      EXPECT_EQ(source_->commit(), std::nullopt);
    }
    return out;
  }

  TempDir dir_;
  std::filesystem::path log_ = dir_ / "mosquitto.log";
  std::uint64_t now_ = kNow;
  std::unique_ptr<sources::LogFileSource> source_ =
      std::make_unique<sources::LogFileSource>(log_.string(), (dir_ / "cursor").string());
};

TEST_F(LogFile, is_waited_for_and_read_from_its_beginning) {
  EXPECT_EQ(look(), "");
  EXPECT_NE(source_->take_message().value_or("").find("waiting for the broker's log"), std::string::npos);
  write_file(log_, left("a") + "New connection from 10.0.0.7:1 on port 8883.\n" + left("b"));
  EXPECT_EQ(look(), "ab");
  EXPECT_EQ(look(), "");
}

TEST_F(LogFile, half_a_line_is_waited_for) {
  write_file(log_, left("a") + "1795473021: Client b disc");
  EXPECT_EQ(look(), "a");
  append_file(log_, "onnected.\n" + left("c"));
  EXPECT_EQ(look(), "bc");
}

TEST_F(LogFile, a_restart_goes_on_where_it_was_and_knows_the_lines_before) {
  write_file(log_, left("a") + left("b"));
  EXPECT_EQ(look(), "ab");
  append_file(log_, left("c"));
  restart();
  EXPECT_EQ(look(), "(a)(b)c");
  restart();
  EXPECT_EQ(look(), "(a)(b)(c)");
}

TEST_F(LogFile, what_was_not_committed_comes_with_the_same_name_again) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  const std::uint64_t epoch = source_->epoch();
  append_file(log_, left("b"));
  EXPECT_EQ(look(false), "b");
  restart();
  EXPECT_EQ(look(), "(a)b");
  EXPECT_EQ(source_->epoch(), epoch);
}

TEST_F(LogFile, a_first_line_that_was_not_committed_comes_with_the_same_name_again) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(false), "a");
  const std::uint64_t epoch = source_->epoch();
  restart();
  EXPECT_EQ(look(), "a");
  EXPECT_EQ(source_->epoch(), epoch);
}

TEST_F(LogFile, a_renamed_file_is_read_to_its_end_before_the_new_one) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  std::filesystem::rename(log_, dir_ / "mosquitto.log.1");
  append_file(dir_ / "mosquitto.log.1", left("b"));
  EXPECT_EQ(look(), "b");
  write_file(log_, "");
  append_file(dir_ / "mosquitto.log.1", left("c"));
  EXPECT_EQ(look(), "c");
  append_file(dir_ / "mosquitto.log.1", left("d"));
  append_file(log_, left("e"));
  const std::uint64_t epoch = source_->epoch();
  EXPECT_EQ(look(), "d");
  EXPECT_EQ(look(), "e");
  EXPECT_NE(source_->epoch(), epoch) << "offsets begin anew";
}

TEST_F(LogFile, a_file_that_was_emptied_in_place_is_read_from_its_beginning) {
  write_file(log_, left("a") + left("b"));
  EXPECT_EQ(look(), "ab");
  std::filesystem::resize_file(log_, 0);
  append_file(log_, left("c"));
  EXPECT_EQ(look(), "c");
}

TEST_F(LogFile, a_file_that_was_emptied_and_has_grown_longer_is_known_by_its_bytes) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  std::filesystem::resize_file(log_, 0);
  append_file(log_, left("b") + left("c") + left("d"));
  EXPECT_EQ(look(), "bcd");
}

TEST_F(LogFile, a_rotation_while_no_daemon_ran_loses_nothing) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  append_file(log_, left("b"));
  std::filesystem::rename(log_, dir_ / "mosquitto.log-20261123");
  write_file(log_, left("c"));
  restart();
  EXPECT_EQ(look(), "(a)b");
  EXPECT_EQ(look(), "c");
}

TEST_F(LogFile, another_file_in_its_place_is_begun_and_said) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  std::filesystem::remove(log_);
  write_file(dir_ / "other", left("b") + left("c"));
  std::filesystem::rename(dir_ / "other", log_);
  restart();
  EXPECT_EQ(look(), "bc");
}

TEST_F(LogFile, a_line_without_a_time_is_timed_by_two_looks_and_not_before_the_first) {
  write_file(log_, "Client a disconnected.\n");
  EXPECT_EQ(look(), "");
  EXPECT_EQ(source_->untimed_lines(), 1U);
  append_file(log_, "Client b disconnected.\n");
  source_->look(now_ += kStep);
  const auto* line = source_->front();
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->written.from_ns, now_ - kStep);
  EXPECT_EQ(line->written.to_ns, now_);
}

TEST_F(LogFile, a_line_is_timed_by_its_second_and_by_the_looks_together) {
  write_file(log_, "");
  look();
  append_file(log_, left("a"));
  source_->look(now_ += kStep);
  const auto* line = source_->front();
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->written.from_ns, now_ - kStep);
  EXPECT_EQ(line->written.to_ns, now_);
}

TEST_F(LogFile, a_line_over_the_limit_is_left_out_and_counted) {
  write_file(log_, left("a") + std::string(3 * sources::kLogChunk, 'x') + "\n" + left("b"));
  EXPECT_EQ(look(), "ab");
  EXPECT_EQ(source_->long_lines(), 1U);
}

TEST_F(LogFile, a_damaged_cursor_counts_as_none) {
  write_file(log_, left("a"));
  EXPECT_EQ(look(), "a");
  std::string cursor = read_file(dir_ / "cursor");
  cursor[20] ^= 1;
  write_file(dir_ / "cursor", cursor);
  restart();
  EXPECT_EQ(look(), "a");
}

TEST_F(LogFile, a_cursor_that_cannot_be_written_is_said_and_nothing_is_read) {
  write_file(log_, left("a"));
  source_ = std::make_unique<sources::LogFileSource>(log_.string(), (dir_ / "none/cursor").string());
  EXPECT_EQ(look(), "");
  EXPECT_NE(source_->take_message().value_or("").find("cannot be written"), std::string::npos);
}

}  // namespace
}  // namespace tlswatch::test
