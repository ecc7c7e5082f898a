// Records in, events out: each stage over plain structs, without files or JSON.
#include "daemon/core/event/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/draft.h"

namespace tlswatch::test {
namespace {

using namespace event;  // NOLINT: the subject

/// Bench keeps copies of what is worth looking at: events live only until emit returns.
class Bench {
 public:
  explicit Bench(bool passwords_checked = false) : broker_{0, "edge-1", passwords_checked} {
    profiles_.profiles.emplace_back().name = "tiny";
    profiles_.profiles.back().buffer_bytes = 1024;
    profiles_.matches = {{"tiny", {8883}, {}, {}}};
    Pipeline::Settings settings;
    settings.profiles = &profiles_;
    settings.knowledge = &knowledge_;
    pipeline_ = std::make_unique<Pipeline>(settings);
  }
  diagnose::Knowledge& knowledge() { return knowledge_; }
  Pipeline& pipeline() { return *pipeline_; }
  policy::Profiles& profiles() { return profiles_; }

  /// Takes a record and returns the events of type T it gave; `count` says how many of any type.
  template <typename T, typename Look>
  void take(Draft& draft, Look look) {
    std::size_t met = 0;
    count_ = 0;
    const Emit emit = [&](const Event& event) {
      ++count_;
      if (const T* e = std::get_if<T>(&event)) {
        ++met;
        look(*e);
      }
    };
    pipeline_->take(broker_, 0x77, draft.record(++sequence_), emit);
    EXPECT_EQ(met, 1U);
  }
  std::size_t take(Draft& draft) {
    count_ = 0;
    pipeline_->take(broker_, 0x77, draft.record(++sequence_), [this](const Event&) { ++count_; });
    return count_;
  }
  /// All events from the next one to `to` are lost.
  void lose(std::uint64_t to) {
    pipeline_->lost(broker_, 0x77, sequence_ + 1, to, kTime, [](const Event&) {});
    sequence_ = to;
  }
  std::size_t count() const { return count_; }

 private:
  Broker broker_;
  policy::Profiles profiles_;
  diagnose::Knowledge knowledge_;
  std::unique_ptr<Pipeline> pipeline_;
  std::uint64_t sequence_ = 0;
  std::size_t count_ = 0;
};

Draft& tls13(Draft& draft, std::string_view psk, std::uint32_t age, std::optional<std::uint16_t> selected,
             std::uint8_t flags) {
  draft.peer().local().role().outcome({.flags = flags, .version = 0x0304, .suite = 0x1301});
  draft.bytes(wire::Section::client_hello,
              client_hello({.suites = {0x1301}, .versions = {0x0304}, .psk_identity = psk, .psk_age = age}));
  draft.bytes(wire::Section::server_hello,
              server_hello({.suite = 0x1301, .tls13 = true, .selected_psk = selected}));
  return draft;
}

TEST(Pipeline, on_tls_1_3_an_external_psk_is_named_and_not_taken_for_a_resumption) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  tls13(draft, "boiler-7", 0, 0, wire::kEstablished | wire::kResumed);
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) {
    EXPECT_FALSE(e.resumed);
    EXPECT_EQ(e.outside_psk_identity, "boiler-7");
  });
}

TEST(Pipeline, on_tls_1_3_a_ticket_is_a_resumption_and_no_identity) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  const std::string ticket(192, '\xA7');
  tls13(draft, ticket, 1234, 0, wire::kEstablished | wire::kResumed);
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) {
    EXPECT_TRUE(e.resumed);
    EXPECT_FALSE(e.outside_psk_identity);
  });
}

TEST(Pipeline, a_psk_that_the_server_did_not_take_is_not_this_session_s_identity) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  tls13(draft, "boiler-7", 0, {}, wire::kEstablished);
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) { EXPECT_FALSE(e.outside_psk_identity); });
}

TEST(Pipeline, an_unknown_psk_on_tls_1_3_names_the_device_of_the_failure) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  draft.peer().local().role().failed(wire::Stage::client_hello);
  draft.bytes(wire::Section::client_hello,
              client_hello({.suites = {0x1301}, .versions = {0x0304}, .psk_identity = "boiler-7"}));
  bench.take<Diagnosis>(draft, [](const Diagnosis& e) {
    EXPECT_EQ(e.outside_device_id, "boiler-7");
    EXPECT_EQ(e.who.how, How::psk);
    EXPECT_EQ(e.who.proof, Proof::none) << "nothing was proved";
    EXPECT_EQ(e.identity_confidence, 0.5) << "so it is a claim";
    EXPECT_EQ(e.cause, "unknown");
    EXPECT_FALSE(e.evidence.empty());
  });
}

TEST(Pipeline, a_handshake_without_its_messages_gives_its_facts) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  draft.peer().outcome({.flags = wire::kEstablished | wire::kUnwatchedBuffer, .mfln = 1});
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) {
    EXPECT_EQ(e.header.outcome, Outcome::success);
    EXPECT_EQ(e.mfln.negotiated, 512);
    EXPECT_FALSE(e.mfln.requested);
    EXPECT_FALSE(e.ja4);
  });
}

TEST(Pipeline, messages_that_are_none_are_counted_and_cost_nothing_else) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  draft.peer()
      .outcome({})
      .text(wire::Section::client_hello, "no hello")
      .text(wire::Section::server_hello, "neither");
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) { EXPECT_TRUE(e.established); });
  EXPECT_EQ(bench.pipeline().counters().unreadable_messages, 2U);
}

TEST(Pipeline, a_bridge_is_marked_and_neither_judged_nor_diagnosed) {
  Bench bench;
  Draft draft(wire::RecordType::handshake, 1);
  draft.peer().local().role(wire::Role::bridge).failed(wire::Stage::server_hello);
  bench.take<TlsHandshake>(draft, [](const TlsHandshake& e) {
    EXPECT_TRUE(e.bridge);
    EXPECT_EQ(e.policy.profile, nullptr);
  });
  EXPECT_EQ(bench.count(), 1U);
}

struct MarkCase {
  const char* name;
  std::string_view mark;
  bool is_check;
};
const MarkCase kMarks[] = {
    {"no mark", "", false},
    {"the mark", "tlswatch-check", true},
    {"a longer one", "tlswatch-checks", false},
    {"a shorter one", "tlswatch", false},
};
TEST(Pipeline, a_check_is_marked_and_neither_judged_nor_diagnosed) {
  for (const MarkCase& row : kMarks) {
    SCOPED_TRACE(row.name);
    Bench bench;
    Draft failed(wire::RecordType::handshake, 1);
    failed.peer().local().role().failed(wire::Stage::server_hello);
    failed.bytes(wire::Section::client_hello, client_hello({.check_mark = row.mark}));
    bench.take<TlsHandshake>(failed, [&](const TlsHandshake& e) {
      EXPECT_EQ(e.check, row.is_check);
      EXPECT_EQ(e.policy.profile == nullptr, row.is_check);
    });
    EXPECT_EQ(bench.count() == 1, row.is_check) << "else a diagnosis follows";

    Draft good(wire::RecordType::handshake, 2);
    good.peer().local().role().outcome({});
    good.bytes(wire::Section::client_hello, client_hello({.check_mark = row.mark}));
    bench.take<TlsHandshake>(good, [](const TlsHandshake&) {});
    Draft named(wire::RecordType::identified, 2);
    named.identity(wire::Evidence::ex_data, 0).text(wire::Section::client_id, "d");
    bench.take<MqttIdentified>(named, [&](const MqttIdentified& e) { EXPECT_EQ(e.check, row.is_check); });
    Draft end(wire::RecordType::session_end, 2);
    bench.take<SessionEnd>(end, [&](const SessionEnd& e) {
      EXPECT_EQ(e.check, row.is_check);
      EXPECT_EQ(e.policy.profile == nullptr, row.is_check);
    });
  }
}

class Evidences : public testing::TestWithParam<wire::Evidence> {};
TEST_P(Evidences, do_not_change_that_an_id_comes_from_the_session_s_own_connect) {
  Bench bench;
  Draft draft(wire::RecordType::identified, 1);
  draft.identity(GetParam(), wire::kHasCertificate).text(wire::Section::client_id, "d");
  bench.take<MqttIdentified>(draft, [](const MqttIdentified& e) {
    EXPECT_EQ(e.who.how, How::session);
    EXPECT_EQ(e.who.proof, Proof::certificate);
  });
}
INSTANTIATE_TEST_SUITE_P(Pipeline, Evidences,
                         testing::Values(wire::Evidence::ex_data, wire::Evidence::certificate,
                                         wire::Evidence::disconnect_free, wire::Evidence::last_read));

TEST(Pipeline, a_refused_login_names_its_user_and_no_device) {
  Bench bench;
  bench.knowledge().rules.push_back(
      {"refused", diagnose::BrokerPattern{}, {}, "credentials-refused", 1, "", {}});
  bench.knowledge().rules.back().broker->end_reasons = {"credentials-refused"};
  const auto refused = [](Draft& draft) -> Draft& {
    draft.peer().outcome({}).identity(wire::Evidence::disconnect_free).disconnect(-1);
    return draft.text(wire::Section::username, "alice");
  };
  Draft draft(wire::RecordType::session_end, 9);
  bench.take<SessionEnd>(refused(draft), [](const SessionEnd& e) {
    EXPECT_EQ(e.reason, "credentials-refused");
    EXPECT_EQ(e.outside_device_id, "");
    EXPECT_EQ(e.outside_user, "alice");
  });
  Draft again(wire::RecordType::session_end, 9);
  bench.take<Diagnosis>(refused(again), [](const Diagnosis& e) {
    EXPECT_EQ(e.who.how, How::unknown);
    EXPECT_EQ(e.who.proof, Proof::none);
    EXPECT_EQ(e.identity_confidence, 0);
    EXPECT_TRUE(
        std::ranges::any_of(e.evidence, [](const auto& piece) { return piece.what == "user name 'alice'"; }));
  });
}

// As Mosquitto 2.0 leaves it: the socket is closed first, and the client's websocket is forgotten.
TEST(Pipeline, a_goodbye_over_websockets_is_one) {
  Bench bench;
  Draft identified(wire::RecordType::identified, 9);
  identified.role(wire::Role::server, wire::Transport::websockets).identity(wire::Evidence::last_read);
  bench.take(identified.text(wire::Section::client_id, "page"));
  Draft draft(wire::RecordType::session_end, 9);
  draft.role().outcome({}).timing(1000).alert(wire::Direction::sent, 1, 0);
  draft.traffic({.last_in = 8 + 8 + 16});
  bench.take<SessionEnd>(draft, [](const SessionEnd& e) { EXPECT_EQ(e.reason, "disconnect"); });
}

struct StopCase {
  const char* name;
  wire::RecordType last;  ///< what the broker says in the end
  std::uint64_t lost_to;  ///< 0: nothing was lost
  bool seen_after;        ///< the session was seen again behind the loss
  const char* reason;
  bool timed;
};
const StopCase kStops[] = {
    {"said", wire::RecordType::broker_stop, 0, false, "broker-stopped", true},
    {"to_be_concluded_from_a_start", wire::RecordType::broker_start, 0, false, "broker-stopped", false},
    {"not_known_where_the_end_may_be_lost", wire::RecordType::broker_stop, 5, false, "unknown", false},
    {"not_known_where_a_crash_and_a_loss_meet", wire::RecordType::broker_start, 5, false, "unknown", false},
    {"said_of_a_session_that_outlived_the_loss", wire::RecordType::broker_stop, 5, true, "broker-stopped",
     true},
};
class Stops : public testing::TestWithParam<StopCase> {};
TEST_P(Stops, of_the_broker_are_a_reason_where_that_is_known) {
  Bench bench;
  Draft handshake(wire::RecordType::handshake, 3);
  bench.take(handshake.peer().outcome({}).timing(1000));
  if (GetParam().lost_to != 0) bench.lose(GetParam().lost_to);
  if (GetParam().seen_after) {
    Draft identified(wire::RecordType::identified, 3);
    bench.take(identified.identity(wire::Evidence::ex_data).text(wire::Section::client_id, "d"));
  }
  Draft last(GetParam().last, 0, kTime + 1000);
  bench.take<SessionEnd>(last, [](const SessionEnd& e) {
    EXPECT_EQ(e.reason, GetParam().reason);
    EXPECT_EQ(e.duration_ns.has_value(), GetParam().timed);
  });
}
INSTANTIATE_TEST_SUITE_P(Pipeline, Stops, testing::ValuesIn(kStops),
                         [](const auto& row) { return std::string(row.param.name); });

struct ClockCase {
  const char* name;
  const char* t;
  bool set;
};
const ClockCase kClocks[] = {
    {"zero", "0", false},         {"a_minute_into_1970", "60", false},
    {"2000", "946684800", false}, {"the_last_second_of_2023", "1704067199", false},
    {"2024", "1704067200", true},
};
class Clocks : public testing::TestWithParam<ClockCase> {};
TEST_P(Clocks, that_show_an_impossible_date_were_not_set) {
  Bench bench;
  bench.knowledge().rules.push_back(
      {"clock", {}, {diagnose::DevicePattern{}}, "device-clock-wrong", 1, "", {}});
  bench.knowledge().rules.back().device.front().clock_set = false;
  Draft draft(wire::RecordType::device_report, 4);
  draft.text(wire::Section::client_id, "d").text(wire::Section::topic, "tlswatch/report/d");
  draft.text(
      wire::Section::payload,
      R"({"v":1,"era":1,"boot":1,"up":9,"errs":[{"s":"bearssl","seq":1,"ph":"tls","c":54,"d":0,"n":1,"t":)" +
          std::string(GetParam().t) + "}]}");
  bench.take<Diagnosis>(draft, [](const Diagnosis& e) {
    EXPECT_EQ(e.cause == "device-clock-wrong", !GetParam().set) << e.cause;
  });
}
INSTANTIATE_TEST_SUITE_P(Pipeline, Clocks, testing::ValuesIn(kClocks),
                         [](const auto& row) { return std::string(row.param.name); });

struct ProofCase {
  const char* name;
  bool checked;
  std::uint8_t flags;
  const char* user;
  Proof proof;
};
const ProofCase kProofs[] = {
    {"a_client_id_alone_is_a_claim", false, 0, "", Proof::none},
    {"a_user_name_proves_nothing_where_nobody_says_that_it_is_checked", false, 0, "anna", Proof::none},
    {"a_user_name_proves_a_password_where_it_is_checked", true, 0, "anna", Proof::password},
    {"no_user_name_proves_no_password", true, 0, "", Proof::none},
    {"a_certificate_is_the_better_proof", true, wire::kHasCertificate, "anna", Proof::certificate},
    {"a_psk_proves_itself", false, wire::kHasPsk, "", Proof::psk},
};
class Proofs : public testing::TestWithParam<ProofCase> {};
TEST_P(Proofs, stand_behind_an_identity) {
  Bench bench(GetParam().checked);
  Draft draft(wire::RecordType::identified, 1);
  draft.identity(wire::Evidence::ex_data, GetParam().flags).text(wire::Section::client_id, "d");
  if (GetParam().user[0] != '\0') draft.text(wire::Section::username, GetParam().user);
  bench.take<MqttIdentified>(draft, [](const MqttIdentified& e) {
    EXPECT_EQ(e.who.proof, GetParam().proof);
    EXPECT_EQ(e.who.how, How::session);
  });
}
INSTANTIATE_TEST_SUITE_P(Pipeline, Proofs, testing::ValuesIn(kProofs),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pipeline, an_identity_is_said_again_when_corrected_and_not_when_only_better_known) {
  Bench bench;
  const auto identified = [&](wire::Evidence evidence, const char* id) {
    Draft draft(wire::RecordType::identified, 1);
    draft.identity(evidence).text(wire::Section::client_id, id);
    return bench.take(draft);
  };
  EXPECT_EQ(identified(wire::Evidence::last_read, "a"), 1U) << "provisional, but said";
  EXPECT_EQ(identified(wire::Evidence::disconnect_free, "a"), 0U);
  EXPECT_EQ(identified(wire::Evidence::disconnect_free, "b"), 1U);
}

TEST(Pipeline, a_session_end_needs_nothing_but_its_record) {
  Bench bench;
  Draft draft(wire::RecordType::session_end, 9);
  draft.peer().outcome({.mfln = 2}).timing(1000).tcp(7).traffic({.in = 5, .out = 6}).disconnect(-1);
  draft.text(wire::Section::client_id, "boiler-9");
  bench.take<SessionEnd>(draft, [](const SessionEnd& e) {
    EXPECT_EQ(e.reason, "reset");
    EXPECT_EQ(e.outside_device_id, "boiler-9");
    EXPECT_EQ(e.duration_ns, 1000U);
    EXPECT_EQ(e.bytes_in, 5U);
    EXPECT_EQ(e.bytes_out, 6U);
    EXPECT_EQ(e.mfln.negotiated, 1024);
  });
}

TEST(Pipeline, a_session_end_knows_what_was_seen_of_its_session) {
  Bench bench;
  Draft handshake(wire::RecordType::handshake, 3);
  handshake.peer().local(8883).outcome({.mfln = 2});
  handshake.bytes(wire::Section::client_hello, client_hello({.mfln = 2}));
  bench.take(handshake);
  Draft identified(wire::RecordType::identified, 3);
  identified.identity(wire::Evidence::last_read, 0, 10).text(wire::Section::client_id, "boiler-3");
  bench.take(identified);
  Draft end(wire::RecordType::session_end, 3);
  end.outcome({.mfln = 2}).tcp(1, 0, 16'000).traffic({.over = {0, 2, 0, 0}});
  bench.take<SessionEnd>(end, [](const SessionEnd& e) {
    EXPECT_EQ(e.reason, "keepalive-timeout");
    EXPECT_EQ(e.outside_device_id, "boiler-3");
    EXPECT_EQ(e.source->port, 41022);
    EXPECT_EQ(e.mfln.requested, 1024);
    EXPECT_EQ(e.mfln.honoured, false);
    EXPECT_EQ(e.mfln.records_over_buffer, 2U);
  });
}

/// A session whose profile is known by its user only; the broker's largest record is `largest` bytes long.
void judge_by_user(Bench& bench, const char* user, const char* profile_at_login, std::uint16_t largest,
                   policy::Verdict at_end) {
  bench.profiles().profiles.emplace_back().name = "roomy";
  bench.profiles().matches.insert(bench.profiles().matches.begin(), {"roomy", {}, {}, {}, {"big-*"}});
  Draft handshake(wire::RecordType::handshake, 3);
  handshake.peer().local(8883).outcome({}).traffic({.largest_plain = 900});
  bench.take<TlsHandshake>(handshake, [](const TlsHandshake& e) {
    ASSERT_NE(e.policy.profile, nullptr);
    EXPECT_EQ(e.policy.profile->name, "tiny");
    EXPECT_EQ(e.policy.verdict, policy::Verdict::pass);
  });
  Draft identified(wire::RecordType::identified, 3);
  identified.identity(wire::Evidence::last_read).text(wire::Section::client_id, "boiler-3");
  identified.text(wire::Section::username, user);
  bench.take<MqttIdentified>(identified, [&](const MqttIdentified& e) {
    EXPECT_EQ(e.policy.profile == nullptr ? "" : e.policy.profile->name, profile_at_login);
  });
  Draft end(wire::RecordType::session_end, 3);
  end.outcome({}).tcp(7).traffic({.largest_plain = largest, .over = {2, 1, 0, 0}});
  bench.take<SessionEnd>(end, [&](const SessionEnd& e) {
    ASSERT_NE(e.policy.profile, nullptr);
    EXPECT_EQ(e.policy.verdict, at_end);
    EXPECT_EQ(e.policy.violations.size(), at_end == policy::Verdict::violation ? 1U : 0U);
  });
}

TEST(Pipeline, without_mfln_a_record_above_the_buffer_is_a_violation_at_the_session_s_end) {
  Bench bench;
  judge_by_user(bench, "small-1", "", 3000, policy::Verdict::violation);
}

TEST(Pipeline, a_login_that_changes_the_profile_changes_the_verdict) {
  Bench bench;
  judge_by_user(bench, "big-1", "roomy", 3000, policy::Verdict::pass);
}

TEST(Pipeline, a_session_whose_handshake_was_not_seen_does_not_pass) {
  Bench bench;
  Draft identified(wire::RecordType::identified, 4);
  identified.identity(wire::Evidence::last_read).text(wire::Section::client_id, "boiler-4");
  bench.take(identified);
  bench.profiles().matches = {{"tiny"}};
  Draft end(wire::RecordType::session_end, 4);
  end.outcome({}).tcp(7).traffic({.largest_plain = 900});
  bench.take<SessionEnd>(end,
                         [](const SessionEnd& e) { EXPECT_EQ(e.policy.verdict, policy::Verdict::unknown); });
}

TEST(Pipeline, a_report_over_a_bridge_says_so_and_confirms_nothing) {
  Bench bench;
  Draft draft(wire::RecordType::device_report, 4);
  draft.identity(wire::Evidence::ex_data, wire::kViaBridge).text(wire::Section::client_id, "bridge-1");
  draft.text(wire::Section::topic, "tlswatch/report/boiler-4");
  draft.text(wire::Section::payload,
             R"({"v":1,"era":1,"boot":1,"up":9,"errs":[)"
             R"({"s":"tasmota","seq":1,"ph":"tcp","c":-1002,"d":0,"n":3,"t":0,"ago":60}]})");
  bench.take<DeviceReport>(draft, [](const DeviceReport& e) {
    EXPECT_TRUE(e.relayed);
    EXPECT_EQ(e.outside_device_id, "bridge-1");
    EXPECT_EQ(e.outside_topic_id, "boiler-4");
    EXPECT_EQ(e.at_unix_s, kTime / 1'000'000'000 - 60)
        << "the clock was not set, but the device counts seconds";
  });
  Draft again(wire::RecordType::device_report, 4);
  again.identity(wire::Evidence::ex_data, wire::kViaBridge).text(wire::Section::client_id, "bridge-1");
  again.text(wire::Section::topic, "tlswatch/report/boiler-4");
  again.text(wire::Section::payload,
             R"({"v":1,"era":1,"boot":1,"up":9,"errs":[)"
             R"({"s":"tasmota","seq":1,"ph":"tcp","c":-1002,"d":0,"n":3,"t":0,"ago":60}]})");
  bench.take<Diagnosis>(again, [](const Diagnosis& e) {
    EXPECT_EQ(e.outside_device_id, "boiler-4");
    EXPECT_EQ(e.who.how, How::unknown);
  });
}

TEST(Pipeline, a_report_that_cannot_be_read_is_one_notice_and_no_event) {
  Bench bench;
  Draft draft(wire::RecordType::device_report, 4);
  draft.text(wire::Section::payload, "{\"v\":1,");
  EXPECT_EQ(bench.take(draft), 0U);
  EXPECT_EQ(bench.pipeline().counters().unreadable_reports, 1U);
  const auto notices = bench.pipeline().take_notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_TRUE(notices[0].warning);
  EXPECT_TRUE(notices[0].text.find(", ignoring") != std::string::npos) << notices[0].text;
}

TEST(Pipeline, what_the_plugin_could_not_watch_is_a_notice) {
  Bench bench;
  Draft draft(wire::RecordType::counters);
  draft.counter(1, 12);
  EXPECT_EQ(bench.take(draft), 0U);
  const auto notices = bench.pipeline().take_notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_NE(notices[0].text.find("12 sessions not watched"), std::string::npos) << notices[0].text;
}

}  // namespace
}  // namespace tlswatch::test
