// What a failed scenario says: the line and the field.
#include "compare.h"

#include <gtest/gtest.h>

namespace tlswatch::scenarios {
namespace {

struct DiffCase {
  const char* name;
  std::vector<std::string> expected;
  std::vector<std::string> seen;
  const char* differences;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const DiffCase& row, std::ostream* out) {
  *out << row.name;
}

constexpr const char* kEnd = R"({"event":{"action":"session-end"},"tlswatch":{"session":"s1"}})";

const DiffCase kDiffs[] = {
    {"the_same", {R"({"a":{"b":1}})"}, {R"({"a":{"b":1}})"}, ""},
    {"another_value",
     {R"({"event":{"action":"tls-handshake"},"tlswatch":{"session":"s1","mfln":{"negotiated":512}}})"},
     {R"({"event":{"action":"tls-handshake"},"tlswatch":{"session":"s1","mfln":{"negotiated":null}}})"},
     "line 1 (tls-handshake, s1): tlswatch.mfln.negotiated: expected 512, seen null\n"},
    {"another_type", {R"({"a":1})"}, {R"({"a":"1"})"}, "line 1 (, ): a: expected 1, seen \"1\"\n"},
    {"a_field_is_missing",
     {R"({"a":1,"b":2})"},
     {R"({"a":1})"},
     "line 1 (, ): b: expected 2, seen nothing\n"},
    {"a_field_too_many", {R"({"a":1})"}, {R"({"a":1,"b":2})"}, "line 1 (, ): b: expected nothing, seen 2\n"},
    {"inside_an_array", {R"({"a":[1,2]})"}, {R"({"a":[1,3]})"}, "line 1 (, ): a[1]: expected 2, seen 3\n"},
    {"a_longer_array", {R"({"a":[1]})"}, {R"({"a":[1,3]})"}, "line 1 (, ): a: expected [1], seen [1,3]\n"},
    {"a_line_is_missing",
     {R"({"a":1})", kEnd},
     {R"({"a":1})"},
     "line 2 is missing: {\"event\":{\"action\":\"session-end\"},\"tlswatch\":{\"session\":\"s1\"}}\n"},
    {"a_line_too_many", {}, {R"({"a":1})"}, "line 1 is not expected: {\"a\":1}\n"},
};

class Differences : public testing::TestWithParam<DiffCase> {};

TEST_P(Differences, One) {
  EXPECT_EQ(differences(GetParam().expected, GetParam().seen), GetParam().differences);
}

INSTANTIATE_TEST_SUITE_P(Log, Differences, testing::ValuesIn(kDiffs),
                         [](const testing::TestParamInfo<DiffCase>& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::scenarios
