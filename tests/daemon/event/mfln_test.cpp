#include "daemon/core/event/mfln.h"

#include <gtest/gtest.h>

#include "daemon/core/event/psk.h"
#include "support/draft.h"

namespace tlswatch::event {
namespace {

constexpr std::uint16_t kGcm = 0x009C;       // TLS_RSA_WITH_AES_128_GCM_SHA256: 8 + 16 bytes a record
constexpr std::uint16_t kCbc = 0x003C;       // TLS_RSA_WITH_AES_128_CBC_SHA256: 16 + 32 + 1..256
constexpr std::uint16_t kTls13Gcm = 0x1301;  // 1 + 16

facts::Traffic traffic(std::uint16_t plain, std::uint16_t protected_length,
                       std::array<std::uint32_t, 4> over = {}) {
  facts::Traffic t;
  t.largest_plain = plain;
  t.largest_protected = protected_length;
  t.over = over;
  return t;
}

struct MflnCase {
  const char* name;
  MflnInput input;
  facts::Traffic traffic;
  std::optional<std::uint32_t> max_record;
  std::optional<bool> honoured;
  std::optional<std::uint32_t> over_buffer;
};
const MflnCase kCases[] = {
    {"honoured_to_the_byte_in_gcm",
     {1024, 1024, 0x0303, kGcm, false, 1024, nullptr},
     traffic(900, 1024 + 24),
     1024,
     true,
     0},
    {"one_byte_too_long_in_gcm",
     {1024, 1024, 0x0303, kGcm, false, 1024, nullptr},
     traffic(900, 1025 + 24),
     1025,
     false,
     0},
    {"honoured_on_tls_1_3",
     {512, 512, 0x0304, kTls13Gcm, false, {}, nullptr},
     traffic(122, 512 + 17),
     512,
     true,
     {}},
    {"a_long_certificate_before_protection",
     {512, 512, 0x0303, kGcm, false, {}, nullptr},
     traffic(2000, 100),
     2000,
     false,
     {}},
    {"cbc_is_a_lower_bound",
     {1024, 1024, 0x0303, kCbc, false, {}, nullptr},
     traffic(0, 1024 + 16 + 32 + 16),
     784,
     true,
     {}},
    {"counted_beyond_doubt",
     {1024, 1024, 0x0303, kCbc, false, {}, nullptr},
     traffic(0, 1104, {9, 1, 0, 0}),
     800,
     false,
     {}},
    {"nothing_negotiated_is_neither_kept_nor_broken",
     {1024, 0, 0x0303, kGcm, false, 1024, nullptr},
     traffic(100, 4096 + 24, {7, 5, 3, 0}),
     4096,
     {},
     5},
    {"a_buffer_between_two_counted_limits_takes_the_upper_one",
     {0, 0, 0x0303, kGcm, false, 1500, nullptr},
     traffic(100, 100, {7, 5, 3, 1}),
     100,
     {},
     3},
    {"a_buffer_above_what_is_counted_is_not_judged",
     {0, 0, 0x0303, kGcm, false, 16384, nullptr},
     traffic(100, 100, {7, 5, 3, 1}),
     100,
     {},
     {}},
    {"nothing_sent", {1024, 0, 0, 0, false, 1024, nullptr}, traffic(0, 0), {}, {}, 0},
};
class MflnMeasured : public testing::TestWithParam<MflnCase> {};
TEST_P(MflnMeasured, against_what_was_agreed) {
  MflnInput input = GetParam().input;
  input.traffic = &GetParam().traffic;
  const Mfln m = measure_mfln(input);
  EXPECT_EQ(m.max_record_sent, GetParam().max_record);
  EXPECT_EQ(m.honoured, GetParam().honoured);
  EXPECT_EQ(m.records_over_buffer, GetParam().over_buffer);
}
INSTANTIATE_TEST_SUITE_P(Event, MflnMeasured, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MflnMeasured, without_traffic_only_what_was_asked_and_answered_is_known) {
  const Mfln m = measure_mfln({2048, 2048, 0x0303, kGcm, false, 1024, nullptr});
  EXPECT_EQ(m.requested, 2048);
  EXPECT_EQ(m.negotiated, 2048);
  EXPECT_FALSE(m.honoured || m.max_record_sent || m.records_over_buffer);
}

struct PskCase {
  const char* name;
  std::string identity;
  std::uint32_t age;
  bool external;
};
const PskCase kPsks[] = {
    {"age_zero_is_external", std::string("\x01\x02\x03", 3), 0, true},
    {"printable_text_is_external_whatever_its_age", "boiler-7", 77, true},
    {"an_openssl_ticket_is_none", std::string(192, '\xA5'), 77, false},
    {"a_stateful_ticket_of_32_random_bytes_is_none", std::string(31, 'a') + '\x80', 77, false},
    {"long_text_with_an_age_is_none", std::string(129, 'a'), 77, false},
};
class Psks : public testing::TestWithParam<PskCase> {};
TEST_P(Psks, are_told_from_tickets) {
  const auto bytes = reinterpret_cast<const std::uint8_t*>(GetParam().identity.data());
  EXPECT_EQ(is_external_psk({{bytes, GetParam().identity.size()}, GetParam().age}), GetParam().external);
}
INSTANTIATE_TEST_SUITE_P(Event, Psks, testing::ValuesIn(kPsks),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::event
