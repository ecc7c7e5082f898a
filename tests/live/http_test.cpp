// The listener of a real daemon, beside a real broker and its devices: what is asked is asked with curl.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <csignal>

#include "broker.h"
#include "daemon.h"
#include "error.h"
#include "http/openapi.h"
#include "paths.h"
#include "process.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Broker;
using harness::Daemon;
using harness::TlsClient;
using namespace std::chrono_literals;

constexpr const char* kHostile = "<img src=x onerror=alert(1)>\"'\\/..%2F\u202Egnp";
constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

struct Answer {
  int status = 0;
  std::string body;
};

class Web : public testing::Test {
 protected:
  Web() : pki_(folder_ / "pki") { harness::make_state_folder(folder_); }

  void start_broker() {
    harness::BrokerConfig config = cheap_broker(pki_);
    config.listeners = {
        {"rsa",
         {"certfile " + pki_.certificate("server"), "keyfile " + pki_.key("server"), "tls_version tlsv1.2"}}};
    broker_ = std::make_unique<Broker>(folder_, config);
  }
  void start_daemon(const std::string& http) {
    daemon_ = std::make_unique<Daemon>(
        folder_,
        harness::DaemonConfig{.brokers = {{"edge-1", broker_ ? broker_->ring() : folder_ / "none.ring",
                                           broker_ ? broker_->cursor() : folder_ / "none.cursor"}},
                              .further = "http: {" + http + "}\n"});
  }
  void start_daemon() { start_daemon("listen: \"127.0.0.1:" + std::to_string(port_.port()) + "\""); }

  Answer curl(std::vector<std::string> further) const {
    std::vector<std::string> argv{"curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}"};
    argv.insert(argv.end(), further.begin(), further.end());
    const auto done = harness::run(argv);
    const std::size_t end = done.out.rfind('\n');
    if (done.status != 0 || end == std::string::npos) return {-done.status, done.err};
    return {std::atoi(done.out.c_str() + end + 1), done.out.substr(0, end)};
  }
  std::string url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_.port()) + path;
  }
  Answer get(const std::string& path) const { return curl({"--path-as-is", url(path)}); }
  /// Asks until the answer has that text.
  Answer await(const std::string& path, std::string_view text) const {
    Answer got;
    EXPECT_TRUE(harness::wait_until([&] {
      got = get(path);
      return got.body.find(text) != std::string::npos;
    })) << path
        << " does not come to have " << text << " but says " << got.body << "\n"
        << daemon_->messages();
    return got;
  }
  /// A device that shares no cipher with the broker.
  void fail() const {
    EXPECT_FALSE(TlsClient(broker_->port(),
                           {.max_version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"})
                     .handshake());
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::PortLease port_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(Web, TellsOfRealDevicesAsOpenApiSays) {
  start_broker();
  start_daemon();
  ASSERT_TRUE(visit(broker_->port(), "lamp").served);
  ASSERT_TRUE(visit(broker_->port(), kHostile).served);
  fail();
  const std::string incidents = await("/api/v1/incidents", "\"no-shared-cipher\"").body;
  await("/api/v1/devices?search=onerror", "\"sessions\":1");

  rapidjson::Document document;
  document.Parse(incidents.c_str());
  ASSERT_FALSE(document.HasParseError()) << incidents;
  const std::string incident = document["incidents"][0]["id"].GetString();
  for (const auto& path : test::openapi()["paths"].GetObject()) {
    std::string address = path.name.GetString();
    if (address == "/api/v1/events") continue;
    const std::size_t id = address.find("{id}");
    if (id != std::string::npos)
      address.replace(id, 4, address.find("devices") != std::string::npos ? "lamp" : incident);
    const Answer got = get(address);
    EXPECT_EQ(got.status, 200) << address << " " << got.body;
    const std::string schema = test::schema_of(path.name.GetString());
    EXPECT_EQ(schema.empty() ? "" : test::openapi_violations(schema, got.body), "") << address << "\n"
                                                                                    << got.body;
  }
  EXPECT_NE(get("/metrics").body.find("tlswatch_handshakes_total"), std::string::npos);
  EXPECT_TRUE(get("/").body.starts_with("<!doctype html>"));

  const Answer found = get("/api/v1/devices?search=onerror");
  document.Parse(found.body.c_str());
  ASSERT_FALSE(document["devices"].Empty()) << found.body;
  EXPECT_STREQ(document["devices"][0]["id"].GetString(), kHostile);
  EXPECT_EQ(found.body.find("\u202E"), std::string::npos) << "it goes escaped";
  const Answer hostile =
      get("/api/v1/devices/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22%27%5C%2F..%252F%E2%80%AEgnp");
  EXPECT_EQ(test::openapi_violations("DeviceStories", hostile.body), "");
  EXPECT_NE(hostile.body.find("\"kind\":\"session\""), std::string::npos) << hostile.body;
  daemon_->stop();
}

TEST_F(Web, ShowsADiagnosisWhenItIsMadeAndAgainToWhoComesBack) {
  start_broker();
  start_daemon();
  const std::filesystem::path stream = folder_ / "stream";
  harness::Process follower(
      harness::Command{.argv = {"curl", "-sSN", url("/api/v1/events")}, .output = stream});
  ASSERT_TRUE(harness::wait_until([&] { return harness::read_file(stream).starts_with(": tlswatch\n\n"); }));
  fail();
  std::string seen;
  ASSERT_TRUE(harness::wait_until([&] {
    seen = harness::read_file(stream);
    return seen.find("event: incident-opened\ndata: {\"@timestamp\"") != std::string::npos &&
           seen.ends_with("}\n\n");
  })) << seen;
  EXPECT_NE(seen.find("event: diagnosis\n"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("event: tls-handshake"), std::string::npos) << "not all lines are shown";
  EXPECT_NE(get("/api/v1/incidents").body.find("no-shared-cipher"), std::string::npos)
      << "what is shown is in the store already";

  const std::size_t id = seen.find("id: ") + 4;
  const std::string first = seen.substr(id, seen.find('\n', id) - id);
  const std::filesystem::path again = folder_ / "again";
  harness::Process back(harness::Command{
      .argv = {"curl", "-sSN", "-H", "Last-Event-ID: " + first, url("/api/v1/events")}, .output = again});
  const std::string rest = seen.substr(seen.find("id: ", id));
  EXPECT_TRUE(harness::wait_until([&] { return harness::read_file(again) == ": tlswatch\n\n" + rest; }))
      << harness::read_file(again) << "\nand wanted\n"
      << rest;

  const auto before = std::chrono::steady_clock::now();
  daemon_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s) << "streams are open";
  EXPECT_TRUE(follower.wait().has_value());
}

struct RefusalCase {
  const char* name;
  std::vector<std::string> arguments;
  std::string path;
  int status;
};
TEST_F(Web, RefusesWhatItDoesNotServe) {
  start_daemon();
  const RefusalCase cases[] = {
      {"post", {"-X", "POST", "-d", "{}"}, "/api/v1/devices", 405},
      {"delete", {"-X", "DELETE"}, "/api/v1/devices/a", 405},
      {"a name that was made to lead here", {"-H", "Host: attacker.example"}, "/api/v1/devices", 403},
      {"a way out of the page", {"--path-as-is"}, "/assets/../../../etc/passwd", 404},
      {"an unknown parameter", {}, "/api/v1/devices?colour=red", 400},
      {"no incident of ours", {}, "/api/v1/incidents/nothing", 404},
      {"headers without end", {"-H", "X: " + std::string(20'000, 'a')}, "/", 431},
      {"an address without end", {}, "/" + std::string(9000, 'a'), 414},
      {"head", {"-I"}, "/api/v1/devices", 200},
  };
  for (const RefusalCase& one : cases) {
    std::vector<std::string> arguments = one.arguments;
    arguments.push_back(url(one.path));
    const Answer got = curl(arguments);
    EXPECT_EQ(got.status, one.status) << one.name << " " << got.body;
    EXPECT_EQ(got.status < 400 ? "" : test::openapi_violations("Error", got.body), "") << one.name;
  }
  daemon_->stop();
}

TEST_F(Web, ForOthersTakesATokenAndTls) {
  harness::write_file(folder_ / "token", std::string(kToken) + "\n");
  ::chmod((folder_ / "token").c_str(), 0600);
  start_daemon("listen: \"0.0.0.0:" + std::to_string(port_.port()) +
               "\", token_file: " + (folder_ / "token").string() +
               ", certificate: " + pki_.certificate("server") + ", key: " + pki_.key("server"));
  const auto https = [&](std::vector<std::string> further, const std::string& path = "/api/v1/totals") {
    std::vector<std::string> arguments{"--cacert", pki_.certificate("ca")};
    arguments.insert(arguments.end(), further.begin(), further.end());
    arguments.push_back(url(path, "https"));
    return curl(arguments).status;
  };
  const std::string bearer = std::string("Authorization: Bearer ") + kToken;
  EXPECT_EQ(https({"-H", bearer}), 200);
  EXPECT_EQ(https({"-H", bearer, "--tls-max", "1.2"}), 200);
  EXPECT_EQ(https({"-H", bearer}, "/metrics"), 200);
  EXPECT_EQ(https({}), 401);
  EXPECT_EQ(https({"-H", "Authorization: Bearer 0123456789abcdef0123456789abcdee"}), 401);
  EXPECT_EQ(https({}, "/"), 200) << "the page, which asks for the token";
  EXPECT_EQ(https({}, "/healthz"), 200);
  EXPECT_LE(https({"-H", bearer, "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"}), 0)
      << "too old";
  EXPECT_LE(curl({url("/healthz")}).status, 0) << "no plain HTTP there";

  const std::filesystem::path stream = folder_ / "stream";
  harness::Process follower(harness::Command{.argv = {"curl", "-sSN", "--cacert", pki_.certificate("ca"),
                                                      "-H", bearer, url("/api/v1/events", "https")},
                                             .output = stream});
  EXPECT_TRUE(harness::wait_until([&] { return harness::read_file(stream) == ": tlswatch\n\n"; }));
  daemon_->stop();
  EXPECT_EQ(daemon_->messages().find(kToken), std::string::npos) << "no secret in its messages";
}

TEST_F(Web, TakesNewTokensAndCertificatesOnSighup) {
  harness::write_file(folder_ / "token", std::string(kToken) + "\n");
  ::chmod((folder_ / "token").c_str(), 0600);
  start_daemon("listen: \"127.0.0.1:" + std::to_string(port_.port()) +
               "\", token_file: " + (folder_ / "token").string());
  const auto status = [&](const std::string& token) {
    return curl({"-H", "Authorization: Bearer " + token, url("/api/v1/totals")}).status;
  };
  EXPECT_EQ(status(kToken), 200);
  harness::write_file(folder_ / "token", std::string(32, 'n'));
  ::kill(daemon_->pid(), SIGHUP);
  EXPECT_TRUE(harness::wait_until([&] { return status(std::string(32, 'n')) == 200; }))
      << daemon_->messages();
  EXPECT_EQ(status(kToken), 401);
  daemon_->stop();
}

TEST_F(Web, SaysAtTheStartThatThePortIsTaken) {
  start_daemon();
  harness::TempDir other;
  harness::make_state_folder(other);
  harness::write_file(other / "tlswatch.yaml",
                      "brokers: [{name: b, ring: " + (other / "r").string() +
                          "}]\nlog: {file: " + (other / "events.json").string() +
                          "}\nhttp: {listen: \"127.0.0.1:" + std::to_string(port_.port()) + "\"}\n");
  const auto second =
      harness::run({harness::daemon_program().string(), "--config", (other / "tlswatch.yaml").string()});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE((second.out + second.err)
                .find("http cannot listen at 127.0.0.1:" + std::to_string(port_.port()) +
                      ": Address already in use"),
            std::string::npos)
      << second.out << second.err;
  EXPECT_EQ(get("/healthz").status, 200);
  daemon_->stop();
}

TEST_F(Web, IsThereOnIpv6AndOnAUnixSocket) {
  start_daemon("listen: \"[::1]:" + std::to_string(port_.port()) + "\"");
  EXPECT_EQ(curl({"http://[::1]:" + std::to_string(port_.port()) + "/healthz"}).status, 200);
  daemon_->stop();
  start_daemon("listen: " + (folder_ / "state/http.sock").string());
  EXPECT_EQ(curl({"--unix-socket", folder_ / "state/http.sock", "http://tlswatch/healthz"}).status, 200);
  daemon_->kill();
  start_daemon("listen: " + (folder_ / "state/http.sock").string());
  EXPECT_EQ(curl({"--unix-socket", folder_ / "state/http.sock", "http://tlswatch/healthz"}).status, 200)
      << "a killed one left its socket";
  daemon_->stop();
}

}  // namespace
}  // namespace tlswatch::live
