// A session that was established and said nothing: what its end still knows of the handshake.
#include <gtest/gtest.h>

#include "daemon/core/event/pipeline.h"
#include "support/draft.h"

namespace tlswatch::test {
namespace {

using namespace event;  // NOLINT: the subject

class OneCertificate final : public CertificateReader {
 public:
  std::shared_ptr<const CertificateFacts> read(wire::Bytes) override {
    CertificateFacts facts;
    facts.dns_names = {"broker.example"};
    facts.not_after_unix_s = static_cast<std::int64_t>(kTime / 1'000'000'000) - 1;
    return std::make_shared<CertificateFacts>(facts);
  }
};

struct EndCase {
  const char* name;
  const char* asked;
  std::uint16_t last_in;
  const char* user;
  std::string_view cause;  ///< empty: nothing is diagnosed
  int alert_level = 0;     ///< of an alert that came
};
const EndCase kEnds[] = {
    {"without_a_word_and_with_another_name", "localhost", 0, "", "server-name-mismatch"},
    {"without_a_word_and_with_the_right_name", "broker.example", 0, "", "server-cert-expired"},
    {"with_a_word", "localhost", 40, "", ""},
    {"with_a_user", "localhost", 0, "eve", ""},
    {"with_a_fatal_alert", "localhost", 0, "", "", 2},
    {"with_a_close_notify", "localhost", 0, "", "server-name-mismatch", 1},
};
class SilentEnd : public testing::TestWithParam<EndCase> {};
TEST_P(SilentEnd, is_told_by_what_the_handshake_showed) {
  diagnose::Knowledge knowledge;
  diagnose::Rule& name = knowledge.rules.emplace_back();
  name.broker = {
      .server_names = {diagnose::ServerName::differs}, .said_nothing = true, .end_reasons = {"closed"}};
  name.cause = "server-name-mismatch";
  diagnose::Rule& dates = knowledge.rules.emplace_back();
  dates.broker = {
      .server_dates = {diagnose::Dates::expired}, .said_nothing = true, .end_reasons = {"closed"}};
  dates.cause = "server-cert-expired";
  OneCertificate reader;
  Pipeline::Settings settings;
  settings.knowledge = &knowledge;
  settings.tools.certificates = &reader;
  Pipeline pipeline(settings);
  std::string cause;
  const Emit emit = [&](const Event& event) {
    if (const auto* diagnosis = std::get_if<Diagnosis>(&event)) cause = diagnosis->cause;
  };
  Draft handshake(wire::RecordType::handshake, 1);
  handshake.peer().local().role().outcome({});
  handshake.bytes(wire::Section::client_hello, client_hello({.server_name = GetParam().asked}));
  handshake.text(wire::Section::server_certificate, "DER");
  pipeline.take({0, "edge-1"}, 7, handshake.record(1), emit);
  Draft end(wire::RecordType::session_end, 1);
  end.peer().role().tcp(8).traffic({.last_in = GetParam().last_in});
  const auto level = static_cast<std::uint8_t>(GetParam().alert_level);
  if (level != 0) end.alert(wire::Direction::received, level, level == 1 ? 0 : 20);
  if (GetParam().user[0] != '\0') end.text(wire::Section::username, GetParam().user);
  pipeline.take({0, "edge-1"}, 7, end.record(2), emit);
  EXPECT_EQ(cause, GetParam().cause);
}
INSTANTIATE_TEST_SUITE_P(Pipeline, SilentEnd, testing::ValuesIn(kEnds),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::test
