// A server that does not know MFLN, as many outside OpenSSL do not: NSS's selfserv. The device connects all
// the same, and says that its buffers are at the server's mercy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "files.h"
#include "paths.h"
#include "pki.h"
#include "ports.h"
#include "process.h"
#include "wait.h"

namespace tlswatch::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kNote = "MFLN not supported by TLS server";

class MflnRefused : public testing::Test {
 protected:
  void SetUp() override {
    const Pki pki(folder_ / "pki");
    const std::string bundle = folder_ / "server.p12";
    const std::string database = "sql:" + folder_.path().string();
    succeed({"openssl", "pkcs12", "-export", "-in", pki.certificate("server"), "-inkey", pki.key("server"),
             "-name", "server", "-out", bundle, "-passout", "pass:test"});
    succeed({"certutil", "-N", "-d", database, "--empty-password"});
    succeed({"pk12util", "-i", bundle, "-d", database, "-W", "test", "-K", ""});
    server_.emplace(Command{.argv = {"selfserv", "-d", database, "-n", "server", "-w", "", "-p",
                                     std::to_string(lease_.port()), "-V", "tls1.2:tls1.2"},
                            .errors = folder_ / "selfserv"});
    ASSERT_TRUE(wait_until([&] { return attempt("off").out.find("\"code\":-1002") == std::string::npos; }))
        << read_file(folder_ / "selfserv");
  }

  static void succeed(const std::vector<std::string>& argv) {
    const Finished done = run(argv);
    ASSERT_EQ(done.status, 0) << argv[0] << ": " << done.out << done.err;
  }

  /// The TLS handshake succeeds; that no MQTT broker answers is noticed after a second.
  Finished attempt(const std::string& mfln) const {
    return run({device_program(), "--host", "127.0.0.1", "--port", std::to_string(lease_.port()), "--id", "a",
                "--fingerprint", "any", "--timeout", "1", "--mfln", mfln});
  }

  TempDir folder_;
  PortLease lease_;
  std::optional<Process> server_;
};

TEST_F(MflnRefused, is_said_once_the_handshake_is_done) {
  const Finished done = attempt("1024");
  EXPECT_THAT(done.out, HasSubstr("\"mfln\":null,\"cipher\":\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\""));
  EXPECT_THAT(done.err, HasSubstr(kNote));
}

TEST_F(MflnRefused, is_not_said_where_nobody_asked) {
  const Finished done = attempt("off");
  EXPECT_THAT(done.out, HasSubstr("\"mfln\":null,\"cipher\":\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\""));
  EXPECT_THAT(done.err, Not(HasSubstr(kNote)));
}

}  // namespace
}  // namespace tlswatch::harness
