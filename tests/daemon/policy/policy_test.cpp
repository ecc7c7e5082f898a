// Profiles: which one is for a session, and what it does not allow.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/core/policy/verdict.h"
#include "daemon/core/wire/address_text.h"

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

struct RangeCase {
  const char* range;
  const char* address;
  bool inside;
};
const RangeCase kRanges[] = {
    {"10.0.0.7", "10.0.0.7", true},
    {"10.0.0.7", "10.0.0.8", false},
    {"10.1.0.0/16", "10.1.255.255", true},
    {"10.1.0.0/16", "10.2.0.0", false},
    {"192.168.4.128/25", "192.168.4.128", true},
    {"192.168.4.128/25", "192.168.4.127", false},
    {"10.1.2.3/8", "10.9.9.9", true},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"::/0", "10.0.0.7", false},
    {"10.0.0.0/8", "::ffff:10.0.0.7", true},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"2001:db8::1", "2001:db8::1", true},
};
TEST(AddressRanges, share_their_first_bits) {
  for (const RangeCase& c : kRanges) {
    const auto range = parse_address_range(c.range);
    const auto address = facts::parse_address(c.address);
    ASSERT_TRUE(range && address) << c.range << " and " << c.address;
    EXPECT_EQ(range->contains(*address), c.inside) << c.address << " in " << c.range;
  }
}
TEST(AddressRanges, that_are_none_are_not_read) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/256",
                           "10.0.0", "2001:db8::/129", "meter.example"})
    EXPECT_FALSE(parse_address_range(text)) << text;
}

/// Each row sets one condition, and two sessions that differ in it alone.
struct ConditionCase {
  const char* name;
  void (*condition)(Match&);
  void (*holds)(Who&);
  void (*differs)(Who&);
};
const ConditionCase kConditions[] = {
    {"listener", [](Match& m) { m.listener_ports = {8884}; }, [](Who& w) { w.listener_port = 8884; },
     [](Who& w) { w.listener_port = 8883; }},
    {"asks_mfln",
     [](Match& m) {
       m.mfln_requested = {0, 1024};
     },
     [](Who& w) { w.mfln_requested = 0; }, [](Who& w) { w.mfln_requested = 512; }},
    {"client_id",
     [](Match& m) {
       m.client_ids = {"x", "tas-*"};
     },
     [](Who& w) { w.client_id = "tas-1"; }, [](Who& w) { w.client_id = "dev-1"; }},
    {"user", [](Match& m) { m.users = {"meter?"}; }, [](Who& w) { w.user = "meter7"; },
     [](Who& w) { w.user = "meter77"; }},
    {"address", [](Match& m) { m.addresses = {*parse_address_range("10.1.0.0/16")}; },
     [](Who& w) { w.address = facts::parse_address("10.1.0.7"); },
     [](Who& w) { w.address = facts::parse_address("10.2.0.7"); }},
    {"ja4", [](Match& m) { m.ja4s = {"t12d*"}; },
     [](Who& w) { w.ja4 = "t12d010500_f06271c2b022_4a3b911c244e"; },
     [](Who& w) { w.ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1"; }},
    {"certificate_subject", [](Match& m) { m.certificate_subjects = {"CN=meter-*"}; },
     [](Who& w) { w.certificate_subject = "CN=meter-7,O=Acme"; },
     [](Who& w) { w.certificate_subject = "CN=boiler-7,O=Acme"; }},
    {"certificate_issuer", [](Match& m) { m.certificate_issuers = {"CN=Acme CA"}; },
     [](Who& w) { w.certificate_issuer = "CN=Acme CA"; },
     [](Who& w) { w.certificate_issuer = "CN=Other CA"; }},
};
class Conditions : public testing::TestWithParam<ConditionCase> {};
TEST_P(Conditions, hold_for_what_they_name_and_for_nothing_else) {
  Profiles profiles;
  profiles.profiles.emplace_back().name = "p";
  profiles.matches.emplace_back().profile = "p";
  GetParam().condition(profiles.matches.back());
  Who who;
  const bool means_none = std::string_view(GetParam().name) == "asks_mfln";  // 0 is an answer there
  EXPECT_EQ(select(profiles, who) != nullptr, means_none) << "what is not known does not hold";
  GetParam().holds(who);
  EXPECT_NE(select(profiles, who), nullptr);
  GetParam().differs(who);
  EXPECT_EQ(select(profiles, who), nullptr);
}
INSTANTIATE_TEST_SUITE_P(Policy, Conditions, testing::ValuesIn(kConditions),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Select, wants_every_condition_of_a_row) {
  Profiles profiles;
  profiles.profiles.emplace_back().name = "p";
  profiles.matches = {{"p", {8883}, {"tas-*"}, {}, {"meter"}}};
  EXPECT_NE(select(profiles, {8883, "tas-1", 0, "meter"}), nullptr);
  EXPECT_EQ(select(profiles, {8883, "tas-1", 0, "other"}), nullptr);
  EXPECT_EQ(select(profiles, {8884, "tas-1", 0, "meter"}), nullptr);
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
  p.chain_bytes = 2048;
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
  f.chain_bytes = 2048;
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
    {"a_longer_chain", [](SessionFacts& f) { f.chain_bytes = 2049; }, "server-chain",
     "a chain of at most 2048 bytes", "2049 bytes"},
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

TEST(Wanted, is_in_the_words_of_a_violation) {
  for (const ViolationCase& row : kViolations) {
    SessionFacts facts = good_session();
    row.change(facts);
    EXPECT_EQ(wanted(row.rule, small_device(), facts), row.wanted) << row.name;
  }
}

TEST(Wanted, is_nothing_where_the_profile_leaves_it_open) {
  for (const std::string_view rule : rules()) EXPECT_EQ(wanted(rule, Profile{}, SessionFacts{}), "") << rule;
  EXPECT_EQ(wanted("no-such-rule", small_device(), good_session()), "");
}

}  // namespace
}  // namespace tlswatch::policy
