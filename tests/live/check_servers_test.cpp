// `tlswatch check` against servers that are no Mosquitto: other TLS stacks, faulty ones, none at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "broker.h"
#include "check_result.h"
#include "odd_server.h"
#include "paths.h"
#include "pki.h"
#include "process.h"
#include "wait.h"

namespace tlswatch::live {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

std::string loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

class CheckServers : public testing::Test {
 protected:
  CheckServers() : pki_(folder_ / "pki") {}

  /// Starts a server, and waits until it takes TLS.
  void start(const std::vector<std::string>& argv, const std::string& target) {
    server_.emplace(harness::Command{.argv = argv, .errors = folder_ / "server"});
    ASSERT_TRUE(harness::wait_until([&] {
      return harness::run({harness::command_program(), "fingerprint", "--connect", target}).status == 0;
    })) << harness::read_file(folder_ / "server");
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::PortLease lease_;
  std::optional<harness::Process> server_;
};

TEST_F(CheckServers, a_server_that_agrees_and_sends_larger_records_is_found_out) {
  const OddServer server(breaks_mfln(pki_.certificate("server"), pki_.key("server")));
  const Checked got = check(loopback(server.port()));
  EXPECT_EQ(got.status, 1);
  EXPECT_THAT(got.bad(),
              ElementsAre("mfln-512-tls1.2: mfln-not-honoured", "mfln-1024-tls1.2: mfln-not-honoured",
                          "record-size: mfln-not-honoured"));
  EXPECT_THAT(got.mfln(), ElementsAre("1.2 512: agreed 512, record 512, message -",
                                      "1.2 1024: agreed 1024, record 1024, message -",
                                      "1.2 2048: agreed 2048, record 1234, message -",
                                      "1.2 4096: agreed 4096, record 1234, message -"));
  EXPECT_THAT(got.seen("mfln-1024-tls1.2"), HasSubstr("behind the handshake 82"));
  EXPECT_THAT(got.mend("record-size"), HasSubstr("message_size_limit 896"));
  EXPECT_THAT(got.sentence(), HasSubstr("but long messages break it: mfln-not-honoured"));
}

TEST_F(CheckServers, nss_does_not_know_mfln) {
  const std::string bundle = folder_ / "server.p12";
  const std::string database = "sql:" + folder_.path().string();
  for (const std::vector<std::string>& argv : std::vector<std::vector<std::string>>{
           {"openssl", "pkcs12", "-export", "-in", pki_.certificate("server"), "-inkey", pki_.key("server"),
            "-name", "server", "-out", bundle, "-passout", "pass:test"},
           {"certutil", "-N", "-d", database, "--empty-password"},
           {"pk12util", "-i", bundle, "-d", database, "-W", "test", "-K", ""}}) {
    const harness::Finished done = harness::run(argv);
    ASSERT_EQ(done.status, 0) << argv[0] << done.out << done.err;
  }
  start({"selfserv", "-d", database, "-n", "server", "-w", "", "-p", std::to_string(lease_.port()), "-V",
         "tls1.2:tls1.3"},
        loopback(lease_.port()));
  const Checked got = check(loopback(lease_.port()), {"--timeout", "1"});
  EXPECT_EQ(got.status, 1);
  EXPECT_THAT(got.bad(), Contains("mfln-1024-tls1.2: mfln-not-negotiated"));
  EXPECT_THAT(got.seen("mfln-1024-tls1.2"), HasSubstr("not agreed"));
  EXPECT_THAT(got.mend("mfln-1024-tls1.2"), HasSubstr("listener " + std::to_string(lease_.port())));
  EXPECT_EQ(got.mfln().size(), 8U);
  for (const std::string& row : got.mfln()) EXPECT_THAT(row, HasSubstr("agreed -"));
  EXPECT_EQ(check(loopback(lease_.port()), {"--timeout", "1", "--profile", "generic"}).status, 0)
      << "who needs no MFLN can connect";
}

// An IPv6 socket that reaches a server on IPv4: not every machine has ::1.
TEST_F(CheckServers, openssls_own_by_an_ipv6_address_is_fine_but_speaks_no_mqtt) {
  const std::string target = "[::ffff:127.0.0.1]:" + std::to_string(lease_.port());
  start({"openssl", "s_server", "-accept", loopback(lease_.port()), "-cert", pki_.certificate("server"),
         "-key", pki_.key("server"), "-quiet"},
        target);
  const Checked got =
      check(target, {"--cafile", pki_.certificate("ca"), "--server-name", "localhost", "--timeout", "1"});
  EXPECT_EQ(got.status, 0) << got.sentence();
  EXPECT_THAT(got.bad(), ElementsAre());
  EXPECT_THAT(got.unknown(), ElementsAre("record-size", "mqtt"));
  EXPECT_EQ(got.seen("connection"), "with ::ffff:127.0.0.1");
  EXPECT_THAT(got.seen("mfln-2048-tls1.3"), StartsWith("agreed, longest record 8"));
}

struct OddCase {
  const char* name;
  Serve serve;
  const char* bad;  // the only bad row
  const char* seen;
};
const OddCase kOdd[] = {
    {"a_server_that_says_nothing", silent(), "handshake: handshake-timeout", "no answer in time"},
    {"a_server_that_never_comes_to_an_end", drips(), "handshake: handshake-timeout", "no answer in time"},
    {"noise", says(std::string(5000, '\x9B')), "handshake: not-tls", "what it sends is no TLS"},
    {"an_http_server", says("HTTP/1.1 400 Bad Request\r\n\r\n"), "handshake: not-tls",
     "what it sends is no TLS"},
    {"a_server_that_leaves", leaves(), "handshake: unknown", "it closed the connection without a word"},
    {"a_server_that_resets", resets(), "handshake: connection-reset", "it reset the connection"},
    {"a_plain_broker", says(std::string("\x20\x02\x00\x00", 4)), "handshake: tls-on-plain-port",
     "it speaks plain MQTT on this port"},
    {"an_alert_at_once", says(std::string("\x15\x03\x03\x00\x02\x02\x46", 7)),
     "handshake: protocol-version-unsupported", "it sent alert 70 protocol_version"},
};

TEST_F(CheckServers, odd_ones_are_named_in_bounded_time) {
  for (const OddCase& row : kOdd) {
    SCOPED_TRACE(row.name);
    const OddServer server(row.serve);
    const auto start = std::chrono::steady_clock::now();
    const Checked got = check(loopback(server.port()), {"--timeout", "1"});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 15s);
    EXPECT_EQ(got.status, 1);
    EXPECT_THAT(got.bad(), Contains(StartsWith(row.bad)));
    EXPECT_THAT(got.seen("handshake"), StartsWith(row.seen));
    EXPECT_THAT(got.unknown(), Contains("mfln-1024-tls1.2"));
  }
}

TEST_F(CheckServers, a_real_plain_listener_is_told_from_noise) {
  harness::BrokerConfig config{.global = {"allow_anonymous true"}};
  config.listeners = {{"plain"}};
  config.plugin = false;
  const harness::Broker broker(folder_, config);
  const Checked got = check(loopback(broker.port()), {"--timeout", "2"});
  EXPECT_THAT(got.bad(), ElementsAre("handshake: tls-on-plain-port"));
  EXPECT_THAT(got.mend("handshake"), HasSubstr("certfile"));
}

TEST_F(CheckServers, nobody_is_there) {
  EXPECT_THAT(check(loopback(lease_.port())).bad(), ElementsAre("connection: tcp-connect-failure"));
  EXPECT_THAT(check("no-such-host.invalid", {"--timeout", "2"}).bad(),
              ElementsAre("connection: dns-failure"));
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* says;
};
const UsageCase kUsage[] = {
    {"no target", {}, "HOST:PORT is required"},
    {"a port that is none", {"host:70000"}, "a port from 1 to 65535"},
    {"an unknown profile",
     {"host", "--profile", "toaster"},
     "no profile toaster; there are: tasmota-esp8266"},
    {"a certificate without its key", {"host", "--cert", "x"}, "--key"},
    {"a file that holds no CA", {"host", "--cafile", "/dev/null"}, "--cafile: no certificate in it"},
    {"a password without a user", {"host", "--password-file", "x"}, "--user"},
    {"a time of no length", {"host", "--timeout", "0"}, "--timeout"},
    {"profiles that are not there",
     {"host", "--profiles", "/nowhere/profiles.yaml"},
     "/nowhere/profiles.yaml"},
};

TEST(CheckUsage, says_what_would_be_right) {
  for (const UsageCase& row : kUsage) {
    SCOPED_TRACE(row.name);
    std::vector<std::string> argv = {harness::command_program(), "check"};
    argv.insert(argv.end(), row.arguments.begin(), row.arguments.end());
    const harness::Finished done = harness::run(argv);
    EXPECT_EQ(done.status, 2);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr(row.says));
  }
}

}  // namespace
}  // namespace tlswatch::live
