// The conversation in MQTT: how far it comes with each answer, however it arrives.
#include "daemon/check/mqtt_echo.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tlswatch::check {
namespace {

using namespace std::string_literals;

const std::string kTopic = "tlswatch/check/0";
const std::string kConnack = "\x20\x02\x00\x00"s;
const std::string kSuback = "\x90\x03\x00\x01\x00"s;
const std::string kPuback = "\x40\x02\x00\x02"s;
const std::string kPingresp = "\xD0\x00"s;

std::string publish(const std::string& topic, std::size_t payload, char first = '\x30') {
  std::string body = "\0"s + static_cast<char>(topic.size()) + topic;
  if ((first & 0x06) != 0) body += "\x00\x09"s;
  body.append(payload, 'x');
  std::string out(1, first);
  out += static_cast<char>(0x80 | (body.size() & 0x7F));
  out += static_cast<char>(body.size() >> 7);
  return out + body;
}

struct EchoCase {
  const char* name;
  std::vector<std::string> answers;  // one behind each of what we send
  Mqtt outcome;
  bool done;
};
const EchoCase kEchoes[] = {
    {"nothing comes", {}, Mqtt::no_answer, false},
    {"the message comes back",
     {kConnack, kSuback, publish(kTopic, kEchoBytes) + kPuback},
     Mqtt::delivered,
     true},
    {"it comes back with QoS 1",
     {kConnack, kSuback, publish(kTopic, kEchoBytes, '\x32')},
     Mqtt::delivered,
     true},
    {"it comes back behind the PINGRESP",
     {kConnack, kSuback, kPuback + kPingresp + publish(kTopic, kEchoBytes)},
     Mqtt::delivered,
     true},
    {"a shorter one comes back", {kConnack, kSuback, publish(kTopic, 100)}, Mqtt::not_delivered, false},
    {"one of another topic comes",
     {kConnack, kSuback, publish("other", kEchoBytes)},
     Mqtt::not_delivered,
     false},
    {"none comes back", {kConnack, kSuback, kPuback + kPingresp}, Mqtt::not_delivered, false},
    {"the subscription is refused", {kConnack, "\x90\x03\x00\x01\x80"s}, Mqtt::not_delivered, true},
    {"the login is refused", {"\x20\x02\x00\x05"s}, Mqtt::refused, true},
    {"the first answer is no CONNACK", {"HTTP/1.1 400"s}, Mqtt::no_answer, true},
    {"the first packet is a message", {publish(kTopic, kEchoBytes)}, Mqtt::no_answer, true},
    {"a CONNACK of three bytes", {"\x20\x03\x00\x00\x00"s}, Mqtt::no_answer, true},
    {"a packet type that no server sends", {kConnack, "\x10\x00"s}, Mqtt::accepted, true},
    {"a length of five digits", {kConnack, "\x30\xFF\xFF\xFF\xFF\x7F"s}, Mqtt::accepted, true},
    {"a packet of a gigabyte", {kConnack, "\x30\x80\x80\x80\x7F"s}, Mqtt::accepted, true},
    {"two SUBACKs", {kConnack, kSuback + kSuback}, Mqtt::not_delivered, true},
};

struct Played {
  Mqtt outcome;
  bool done;
  std::uint8_t refusal;
};
/// Plays a row, the answers in pieces of `piece` bytes.
Played play(const EchoCase& row, std::size_t piece) {
  MqttEcho echo({"id"}, kTopic);
  EXPECT_FALSE(echo.take_outgoing().empty()) << "it begins";
  for (const std::string& answer : row.answers) {
    for (std::size_t at = 0; at < answer.size(); at += piece) {
      const std::string part = answer.substr(at, piece);
      echo.take({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
    }
    echo.take_outgoing();
  }
  return {echo.outcome(), echo.done(), echo.refusal()};
}
TEST(MqttEcho, ends_as_the_server_answers) {
  for (const EchoCase& row : kEchoes) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      SCOPED_TRACE(std::string(row.name) + ", in pieces of " + std::to_string(piece));
      const Played played = play(row, piece);
      EXPECT_EQ(played.outcome, row.outcome);
      EXPECT_EQ(played.done, row.done);
    }
  }
  EXPECT_EQ(play({"", {"\x20\x02\x00\x05"s}, Mqtt::refused, true}, 4).refusal, 5);
}

TEST(MqttEcho, knows_when_the_message_is_overdue) {
  MqttEcho echo({"id"}, kTopic);
  const auto take = [&](const std::string& bytes) {
    echo.take({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  };
  take(kConnack + kSuback + kPuback);
  EXPECT_FALSE(echo.overdue());
  take(kPingresp);
  EXPECT_TRUE(echo.overdue());
}

struct ConnectCase {
  const char* name;
  Login login;
  std::string packet;
};
const ConnectCase kConnects[] = {
    {"no user", {"me"}, "\x10\x0E\x00\x04MQTT\x04\x02\x00\x3C\x00\x02me"s},
    {"a user", {"me", "u"}, "\x10\x11\x00\x04MQTT\x04\x82\x00\x3C\x00\x02me\x00\x01u"s},
    {"a user and a password",
     {"me", "u", "p"},
     "\x10\x14\x00\x04MQTT\x04\xC2\x00\x3C\x00\x02me\x00\x01u\x00\x01p"s},
    {"a password alone is none in 3.1.1", {"me", {}, "p"}, "\x10\x0E\x00\x04MQTT\x04\x02\x00\x3C\x00\x02me"s},
};
TEST(MqttEcho, logs_in) {
  for (const ConnectCase& row : kConnects) {
    EXPECT_EQ(MqttEcho(row.login, kTopic).take_outgoing(), row.packet) << row.name;
  }
}

}  // namespace
}  // namespace tlswatch::check
