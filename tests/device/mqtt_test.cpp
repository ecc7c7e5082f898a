// The MQTT codec: bytes out as the standard has them, bytes in as a hostile broker may send them.
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tlswatch_mqtt.h"

namespace tlswatch::device {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

using Bytes = std::vector<std::uint8_t>;

struct ConnectCase {
  const char* name;
  MqttConnect connect;
  Bytes bytes;
};
const ConnectCase kConnects[] = {
    {"id_alone",
     {"dev", nullptr, nullptr, 30},
     {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 30, 0, 3, 'd', 'e', 'v'}},
    {"user",
     {"d", "u", nullptr, 0x1234},
     {0x10, 16, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x82, 0x12, 0x34, 0, 1, 'd', 0, 1, 'u'}},
    {"user_and_password", {"d", "u", "pw", 0}, {0x10, 20, 0, 4,   'M', 'Q', 'T', 'T', 4, 0xC2, 0,
                                                0,    0,  1, 'd', 0,   1,   'u', 0,   2, 'p',  'w'}},
    {"a_password_without_a_user_stays_at_home",
     {"d", nullptr, "pw", 0},
     {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 0, 0, 1, 'd'}},
};
class ConnectTest : public ::testing::TestWithParam<ConnectCase> {};
TEST_P(ConnectTest, bytes) {
  Bytes out(64);
  out.resize(mqtt_encode_connect(GetParam().connect, out.data(), out.size()));
  EXPECT_EQ(out, GetParam().bytes);
  Bytes tight(GetParam().bytes.size() - 1);
  EXPECT_EQ(mqtt_encode_connect(GetParam().connect, tight.data(), tight.size()), 0u) << "a byte too little";
}
INSTANTIATE_TEST_SUITE_P(mqtt, ConnectTest, ::testing::ValuesIn(kConnects),
                         [](const auto& row) { return row.param.name; });

TEST(mqtt, publish_is_qos_1_with_its_identifier) {
  Bytes out(64);
  out.resize(mqtt_encode_publish("a/b", "xy", 2, 0x0102, out.data(), out.size()));
  EXPECT_EQ(out, (Bytes{0x32, 9, 0, 3, 'a', '/', 'b', 1, 2, 'x', 'y'}));
}

TEST(mqtt, lengths_above_127_take_two_bytes) {
  const std::string payload(300, 'x');
  Bytes out(400);
  out.resize(mqtt_encode_publish("t", payload.data(), payload.size(), 1, out.data(), out.size()));
  ASSERT_EQ(out.size(), 3u + 305u);
  EXPECT_EQ(out[1], 0x80 | (305 & 0x7F));
  EXPECT_EQ(out[2], 305 >> 7);
}

TEST(mqtt, bare_packets) {
  Bytes out(2);
  EXPECT_EQ(mqtt_encode_bare(MqttType::pingreq, out.data(), 2), 2u);
  EXPECT_EQ(out, (Bytes{0xC0, 0}));
  EXPECT_EQ(mqtt_encode_bare(MqttType::disconnect, out.data(), 2), 2u);
  EXPECT_EQ(out, (Bytes{0xE0, 0}));
  EXPECT_EQ(mqtt_encode_bare(MqttType::pingreq, out.data(), 1), 0u);
}

TEST(mqtt, a_text_longer_than_its_length_field_is_not_sent) {
  const std::string id(65536, 'x');
  Bytes out(70000);
  EXPECT_EQ(mqtt_encode_connect({id.c_str(), nullptr, nullptr, 0}, out.data(), out.size()), 0u);
}

struct Seen {
  std::vector<MqttPacket> packets;
  bool broken = false;
};
Seen read(const Bytes& bytes) {
  MqttReader reader;
  Seen seen;
  for (const std::uint8_t byte : bytes) {
    switch (reader.take(byte)) {
      case MqttReader::Result::more: break;
      case MqttReader::Result::packet: seen.packets.push_back(reader.packet()); break;
      case MqttReader::Result::broken: seen.broken = true; break;
    }
  }
  return seen;
}

TEST(mqtt_reader, connack_and_puback) {
  const Seen seen = read({0x20, 2, 0, 5, 0x40, 2, 0x12, 0x34});
  ASSERT_EQ(seen.packets.size(), 2u);
  EXPECT_TRUE(seen.packets[0].is(MqttType::connack, 2));
  EXPECT_EQ(seen.packets[0].connack_code(), 5);
  EXPECT_TRUE(seen.packets[1].is(MqttType::puback, 2));
  EXPECT_EQ(seen.packets[1].puback_packet(), 0x1234);
}

TEST(mqtt_reader, long_packets_are_skipped_whole) {
  Bytes bytes = {0x30, 0xC8, 0x01};
  bytes.insert(bytes.end(), 200, 0x20);
  bytes.insert(bytes.end(), {0xD0, 0});
  const Seen seen = read(bytes);
  ASSERT_EQ(seen.packets.size(), 2u);
  EXPECT_EQ(seen.packets[0].remaining, 200u);
  EXPECT_TRUE(seen.packets[1].is(MqttType::pingresp, 0));
}

struct LengthCase {
  const char* name;
  Bytes bytes;
  std::size_t packets;
  bool broken;
};
const LengthCase kLengths[] = {
    {"nothing", {}, 0, false},
    {"cut_in_the_body", {0x20, 2, 0}, 0, false},
    {"a_puback_of_three_bytes_is_no_puback_of_ours", {0x40, 3, 0, 1, 0}, 1, false},
    {"a_connack_without_a_body_has_no_old_bytes", {0x20, 2, 9, 9, 0x20, 0}, 2, false},
    {"four_length_bytes_are_allowed", {0x30, 0xFF, 0xFF, 0xFF, 0x7F}, 0, false},
    {"five_are_not", {0x30, 0x80, 0x80, 0x80, 0x80, 0x01}, 0, true},
    {"after_five_nothing_is_believed", {0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x20, 2, 0, 0}, 0, true},
};
class LengthTest : public ::testing::TestWithParam<LengthCase> {};
TEST_P(LengthTest, is_read_so) {
  const Seen seen = read(GetParam().bytes);
  EXPECT_EQ(seen.packets.size(), GetParam().packets);
  EXPECT_EQ(seen.broken, GetParam().broken);
  for (const MqttPacket& packet : seen.packets) {
    if (packet.remaining == 0) {
      EXPECT_EQ(packet.connack_code(), 0);
    }
    EXPECT_FALSE(packet.is(MqttType::puback, 2));
  }
}
INSTANTIATE_TEST_SUITE_P(mqtt_reader, LengthTest, ::testing::ValuesIn(kLengths),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device
