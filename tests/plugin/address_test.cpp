#include "plugin/address.h"

#include <gtest/gtest.h>

namespace tlswatch::plugin {
namespace {

struct SameCase {
  const char* name;
  const char* a;
  const char* b;
  bool same;
};

const SameCase kSame[] = {
    {"the_same_v4", "10.0.0.7", "10.0.0.7", true},
    {"another_v4", "10.0.0.7", "10.0.0.8", false},
    {"the_same_v6", "2001:db8::1", "2001:db8:0::1", true},
    {"v4_and_its_mapped_form", "10.0.0.7", "::ffff:10.0.0.7", true},
    {"v4_and_a_v6_with_its_bytes", "10.0.0.7", "::10.0.0.7", false},
    {"nothing_is_like_nothing", "", "", false},
    {"no_address", "localhost", "localhost", false},
};

class SameAddress : public testing::TestWithParam<SameCase> {};

TEST_P(SameAddress, ComparesWithoutThePort) {
  Address a = parse_address(GetParam().a);
  const Address b = parse_address(GetParam().b);
  a.port = 1;
  EXPECT_EQ(same_address(a, b), GetParam().same);
  EXPECT_EQ(same_address(b, a), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(Table, SameAddress, testing::ValuesIn(kSame),
                         [](const auto& param) { return param.param.name; });

TEST(ParseAddress, TakesNothingForUnknown) {
  EXPECT_EQ(parse_address(nullptr).size, 0);
}

}  // namespace
}  // namespace tlswatch::plugin
