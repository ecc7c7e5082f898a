// A comparison that hides a wrong value is worse than none: what a placeholder may stand for, and what not.
#include "normalise.h"

#include <gtest/gtest.h>

namespace tlswatch::scenarios {
namespace {

using harness::Event;

struct FieldCase {
  const char* name;
  const char* line;
  const char* normalised;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const FieldCase& row, std::ostream* out) {
  *out << row.name;
}

const FieldCase kFields[] = {
    {"a_time_is_replaced", R"({"@timestamp":"2026-01-02T03:04:05.678Z"})", R"({"@timestamp":"<time>"})"},
    {"another_text_is_no_time", R"({"@timestamp":"yesterday"})", R"({"@timestamp":"yesterday"})"},
    {"a_clock_in_1970_stays", R"({"tlswatch":{"device_error":{"at":"1970-01-01T00:01:00Z"}}})",
     R"({"tlswatch":{"device_error":{"at":"1970-01-01T00:01:00Z"}}})"},
    {"a_source_port_is_replaced", R"({"source":{"port":41022}})", R"({"source":{"port":"<port>"}})"},
    {"an_unknown_source_port_stays", R"({"source":{"port":null}})", R"({"source":{"port":null}})"},
    {"a_source_port_of_zero_stays", R"({"source":{"port":0}})", R"({"source":{"port":0}})"},
    {"a_listener_is_named", R"({"destination":{"port":8883}})",
     R"({"destination":{"port":"<port of tls>"}})"},
    {"no_listener_stays", R"({"destination":{"port":1883}})", R"({"destination":{"port":1883}})"},
    {"a_duration_of_zero_stays", R"({"event":{"duration":0}})", R"({"event":{"duration":0}})"},
    {"a_negative_duration_stays", R"({"event":{"duration":-5}})", R"({"event":{"duration":-5}})"},
    {"mfln_is_literal", R"({"tlswatch":{"mfln":{"negotiated":512}}})",
     R"({"tlswatch":{"mfln":{"negotiated":512}}})"},
    {"a_session_gets_its_number", R"({"tlswatch":{"session":"x-1-2"}})", R"({"tlswatch":{"session":"s1"}})"},
    {"what_varies_is_replaced", R"({"tls":{"odd":7}})", R"({"tls":{"odd":"<varies>"}})"},
    {"members_are_sorted", R"({"b":1,"a":[{"d":1,"c":2}]})", R"({"a":[{"c":2,"d":1}],"b":1})"},
    {"ports_in_sentences", R"({"message":"from 127.0.0.1:41022, ok"})",
     R"({"message":"from 127.0.0.1:<port>, ok"})"},
};

class Normalise : public testing::TestWithParam<FieldCase> {};

TEST_P(Normalise, One) {
  const std::vector<std::string> lines =
      normalise({Event(GetParam().line)}, {.listeners = {{std::uint16_t{8883}, "tls"}}, .vary = {"tls.odd"}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], GetParam().normalised);
}

INSTANTIATE_TEST_SUITE_P(Field, Normalise, testing::ValuesIn(kFields),
                         [](const testing::TestParamInfo<FieldCase>& row) { return row.param.name; });

TEST(NormaliseOrder, by_session_then_by_sequence) {
  const std::vector<Event> events = {
      Event(R"({"event":{"sequence":3},"n":"b-start","tlswatch":{"session":"b"}})"),
      Event(R"({"event":{"sequence":5},"n":"a-end","tlswatch":{"session":"a"}})"),
      Event(R"({"event":{"sequence":4},"n":"a-start","tlswatch":{"session":"a"}})"),
      Event(R"({"event":{"sequence":6},"n":"b-why","tlswatch":{"sessions":["b"]}})"),
  };
  std::string order;
  for (const std::string& line : normalise(events, {})) order += Event(line).text("n") + " ";
  EXPECT_EQ(order, "b-start b-why a-start a-end ");
}

}  // namespace
}  // namespace tlswatch::scenarios
