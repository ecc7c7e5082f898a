// What the command line may name as a server.
#include "daemon/check/target.h"

#include <gtest/gtest.h>

#include <string>

namespace tlswatch::check {
namespace {

struct TargetCase {
  const char* text;
  const char* means;  // empty: refused
};
const TargetCase kTargets[] = {
    {"broker.example", "broker.example:8883"},
    {"broker.example:1883", "broker.example:1883"},
    {"10.0.0.7", "10.0.0.7:8883"},
    {"10.0.0.7:443", "10.0.0.7:443"},
    {"[::1]:8883", "[::1]:8883"},
    {"[2001:db8::1]", "[2001:db8::1]:8883"},
    {"2001:db8::1", "[2001:db8::1]:8883"},
    {"[fe80::1%eth0]:8883", "[fe80::1%eth0]:8883"},
    {"host:65535", "host:65535"},
    {"", ""},
    {":8883", ""},
    {"host:", ""},
    {"host:0", ""},
    {"host:65536", ""},
    {"host:88x", ""},
    {"host:-1", ""},
    {"[::1", ""},
    {"[::1]8883", ""},
    {"[]:8883", ""},
    {"a b", ""},
    {"host/path", ""},
    {"mqtts://host", ""},
    {"\x1B[31mhost", ""},
};
TEST(Target, is_a_host_and_a_port) {
  for (const TargetCase& row : kTargets) {
    const auto target = parse_target(row.text);
    EXPECT_EQ(target ? target->text() : "", row.means) << row.text;
  }
  EXPECT_FALSE(parse_target(std::string(kMaxHost + 1, 'a')));
}

}  // namespace
}  // namespace tlswatch::check
