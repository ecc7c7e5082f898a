// Rows as JSON: what is outside text, what is not known, what a diagnosis says.
#include <gtest/gtest.h>

#include "daemon/view/answers.h"
#include "daemon/view/rows_json.h"
#include "http/openapi.h"
#include "support/schema.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kAt = 1'795'582'354'189'316'746;
constexpr const char* kDiagnosis =
    R"({"@timestamp":"2026-11-25T04:52:34.189316746Z","event":{"action":"diagnosis"},"message":"lamp: no luck",)"
    R"("tlswatch":{"sessions":["e:1:2"],"identity":{"how":"report","proof":"none","confidence":0.9,)"
    R"("candidates":["plug"]},"cause":"no-shared-cipher","confidence":0.98,)"
    R"("fix":"The key is EC (x509.pem). Issue an RSA one. Reload.","evidence":[{"side":"broker","what":"no"}],)"
    R"("alternatives":[{"cause":"scanner","confidence":0.1}],"incident":"e:i1","count":3}})";

store::LineRow diagnosis(std::string json = kDiagnosis) {
  return {kAt, "diagnosis", "e:1:2", std::move(json)};
}

/// Of which nothing else is known.
store::DeviceRow lamp() {
  store::DeviceRow out;
  out.outside_id = "lamp";
  return out;
}

/// A value under "v".
template <typename Write>
std::string written(Write write) {
  log::JsonWriter j;
  j.begin();
  write(j);
  return value_at(j.end(), "v");
}

struct IdCase {
  const char* name;
  std::string id;
  std::string json;
};
const IdCase kIds[] = {
    {"plain", "lamp", R"("lamp")"},        {"quotes_and_backslashes", "a\"b\\c", R"("a\"b\\c")"},
    {"markup_is_text", "<b>", R"("<b>")"}, {"letters_of_any_script", "\u0444\u00E4", "\"\u0444\u00E4\""},
    {"nobody_knows_it", "", "null"},       {"bytes_that_are_no_utf_8", "a\xFFz", "\"a\uFFFDz\""},
};
class Ids : public testing::TestWithParam<IdCase> {};
TEST_P(Ids, are_told_exactly) {
  EXPECT_EQ(written([](log::JsonWriter& j) { view::write_id(j, "v", GetParam().id); }), GetParam().json);
}
INSTANTIATE_TEST_SUITE_P(View, Ids, testing::ValuesIn(kIds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Ids, escape_what_steers_a_text) {
  log::JsonWriter j;
  j.begin();
  view::write_id(j, "v", "a\u202Eb\u200B\U000E0041");
  EXPECT_EQ(j.end(), "{\"v\":\"a\\u202Eb\\u200B\\uDB40\\uDC41\"}\n");
}

TEST(Times, have_milliseconds_or_are_null) {
  EXPECT_EQ(view::time_text(kAt), "2026-11-25T04:52:34.189Z");
  EXPECT_EQ(view::time_text(1'000'000'000), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(written([](log::JsonWriter& j) { view::write_time(j, "v", 0); }), "null");
}

TEST(Rows, of_which_nothing_is_known_are_right_all_the_same) {
  const view::DeviceStory story{lamp(), {store::SessionRow{}}, {store::LineRow{}}};
  EXPECT_EQ(openapi_violations("DeviceStories", view::device_json({story})), "");
  EXPECT_EQ(openapi_violations("Incidents", view::incidents_json({{store::IncidentRow{}}, {}})), "");
  EXPECT_EQ(openapi_violations("IncidentStory", view::incident_json({}, {{}}, {{}}, {})), "");
  EXPECT_EQ(openapi_violations("Certificates", view::certificates_json({{}})), "");
  EXPECT_EQ(openapi_violations("ComplianceRows", view::compliance_json({{}})), "");
  EXPECT_EQ(openapi_violations("Hours", view::hours_json({{}})), "");
  EXPECT_EQ(openapi_violations("Totals", view::totals_json({}, "1", {})), "");
}

TEST(Rows, of_which_all_is_known_are_right) {
  store::DeviceRow device;
  device.outside_id = "lamp";
  device.first_seen_ns = device.last_failure_ns = kAt;
  device.tls = {.version = "1.2",
                .cipher = "TLS_X",
                .cipher_bits = 128,
                .curve = "x25519",
                .resumed = true,
                .mfln_requested = 512,
                .mfln_negotiated = 512,
                .max_record_sent = 512,
                .mfln_honoured = true,
                .key_algorithm = "RSA",
                .key_bits = 2048};
  device.policy = {"tasmota-esp8266", "violation", {"mfln: wanted 1024, seen 512"}};
  store::SessionRow session;
  session.id = "e:1:2";
  session.started_ns = kAt;
  session.handshake_ns = 412'345'678;
  session.tls = device.tls;
  session.alerts = {"received unknown_ca"};
  const std::string json = view::device_json({{device, {session}, {diagnosis()}}});
  EXPECT_EQ(openapi_violations("DeviceStories", json), "") << json;
  EXPECT_NE(json.find("\"handshake_ms\":412.345"), std::string::npos) << json;
}

TEST(Why, is_what_the_latest_diagnosis_says) {
  store::LineRow report{kAt + 1, "device-report", "", R"({"@timestamp":"x","event":{},"message":"m"})"};
  rapidjson::Document document;
  document.Parse(view::device_json({{{}, {}, {report, diagnosis()}}}).c_str());
  const auto& one = document["devices"][0];
  EXPECT_STREQ(one["why"]["meaning"].GetString(), "The key is EC (x509.pem).");
  EXPECT_STREQ(one["why"]["fix"].GetString(), "Issue an RSA one. Reload.");
  EXPECT_STREQ(one["why"]["cause"].GetString(), "no-shared-cipher");
  EXPECT_EQ(one["why"]["confidence"].GetDouble(), 0.98);
  EXPECT_STREQ(one["why"]["identity"]["candidates"][0].GetString(), "plug");
  EXPECT_STREQ(one["why"]["sessions"][0].GetString(), "e:1:2");
  EXPECT_STREQ(one["timeline"][0]["side"].GetString(), "device") << "the latest first";
  EXPECT_STREQ(one["timeline"][1]["text"].GetString(), "lamp: no luck");
}

TEST(Why, is_null_where_the_line_is_damaged) {
  for (const char* const json : {"", "{", "[]", "{\"tlswatch\":7", "\xFF", "{\"event\":{}}"}) {
    EXPECT_EQ(written([&](log::JsonWriter& j) { view::write_why(j.key("v"), diagnosis(json)); }), "null")
        << json;
    const std::string all = view::device_json({{{}, {}, {diagnosis(json)}}});
    EXPECT_NE(value_at(all, "devices"), "absent") << "the answer stays JSON: " << all;
  }
}

TEST(Why, has_room_for_all_types_where_a_line_has_wrong_ones) {
  const std::string json = view::device_json(
      {{lamp(),
        {},
        {diagnosis(
            R"({"@timestamp":1,"event":{},"tlswatch":{"cause":7,"fix":[],"confidence":"x","evidence":{"a":1},)"
            R"("identity":3,"sessions":[1]}})")}}});
  EXPECT_EQ(openapi_violations("DeviceStories", json), "") << json;
}

TEST(Advice, parts_what_it_means_from_what_to_do) {
  EXPECT_EQ(view::advice("A. Do b. Do c.").meaning, "A.");
  EXPECT_EQ(view::advice("A. Do b. Do c.").fix, "Do b. Do c.");
  EXPECT_EQ(view::advice("See x509.pem now.").meaning, "See x509.pem now.");
  EXPECT_EQ(view::advice("See x509.pem now.").fix, "See x509.pem now.");
}

TEST(Advice, of_a_cause_stands_in_where_no_diagnosis_is_kept) {
  diagnose::Knowledge knowledge;
  knowledge.rules.resize(3);
  knowledge.rules[0].cause = knowledge.rules[1].cause = knowledge.rules[2].cause = "scanner";
  knowledge.rules[0].benign = true;
  knowledge.rules[0].fix = "Nothing to mend.";
  knowledge.rules[1].fix = "It scans. Lock it out.";
  knowledge.rules[2].fix = "Another.";
  store::IncidentRow incident;
  incident.cause = "scanner";
  const auto fixes = view::fix_by_cause(knowledge);
  EXPECT_EQ(value_at(view::incident_json(incident, {}, {}, fixes), "fix"), "\"Lock it out.\"");
  EXPECT_EQ(value_at(view::incident_json(incident, {}, {diagnosis()}, fixes), "meaning"),
            "\"The key is EC (x509.pem).\"");
}

struct SentenceCase {
  const char* name;
  store::SessionRow session;
  const char* sentence;
};
TEST(Sessions, are_told_in_a_sentence) {
  store::SessionRow good;
  good.ip = "10.0.0.7";
  good.established = true;
  good.tls.version = "1.2";
  good.started_ns = kAt;
  store::SessionRow ended = good;
  ended.ended_ns = kAt + 9'000'000'000;
  ended.end_reason = "disconnect";
  store::SessionRow failed;
  failed.ip = "10.0.0.7";
  failed.stage = "client-hello";
  failed.cause = "no-shared-cipher";
  failed.outside_openssl = "no shared\x1B[31m cipher";
  const SentenceCase cases[] = {
      {"open", good, "TLS 1.2 session from 10.0.0.7"},
      {"ended", ended, "TLS 1.2 session from 10.0.0.7 for 9 s, ended: disconnect"},
      {"failed", failed,
       "Handshake from 10.0.0.7 failed after client-hello: no-shared-cipher (OpenSSL: no shared\uFFFD[31m "
       "cipher)"},
      {"nothing known", {}, "Handshake failed"},
  };
  for (const SentenceCase& one : cases)
    EXPECT_EQ(view::session_sentence(one.session), one.sentence) << one.name;
}

}  // namespace
}  // namespace tlswatch::test
