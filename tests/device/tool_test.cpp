// tlswatch-device apart from its connection: the command line, the names, what it keeps in files.
#include <bearssl/bearssl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "file_store.h"
#include "names.h"
#include "options.h"
#include "tlswatch_codes.h"
#include "tlswatch_learnt.h"

namespace tlswatch::device::tool {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

struct Answer {
  Parsed parsed;
  std::string complaint;
};
Answer parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tlswatch-device");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  ::testing::internal::CaptureStderr();
  Answer answer;
  answer.parsed = parse_options(static_cast<int>(argv.size()), argv.data());
  answer.complaint = ::testing::internal::GetCapturedStderr();
  return answer;
}
using Words = std::vector<std::string>;
Words with(const Words& more) {
  Words words = {"--host", "broker", "--port", "8883", "--id", "dev", "--fingerprint", "any"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct BadCase {
  const char* name;
  Words arguments;
  const char* complaint;  // must name the option, and what would be right
};
const BadCase kBad[] = {
    {"no_host", {"--port", "1", "--id", "x", "--fingerprint", "any"}, "--host is required"},
    {"no_id", {"--host", "h", "--port", "1", "--fingerprint", "any"}, "--id is required"},
    {"no_identity",
     {"--host", "h", "--port", "1", "--id", "x"},
     "--fingerprint / --cafile: give one of them"},
    {"two_identities", with({"--cafile", "ca.pem"}), "--fingerprint / --cafile: give one of them"},
    {"three_slots", with({"--fingerprint", "any", "--fingerprint", "learn"}), "at most two slots"},
    {"port_zero",
     {"--host", "h", "--port", "0", "--id", "x", "--fingerprint", "any"},
     "--port: '0' does not fit: a nu"},
    {"port_too_large",
     {"--host", "h", "--port", "65536", "--id", "x", "--fingerprint", "any"},
     "from 1 to 65535"},
    {"port_with_a_tail",
     {"--host", "h", "--port", "88x", "--id", "x", "--fingerprint", "any"},
     "'88x' does not fit"},
    {"bad_fingerprint", {"--host", "h", "--port", "1", "--id", "x", "--fingerprint", "12"}, "40 hex digits"},
    {"bad_profile", with({"--profile", "esp"}), "tasmota-esp8266, tasmota-esp32, aws-iot"},
    {"bad_suite", with({"--suite", "aes"}), "rsa, ecdhe-rsa, ecdhe-ecdsa"},
    {"bad_mfln", with({"--mfln", "1000"}), "512, 1024, 2048, 4096, off"},
    {"clock_zero", with({"--clock", "0"}), "--clock: '0' does not fit"},
    {"clock_beyond_32_bits", with({"--clock", "4294967296"}), "--clock"},
    {"stay_too_long", with({"--stay", "86401"}), "from 0 to 86400"},
    {"cert_without_key", with({"--cert", "c.pem"}), "--cert FILE --key FILE"},
    {"key_without_cert", with({"--key", "k.pem"}), "--cert FILE --key FILE"},
    {"password_without_user", with({"--password", "p"}), "--password: needs --user"},
    {"resume_without_a_place", with({"--resume"}), "--resume: needs --flash FILE"},
    {"a_topic_with_a_wildcard", with({"--report-topic", "a/#"}), "--report-topic"},
    {"an_id_that_makes_no_topic",
     {"--host", "h", "--port", "1", "--id", "a+b", "--fingerprint", "any"},
     "--id"},
    {"an_unknown_option", with({"--frobnicate"}), "--frobnicate"},
};
class BadTest : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadTest, is_one_clear_line_and_exit_2) {
  const Answer answer = parse(GetParam().arguments);
  EXPECT_FALSE(answer.parsed.options.has_value());
  EXPECT_EQ(answer.parsed.exit_code, 2);
  EXPECT_NE(answer.complaint.find(GetParam().complaint), std::string::npos) << answer.complaint;
  EXPECT_EQ(answer.complaint.find('\n'), answer.complaint.size() - 1) << answer.complaint;
}
INSTANTIATE_TEST_SUITE_P(options, BadTest, ::testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.name; });

TEST(options, a_complaint_never_shows_a_password) {
  const std::string secret(1025, 's');
  EXPECT_EQ(parse(with({"--user", "u", "--password", secret})).complaint.find("sss"), std::string::npos);
}

TEST(options, defaults_are_tasmota_s_on_an_esp8266) {
  const Answer answer = parse(with({}));
  ASSERT_TRUE(answer.parsed.options.has_value()) << answer.complaint;
  const Options& options = *answer.parsed.options;
  EXPECT_STREQ(options.profile->name, "tasmota-esp8266");
  EXPECT_EQ(options.profile->rsa_bits_max, 2048);
  EXPECT_EQ(options.mfln, 1024);
  EXPECT_STREQ(options.suite->name, "ecdhe-rsa");
  EXPECT_EQ(options.report_topic, "tlswatch/report/dev");
  EXPECT_TRUE(options.clock_s.has_value());
}

TEST(options, what_is_given_is_taken) {
  const Answer answer =
      parse(with({"--fingerprint", "learn", "--profile", "tasmota-esp32", "--mfln", "off", "--suite",
                  "ecdhe-ecdsa", "--clock", "unset", "--report-topic", "t", "--stay", "3"}));
  ASSERT_TRUE(answer.parsed.options.has_value()) << answer.complaint;
  const Options& options = *answer.parsed.options;
  EXPECT_EQ(options.slots[0].mode, SlotMode::any);
  EXPECT_EQ(options.slots[1].mode, SlotMode::learn);
  EXPECT_EQ(options.profile->rsa_bits_max, 4096);
  EXPECT_EQ(options.mfln, 0);
  EXPECT_EQ(options.suite->ca_check, ca_check_rsa_ec);
  EXPECT_FALSE(options.clock_s.has_value());
  EXPECT_EQ(options.report_topic, "t");
  EXPECT_EQ(options.stay_s, 3u);
}

struct NameCase {
  const char* name;
  Failure failure;
  const char* expected;
};
const NameCase kNames[] = {
    {"bearssl", {Stack::bearssl, Phase::tls, 62, 0}, "BR_ERR_X509_NOT_TRUSTED"},
    {"bearssl_1", {Stack::bearssl, Phase::tls, 1, 0}, "BR_ERR_BAD_PARAM"},
    {"tasmota_1", {Stack::tasmota, Phase::tls, 1, 0}, "FINGERPRINT_MISMATCH"},
    {"the_lowest_alert", {Stack::bearssl, Phase::tls, 256, 0}, "close_notify"},
    {"an_alert", {Stack::bearssl, Phase::tls, 326, 0}, "protocol_version"},
    {"an_alert_without_a_name", {Stack::bearssl, Phase::tls, 511, 0}, "BR_ERR_RECV_FATAL_ALERT"},
    {"a_number_bearssl_does_not_use", {Stack::bearssl, Phase::tls, 61, 0}, nullptr},
    {"refused_credentials", {Stack::tasmota, Phase::mqtt, 0, 5}, "MQTT_CONNECT_UNAUTHORIZED"},
    {"closed_in_mid_handshake", {Stack::tasmota, Phase::tls, 0, -2}, "MQTT_CONNECT_FAILED"},
    {"another_stack", {Stack::wolfssl, Phase::tls, -313, 0}, nullptr},
};
class NameTest : public ::testing::TestWithParam<NameCase> {};
TEST_P(NameTest, is) {
  EXPECT_STREQ(failure_name(GetParam().failure), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(names, NameTest, ::testing::ValuesIn(kNames),
                         [](const auto& row) { return row.param.name; });

TEST(names, bearssl_s_unassigned_numbers_are_exactly_these) {
  std::vector<int> nameless;
  for (int code = 0; code <= 62; ++code) {
    if (failure_name({Stack::bearssl, Phase::tls, code, 0}) == nullptr) nameless.push_back(code);
  }
  EXPECT_EQ(nameless, (std::vector<int>{11, 30, 61}));
}

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const int fd = ::mkstemp(path_.data());
    ASSERT_GE(fd, 0);
    ::close(fd);
    ASSERT_EQ(flash_.open(path_), "");
  }
  void TearDown() override { std::remove(path_.c_str()); }
  std::string path_ = ::testing::TempDir() + "tlswatch-device-XXXXXX";
  host::FileStore flash_;
};

struct Slots {
  FingerprintSlot slots[kFingerprintSlots] = {{SlotMode::unused, {}}, {SlotMode::learn, {}}};
};

TEST_F(FileTest, what_was_learnt_is_a_key_the_next_time) {
  const Store place = flash_.place<host::kLearntOffset>();
  Fingerprint fingerprint{};
  fingerprint.bytes[0] = 7;
  ASSERT_TRUE(keep_learnt(place, 1, fingerprint));
  Slots after;
  apply_learnt(place, after.slots);
  EXPECT_EQ(after.slots[1].mode, SlotMode::key);
  EXPECT_TRUE(fingerprint_equal(after.slots[1].fingerprint, fingerprint));
  EXPECT_EQ(after.slots[0].mode, SlotMode::unused);
}

TEST_F(FileTest, corrupt_flash_means_learning_again) {
  const Store place = flash_.place<host::kLearntOffset>();
  ASSERT_TRUE(keep_learnt(place, 1, Fingerprint{}));
  const unsigned char garbage = 0xEE;
  ASSERT_TRUE(flash_.save(host::kLearntOffset + 20, &garbage, 1));
  Slots after;
  apply_learnt(place, after.slots);
  EXPECT_EQ(after.slots[1].mode, SlotMode::learn);
}

TEST(learnt, without_a_store_nothing_is_kept_and_nothing_applied) {
  host::FileStore closed;
  const Store nowhere = closed.place<host::kLearntOffset>();
  EXPECT_FALSE(keep_learnt(nowhere, 0, Fingerprint{}));
  Slots after;
  apply_learnt(nowhere, after.slots);
  EXPECT_EQ(after.slots[1].mode, SlotMode::learn);
}

TEST_F(FileTest, a_file_too_short_is_no_memory) {
  char bytes[4];
  EXPECT_FALSE(flash_.load(0, bytes, sizeof bytes));
}

TEST(file_store, says_why_it_cannot_open) {
  host::FileStore store;
  EXPECT_EQ(store.open("/nonexistent/file"), "No such file or directory");
  EXPECT_FALSE(store.is_open());
  EXPECT_EQ(store.open("/dev/null"), "not a regular file");
  EXPECT_FALSE(store.is_open());
}

}  // namespace
}  // namespace tlswatch::device::tool
