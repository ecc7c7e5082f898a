// Profiles: which one is for a session, and what it does not allow.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/core/policy/verdict.h"

namespace tlswatch::policy {
namespace {

struct GlobCase {
  const char* pattern;
  const char* text;
  bool match;
};
const GlobCase kGlobs[] = {
    {"tasmota-*", "tasmota-42", true},
    {"tasmota-*", "tasmota", false},
    {"*", "", true},
    {"", "", true},
    {"", "x", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"*-*-*", "a-b-c", true},
    {"*ab", "aab", true},
    {"*a*b", "xxaxxb", true},
    {"*a*b", "xxaxx", false},
    {"a*", "b", false},
};
TEST(Glob, as_shells_have_it) {
  for (const GlobCase& c : kGlobs)
    EXPECT_EQ(glob(c.pattern, c.text), c.match) << c.pattern << " on " << c.text;
}

TEST(Glob, costs_little_on_hostile_text) {
  const std::string text(1024, 'a');
  EXPECT_FALSE(glob("*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(Select, takes_the_first_match_and_none_without_one) {
  Profiles profiles;
  profiles.profiles.resize(3);
  profiles.profiles[0].name = "by-port";
  profiles.profiles[1].name = "by-id";
  profiles.profiles[2].name = "by-mfln";
  profiles.matches = {
      {"by-port", {8884}, {}, {}}, {"by-id", {}, {"tas-*", "dev-?"}, {}}, {"by-mfln", {}, {}, {512, 1024}}};
  const auto name = [&](const Who& who) {
    const Profile* profile = select(profiles, who);
    return profile == nullptr ? std::string("none") : profile->name;
  };
  EXPECT_EQ(name({8884, "tas-1", 512}), "by-port");
  EXPECT_EQ(name({8883, "dev-1", 512}), "by-id");
  EXPECT_EQ(name({8883, "", 1024}), "by-mfln") << "the client id is not known during the handshake";
  EXPECT_EQ(name({8883, "other", 2048}), "none");
}

Profile small_device() {
  Profile p;
  p.name = "small";
  p.versions = {0x0303};
  p.cipher_suites = {0x009C};
  p.server_keys = {{"RSA", 2048, {}}, {"EC", 0, {"secp256r1"}}};
  p.signatures = {"SHA256-RSA"};
  p.mfln = {512, 1024};
  p.mfln_required = true;
  p.buffer_bytes = 1024;
  return p;
}

SessionFacts good_session() {
  SessionFacts f;
  f.established = true;
  f.version = 0x0303;
  f.cipher_suite = 0x009C;
  f.key_algorithm = "RSA";
  f.key_bits = 2048;
  f.signature = "SHA256-RSA";
  f.mfln_requested = 1024;
  f.mfln_negotiated = 1024;
  f.mfln_honoured = true;
  f.max_record_sent = 1024;
  f.records_over_buffer = 0;
  return f;
}

TEST(Judge, a_session_that_meets_the_profile_passes) {
  const Judgement j = judge(small_device(), good_session());
  EXPECT_EQ(j.verdict, Verdict::pass);
  EXPECT_TRUE(j.violations.empty());
}

struct ViolationCase {
  const char* name;
  void (*change)(SessionFacts&);
  const char* rule;
  const char* wanted;
  const char* seen;
};
const ViolationCase kViolations[] = {
    {"tls_1_3", [](SessionFacts& f) { f.version = 0x0304; }, "tls-version", "TLS 1.2", "TLS 1.3"},
    {"another_cipher", [](SessionFacts& f) { f.cipher_suite = 0xC02F; }, "cipher",
     "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {"an_unknown_kind_of_key", [](SessionFacts& f) { f.key_algorithm = "Ed25519"; }, "server-key-type",
     "RSA or EC secp256r1", "Ed25519"},
    {"another_curve",
     [](SessionFacts& f) {
       f.key_algorithm = "EC";
       f.key_curve = "secp384r1";
       f.key_bits = 384;
     },
     "server-key-type", "RSA or EC secp256r1", "EC secp384r1"},
    {"a_larger_key", [](SessionFacts& f) { f.key_bits = 4096; }, "server-key-size", "at most 2048 bits",
     "4096 bits"},
    {"another_signature", [](SessionFacts& f) { f.signature = "SHA384-RSA"; }, "signature-algorithm",
     "SHA256-RSA", "SHA384-RSA"},
    {"mfln_refused",
     [](SessionFacts& f) {
       f.mfln_negotiated.reset();
       f.mfln_honoured.reset();
     },
     "mfln", "512 or 1024", "none, though 1024 was asked for"},
    {"mfln_not_asked_for",
     [](SessionFacts& f) {
       f.mfln_requested.reset();
       f.mfln_negotiated.reset();
       f.mfln_honoured.reset();
     },
     "mfln", "512 or 1024", "none, and none was asked for"},
    {"mfln_of_another_size", [](SessionFacts& f) { f.mfln_negotiated = 4096; }, "mfln", "512 or 1024",
     "4096"},
    {"mfln_not_honoured",
     [](SessionFacts& f) {
       f.mfln_negotiated = 512;
       f.mfln_honoured = false;
       f.max_record_sent = 900;
     },
     "mfln-honoured", "records of at most 512 bytes", "a record of 900 bytes"},
    {"records_above_the_buffer",
     [](SessionFacts& f) {
       f.records_over_buffer = 3;
       f.max_record_sent = 4000;
     },
     "record-size", "records of at most 1024 bytes", "3 above it, the largest of 4000 bytes"},
};
class Violations : public testing::TestWithParam<ViolationCase> {};
TEST_P(Violations, are_one_a_fact_with_wanted_and_seen) {
  SessionFacts facts = good_session();
  GetParam().change(facts);
  const Judgement j = judge(small_device(), facts);
  EXPECT_EQ(j.verdict, Verdict::violation);
  ASSERT_EQ(j.violations.size(), 1U);
  EXPECT_EQ(j.violations[0].rule, GetParam().rule);
  EXPECT_EQ(j.violations[0].wanted, GetParam().wanted);
  EXPECT_EQ(j.violations[0].seen, GetParam().seen);
}
INSTANTIATE_TEST_SUITE_P(Policy, Violations, testing::ValuesIn(kViolations),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Judge, what_is_not_known_is_not_judged) {
  const Judgement j = judge(small_device(), SessionFacts{});
  EXPECT_EQ(j.verdict, Verdict::unknown);
  EXPECT_TRUE(j.violations.empty());
}

TEST(Judge, several_facts_give_several_violations_also_of_a_failed_handshake) {
  SessionFacts facts = good_session();
  facts.established = false;
  facts.version = 0x0304;
  facts.key_bits = 4096;
  const Judgement j = judge(small_device(), facts);
  EXPECT_EQ(j.verdict, Verdict::violation);
  EXPECT_EQ(j.violations.size(), 2U);
}

TEST(Rules, each_has_a_row_above) {
  for (const std::string_view rule : rules()) {
    EXPECT_TRUE(std::ranges::any_of(kViolations, [&](const ViolationCase& c) { return rule == c.rule; }))
        << rule;
  }
}

}  // namespace
}  // namespace tlswatch::policy
