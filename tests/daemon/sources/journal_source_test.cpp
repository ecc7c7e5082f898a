// What a unit says in systemd's journal, followed over restarts, rotation and vacuum: each line once, none
// lost without a word.
#include "daemon/sources/journal_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "support/journal_folder.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kTimeUs = 1'795'473'021'500'000;
constexpr std::uint64_t kNow = kTimeUs * 1000;
constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr uid_t kNobody = 65534;

std::string left(std::string_view id) {
  return "Client " + std::string(id) + " disconnected.";
}

class Journal : public testing::Test {
 protected:
  void restart() {
    source_ = std::make_unique<sources::JournalSource>("mosquitto.service", journal_.path().string(),
                                                       (dir_ / "cursor").string());
  }

  /// The broker says something, a millisecond after what it said last.
  void say(std::string_view message) {
    journal_.add(message, time_us_ += 1000);
    journal_.write();
  }
  void others_say(std::string_view message) {
    journal_.add(message, time_us_ += 1000, "other.service", "SYSTEMD_UNIT=mosquitto.service\n");
    journal_.write();
  }

  /// One look, and the ids of its lines; those that come again in brackets. names_ gets those of the others.
  std::string look(bool commit = true) {
    std::string out;
    names_.clear();
    source_->look(now_ += sources::kJournalRetryNs);
    while (const auto* line = source_->front()) {
      if (const auto* left = std::get_if<broker_log::Left>(&line->what.what)) {
        out += line->again ? "(" + std::string(left->outside_id) + ")" : std::string(left->outside_id);
      }
      if (!line->again) names_.emplace_back(source_->epoch(), line->sequence);
      source_->pop();
    }
    if (commit) {
      EXPECT_EQ(source_->commit(), std::nullopt);
    }
    return out;
  }

  std::string message() { return source_->take_message().value_or(""); }
  bool says(std::string_view text) {
    const std::string said = message();
    return said.find(text) != std::string::npos || (ADD_FAILURE() << "said: " << said, false);
  }

  TempDir dir_;
  JournalFolder journal_{dir_ / "journal"};
  std::uint64_t time_us_ = kTimeUs;
  std::uint64_t now_ = kNow;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> names_;
  std::unique_ptr<sources::JournalSource> source_ = std::make_unique<sources::JournalSource>(
      "mosquitto.service", (dir_ / "journal").string(), (dir_ / "cursor").string());
};

TEST_F(Journal, is_waited_for_and_read_from_its_beginning) {
  EXPECT_EQ(look(), "");
  EXPECT_TRUE(says("waiting for the journal"));
  say(left("a"));
  say("New connection from 10.0.0.7:1 on port 8883.");
  say(left("b"));
  EXPECT_EQ(look(), "ab");
  EXPECT_EQ(message(), "following the journal of mosquitto.service");
  EXPECT_EQ(look(), "");
  say(left("c"));
  EXPECT_EQ(look(), "c");
}

TEST_F(Journal, that_is_missing_is_not_asked_for_at_each_look) {
  EXPECT_EQ(look(), "");
  say(left("a"));
  source_->look(now_ + sources::kJournalRetryNs / 2);
  EXPECT_EQ(source_->front(), nullptr);
  EXPECT_EQ(look(), "a");
}

TEST_F(Journal, other_units_lines_are_none_of_the_broker_s_whatever_they_claim) {
  others_say(left("x"));
  EXPECT_EQ(look(), "");
  EXPECT_EQ(message(), "following the journal of mosquitto.service, which has no line yet");
  say(left("a"));
  others_say(left("y"));
  say(left("b"));
  EXPECT_EQ(look(), "ab");
}

struct TimeCase {
  const char* name;
  std::string line;
  std::uint64_t from_ns, to_ns;
};
const TimeCase kTimes[] = {
    {"without_its_own_within_the_second_before_its_entry", left("a"), kNow - kSecondNs, kNow},
    {"with_its_own_within_both", "1795473021: " + left("a"), 1'795'473'021 * kSecondNs, kNow},
    {"with_an_earlier_one_of_its_own_within_that", "1795473011: " + left("a"), 1'795'473'011 * kSecondNs,
     1'795'473'012 * kSecondNs},
    {"in_a_form_of_the_operator_s_as_without", "2026-11-23T22:30:21: " + left("a"), kNow - kSecondNs, kNow},
};
TEST_F(Journal, a_line_was_written) {
  for (const TimeCase& row : kTimes) {
    SCOPED_TRACE(row.name);
    journal_.add(row.line, kTimeUs);
    journal_.write();
    source_->look(now_ += sources::kJournalRetryNs);
    const auto* line = source_->front();
    ASSERT_NE(line, nullptr);
    EXPECT_EQ(line->written.from_ns, row.from_ns);
    EXPECT_EQ(line->written.to_ns, row.to_ns);
    source_->pop();
  }
  EXPECT_EQ(source_->untimed_lines(), 0U);
}

TEST_F(Journal, a_restart_goes_on_where_it_was_and_knows_the_lines_before) {
  say(left("a"));
  say(left("b"));
  EXPECT_EQ(look(), "ab");
  say(left("c"));
  restart();
  EXPECT_EQ(look(), "(a)(b)c");
  restart();
  EXPECT_EQ(look(), "(a)(b)(c)");
  say(left("d"));
  EXPECT_EQ(look(), "d");
}

TEST_F(Journal, what_was_not_committed_comes_with_the_same_names_again) {
  say(left("a"));
  EXPECT_EQ(look(false), "a");
  const auto first = names_;
  restart();
  EXPECT_EQ(look(), "a");
  EXPECT_EQ(names_, first);
  say(left("b"));
  say(left("c"));
  EXPECT_EQ(look(false), "bc");
  const auto second = names_;
  EXPECT_GT(second.front(), first.back());
  restart();
  EXPECT_EQ(look(), "(a)bc");
  EXPECT_EQ(names_, second);
}

TEST_F(Journal, names_grow_also_where_the_clock_does_not) {
  for (const int us : {0, 0, 7, -3'000'000, -2'999'999, 8}) {
    journal_.add(left("a"), static_cast<std::uint64_t>(static_cast<std::int64_t>(kTimeUs) + us));
  }
  journal_.write();
  EXPECT_EQ(look(false), "aaaaaa");
  std::vector<std::uint64_t> sequences;
  for (const auto& [epoch, sequence] : names_) sequences.push_back(sequence - kTimeUs);
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{0, 1, 7, 8, 9, 10}));
  const auto names = names_;
  restart();
  EXPECT_EQ(look(), "aaaaaa");
  EXPECT_EQ(names_, names);
}

TEST_F(Journal, a_line_that_was_not_popped_comes_after_the_files_changed) {
  say(left("a"));
  say(left("b"));
  source_->look(now_);
  ASSERT_NE(source_->front(), nullptr);
  source_->pop();
  ASSERT_NE(source_->front(), nullptr);
  EXPECT_EQ(source_->commit(), std::nullopt);
  journal_.put_aside();
  say(left("c"));
  EXPECT_EQ(look(), "bc");
}

TEST_F(Journal, is_followed_through_rotations) {
  say(left("a"));
  EXPECT_EQ(look(), "a");
  journal_.crash();
  say(left("b"));
  EXPECT_EQ(look(), "b");
  say(left("c"));
  journal_.put_aside();
  say(left("d"));
  EXPECT_EQ(look(), "cd");
  say(left("e"));
  EXPECT_EQ(look(), "e");
  message();
  say(left("f"));
  EXPECT_EQ(look(), "f");
  EXPECT_EQ(message(), "") << "nothing was lost";
}

TEST_F(Journal, a_rotation_while_no_daemon_ran_loses_nothing) {
  say(left("a"));
  EXPECT_EQ(look(), "a");
  say(left("b"));
  journal_.crash();
  say(left("c"));
  journal_.put_aside();
  say(left("d"));
  restart();
  EXPECT_EQ(look(), "(a)bcd");
  EXPECT_EQ(message(), "following the journal of mosquitto.service");
}

TEST_F(Journal, a_vacuum_of_what_was_read_loses_nothing) {
  say(left("a"));
  EXPECT_EQ(look(), "a");
  journal_.crash();
  say(left("b"));
  journal_.vacuum();
  EXPECT_EQ(look(), "b");
  journal_.crash();
  say(left("c"));
  journal_.vacuum();
  restart();
  EXPECT_EQ(look(), "c") << "nothing is left to come again";
  EXPECT_EQ(message(), "following the journal of mosquitto.service");
}

TEST_F(Journal, a_quiet_unit_s_last_line_may_be_gone_when_it_speaks_again) {
  for (const bool restarted : {false, true}) {
    say(left("a"));
    EXPECT_EQ(look(), "a");
    message();
    journal_.crash();
    others_say("something");
    journal_.vacuum();
    if (restarted) restart();
    EXPECT_EQ(look(), "");
    say(left("b"));
    EXPECT_EQ(look(), "b");
    EXPECT_EQ(message(), restarted ? "following the journal of mosquitto.service" : "");
  }
}

TEST_F(Journal, a_vacuum_of_what_was_not_read_is_said_with_its_size) {
  for (const bool restarted : {false, true}) {
    say(left("a"));
    EXPECT_NE(look().find("a"), std::string::npos);
    message();
    say(left("gone"));
    others_say("gone too");
    journal_.crash();
    say(left("b"));
    journal_.vacuum();
    if (restarted) restart();
    EXPECT_EQ(look(), "b");
    EXPECT_TRUE(says("lost, since they were removed before they were read: up to 2 entries of all units"));
  }
}

TEST_F(Journal, another_journal_in_its_place_is_read_and_said) {
  say(left("a"));
  EXPECT_EQ(look(), "a");
  journal_.put_aside();
  say(left("b"));
  journal_.vacuum();
  restart();
  EXPECT_EQ(look(), "b");
  EXPECT_TRUE(says("lost, since they were removed before they were read: an unknown number of all units"));
}

struct MessageCase {
  const char* name;
  std::string message;
  std::uint64_t counted;
};
const MessageCase kHostile[] = {
    {"of two lines", "Client x\nClient x disconnected.", 0},
    {"with a line at its end", "noise\n" + left("x"), 0},
    {"of zero bytes", std::string(64, '\0'), 0},
    {"empty", "", 0},
    {"without an end", "Client ", 0},
    {"just too long", "Client " + std::string(broker_log::kMaxLine, 'x') + " disconnected.", 1},
    {"huge, and small when compressed", "Client " + std::string(16 << 20, 'x') + " disconnected.", 1},
};
TEST_F(Journal, a_message_that_is_no_line_is_left_out) {
  for (const MessageCase& row : kHostile) {
    SCOPED_TRACE(row.name);
    const std::uint64_t before = source_->long_lines();
    journal_.add(row.message, time_us_ += 1000);
    journal_.add_without_message(time_us_ += 1000);
    journal_.add(left("a"), time_us_ += 1000);
    journal_.write();
    EXPECT_EQ(look(), "a");
    EXPECT_EQ(source_->long_lines() - before, row.counted);
  }
}

TEST_F(Journal, a_look_reads_no_more_than_its_limit) {
  constexpr std::uint64_t kMore = 1000;
  for (std::uint64_t i = 0; i < sources::kJournalEntriesPerLook + kMore; ++i)
    journal_.add(left("a"), ++time_us_);
  journal_.write();
  EXPECT_EQ(look().size(), sources::kJournalEntriesPerLook + 1) << "it stands on the first when it is found";
  EXPECT_EQ(look().size(), kMore - 1);
  EXPECT_EQ(look(), "");
}

TEST_F(Journal, that_may_not_be_read_is_said_with_the_remedy_and_tried_again) {
  say(left("a"));
  std::filesystem::permissions(dir_.path(), std::filesystem::perms(0777));
  std::filesystem::permissions(journal_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(journal_.file(), std::filesystem::perms::none);
  const uid_t me = ::geteuid();
  if (me == 0) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string read = look(false);
  if (me == 0) {
    ASSERT_EQ(::seteuid(me), 0);
  }
  EXPECT_EQ(read, "");
  EXPECT_TRUE(says("system.journal: Permission denied; the daemon's user needs the group systemd-journal"));
  std::filesystem::permissions(journal_.file(), std::filesystem::perms(0600));
  EXPECT_EQ(look(), "a");
  EXPECT_EQ(message(), "following the journal of mosquitto.service");
}

TEST_F(Journal, a_damaged_position_counts_as_none) {
  say(left("a"));
  EXPECT_EQ(look(), "a");
  const auto first = names_;
  std::string cursor = read_file(dir_ / "cursor");
  cursor[20] ^= 1;
  write_file(dir_ / "cursor", cursor);
  restart();
  EXPECT_EQ(look(), "a");
  EXPECT_GT(names_, first) << "what the event log has must not stand in its way";
}

TEST_F(Journal, a_position_that_cannot_be_written_is_said_and_nothing_is_read) {
  say(left("a"));
  source_ = std::make_unique<sources::JournalSource>("mosquitto.service", journal_.path().string(),
                                                     (dir_ / "none/cursor").string());
  EXPECT_EQ(look(), "");
  EXPECT_TRUE(says("cannot be written"));
}

}  // namespace
}  // namespace tlswatch::test
