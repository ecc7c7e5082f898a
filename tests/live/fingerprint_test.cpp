// `tlswatch fingerprint` against the device that is told its figures: both must mean the same key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <string>
#include <vector>

#include "broker.h"
#include "key_fingerprint.h"
#include "paths.h"
#include "pki.h"
#include "ports.h"
#include "process.h"

namespace tlswatch::live {
namespace {

using testing::HasSubstr;

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

class FingerprintCommand : public testing::Test {
 protected:
  FingerprintCommand() : pki_(folder_ / "pki") {}

  static rapidjson::Document parsed(const harness::Finished& done) {
    EXPECT_EQ(done.status, 0) << done.err;
    rapidjson::Document out;
    out.Parse(done.out.c_str());
    EXPECT_FALSE(out.HasParseError()) << done.out;
    return out;
  }
  static harness::Finished fingerprint(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {harness::command_program(), "fingerprint"});
    return harness::run(arguments);
  }
  std::string of_file(const char* certificate, const char* field) const {
    const auto json = parsed(fingerprint({"--json", "--cert", pki_.certificate(certificate)}));
    const rapidjson::Value& value = json["keys"][0][field];
    return value.IsString() ? value.GetString() : "none";
  }
  /// What openssl(1) prints behind the "=", without colons.
  static std::string openssl(const std::vector<std::string>& argv) {
    std::string out = harness::run(argv).out;
    out = out.substr(out.find_last_of("= ") + 1);
    std::erase_if(out, [](char c) { return c == ':' || c == '\n'; });
    return out;
  }

  harness::TempDir folder_;
  harness::Pki pki_;
};

struct KeyCase {
  const char* certificate;
  const char* suite;  // of the device
  const char* field;  // that the device is told
};
const KeyCase kKeys[] = {
    {"server", "ecdhe-rsa", "tasmota_v2"},
    {"server", "rsa", "tasmota_v1"},
    {"server-expired", "ecdhe-rsa", "tasmota_v2"},
    {"server-ec", "ecdhe-ecdsa", "tasmota_v2"},
};

TEST_F(FingerprintCommand, gives_what_the_device_accepts) {
  harness::BrokerConfig config{.global = {"allow_anonymous true", "set_tcp_nodelay true"}};
  for (const KeyCase& row : kKeys) {
    config.listeners.push_back(
        {row.certificate,
         {"certfile " + pki_.certificate(row.certificate), "keyfile " + pki_.key(row.certificate)}});
  }
  config.plugin = false;
  const harness::Broker broker(folder_, config);
  const auto device = [&](std::size_t listener, const KeyCase& row, const std::string& pin) {
    return harness::run({harness::device_program(), "--host", "127.0.0.1", "--port",
                         std::to_string(broker.port(listener)), "--id", "pinned", "--suite", row.suite,
                         "--fingerprint", pin});
  };
  for (std::size_t i = 0; i < std::size(kKeys); ++i) {
    const KeyCase& row = kKeys[i];
    SCOPED_TRACE(std::string(row.certificate) + " " + row.field);
    std::string pin = of_file(row.certificate, row.field);
    EXPECT_EQ(device(i, row, pin).status, 0) << pin;
    pin[0] = pin[0] == '0' ? '1' : '0';
    EXPECT_THAT(device(i, row, pin).out, HasSubstr("FINGERPRINT_MISMATCH")) << "one digit is another";
    const auto live =
        parsed(fingerprint({"--json", "--connect", "127.0.0.1:" + std::to_string(broker.port(i))}));
    EXPECT_EQ(live["keys"].Size(), 1U);
    EXPECT_EQ(live["keys"][0][row.field].GetString(), of_file(row.certificate, row.field));
  }
}

TEST_F(FingerprintCommand, agrees_with_what_openssl_computes) {
  const std::string certificate = pki_.certificate("server");
  EXPECT_EQ(lower(without_blanks(of_file("server", "tasmota_v2"))), harness::key_fingerprint(certificate));
  EXPECT_EQ(of_file("server", "console"), "MqttFingerprint1 " + of_file("server", "tasmota_v2"));
  EXPECT_EQ(of_file("server", "certificate_sha1"),
            openssl({"openssl", "x509", "-noout", "-fingerprint", "-sha1", "-in", certificate}));
  EXPECT_EQ(of_file("server", "certificate_sha256"),
            openssl({"openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", certificate}));
  EXPECT_EQ(lower(of_file("server", "spki_sha256")),
            openssl({"sh", "-c",
                     "openssl x509 -noout -pubkey -in " + certificate +
                         " | openssl pkey -pubin -outform DER | openssl dgst -sha256"}));
}

TEST_F(FingerprintCommand, of_a_file_is_that_of_its_first_certificate_in_pem_or_der_or_on_stdin) {
  const std::string want = of_file("server", "tasmota_v2");
  EXPECT_EQ(of_file("server-chain", "tasmota_v2"), want) << "the others behind it do not count";
  const std::string der = folder_ / "server.der";
  harness::run({"openssl", "x509", "-in", pki_.certificate("server"), "-outform", "DER", "-out", der});
  const std::string program = harness::command_program();
  for (const std::string& file : {pki_.certificate("server"), der}) {
    const auto piped = parsed(harness::run({"sh", "-c", program + " fingerprint - --json < " + file}));
    EXPECT_EQ(piped["keys"][0]["tasmota_v2"].GetString(), want);
    EXPECT_EQ(parsed(fingerprint({"--cert", file, "--json"}))["keys"][0]["tasmota_v2"].GetString(), want);
  }
}

TEST_F(FingerprintCommand, of_a_server_with_two_keys_are_both) {
  const harness::PortLease lease;
  const std::string target = "127.0.0.1:" + std::to_string(lease.port());
  const harness::Process server(
      harness::Command{.argv = {"openssl", "s_server", "-accept", target, "-quiet", "-cert",
                                pki_.certificate("server"), "-key", pki_.key("server"), "-dcert",
                                pki_.certificate("server-ec"), "-dkey", pki_.key("server-ec")}});
  ASSERT_TRUE(harness::wait_until([&] { return fingerprint({"--connect", target}).status == 0; }));
  const auto json = parsed(fingerprint({"--json", "--connect", target}));
  ASSERT_EQ(json["keys"].Size(), 2U);
  EXPECT_EQ(json["keys"][0]["tasmota_v2"].GetString(), of_file("server", "tasmota_v2"));
  EXPECT_EQ(json["keys"][1]["tasmota_v2"].GetString(), of_file("server-ec", "tasmota_v2"));
}

TEST_F(FingerprintCommand, says_what_a_key_is_to_tasmota) {
  EXPECT_EQ(of_file("server-ec", "tasmota_v1"), "none") << "v1 knew no EC keys";
  EXPECT_EQ(of_file("server-ed25519", "tasmota_v2"), "none");
  EXPECT_THAT(fingerprint({"--cert", pki_.certificate("server-ec")}).out,
              HasSubstr("older than August 2026"));
  EXPECT_THAT(fingerprint({"--cert", pki_.certificate("server-ed25519")}).out,
              HasSubstr("cannot use this one"));
  EXPECT_THAT(fingerprint({"--cert", pki_.certificate("server")}).out,
              HasSubstr("\n  console  MqttFingerprint1 "));
}

struct RefusedCase {
  const char* name;
  std::vector<std::string> arguments;
  int status;
  const char* says;
};
const RefusedCase kRefused[] = {
    {"nothing is given", {}, 2, "give one of"},
    {"two things are given", {"--cert", "x", "--connect", "y"}, 2, "give one of"},
    {"the file is not there", {"--cert", "/nowhere/server.crt"}, 2, "cannot be read"},
    {"the file holds no certificate", {"--cert", "/etc/hostname"}, 2, "no certificate in it"},
    {"the file never ends", {"--cert", "/dev/zero"}, 2, "longer than 1 MB"},
    {"nobody listens", {"--connect", "127.0.0.1:1"}, 1, "no TCP connection"},
    {"the target is none", {"--connect", "a b"}, 2, "HOST:PORT"},
};
TEST_F(FingerprintCommand, refuses) {
  for (const RefusedCase& row : kRefused) {
    SCOPED_TRACE(row.name);
    const harness::Finished done = fingerprint(row.arguments);
    EXPECT_EQ(done.status, row.status);
    EXPECT_THAT(done.err, HasSubstr(row.says));
    EXPECT_EQ(done.out, "");
  }
}

}  // namespace
}  // namespace tlswatch::live
