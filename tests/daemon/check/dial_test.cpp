// From a name to addresses, in bounded time.
#include "daemon/check/dial.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tlswatch::check {
namespace {

using namespace std::chrono_literals;

struct ResolveCase {
  const char* host;
  int family;
};
const ResolveCase kNumeric[] = {
    {"127.0.0.1", AF_INET},
    {"::1", AF_INET6},
    {"2001:db8::7", AF_INET6},
};
TEST(Resolve, takes_an_address_for_itself) {
  for (const ResolveCase& row : kNumeric) {
    const auto addresses = resolve({row.host, 8883}, Clock::now() + 20s);
    ASSERT_TRUE(addresses) << row.host << ": " << addresses.error().why;
    ASSERT_EQ(addresses->size(), 1U) << row.host;
    EXPECT_EQ(addresses->front().bytes.ss_family, row.family);
    EXPECT_EQ(addresses->front().text, row.host);
  }
}

TEST(Resolve, does_not_wait_for_the_resolver_beyond_its_deadline) {
  const auto addresses = resolve({"no-such-host.invalid", 8883}, Clock::now() - 1s);
  ASSERT_FALSE(addresses);
  EXPECT_TRUE(addresses.error().timed_out);
}

TEST(Dial, says_why_nobody_answers) {
  const auto addresses = resolve({"127.0.0.1", 1}, Clock::now() + 20s);
  ASSERT_TRUE(addresses);
  const auto socket = dial(addresses->front(), Clock::now() + 20s);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().why, "Connection refused");
  EXPECT_FALSE(socket.error().timed_out);
}

}  // namespace
}  // namespace tlswatch::check
