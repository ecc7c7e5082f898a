#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/core/text/utf8.h"
#include "tests/daemon/catalog/run_command.h"

namespace tlswatch::test {
namespace {

namespace fs = std::filesystem;

class Tail : public testing::Test {
 protected:
  fs::path dir_;
  fs::path log_;
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tlswatch-tail-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    log_ = dir_ / "events.json";
  }
  void TearDown() override { fs::remove_all(dir_); }
  void write(const std::string& text) const { std::ofstream(log_, std::ios::app | std::ios::binary) << text; }
  Ran shown(const std::string& more = "") const {
    return tlswatch("tail --no-follow --log " + log_.string() + ' ' + more);
  }
};

std::string event(const std::string& message) {
  return R"({"@timestamp":"2026-11-23T05:49:47.123Z","event":{"action":"incident-opened"},"broker":{"name":"edge-1"},"message":")" +
         message + "\"}\n";
}

TEST_F(Tail, AHandshakeInOneLine) {
  write(
      R"({"@timestamp":"2026-11-23T05:49:47.123456Z","event":{"action":"tls-handshake","outcome":"success"},)"
      R"("source":{"ip":"10.0.0.7","port":41022},"tls":{"version":"1.2","cipher":"TLS_RSA_WITH_AES_128_GCM_SHA256",)"
      R"("server":{"x509":{"public_key_algorithm":"rsaEncryption","public_key_size":2048}}},)"
      R"("tlswatch":{"mfln":{"requested":512,"negotiated":512,"honoured":true}},"message":"connected"})"
      "\n");
  EXPECT_EQ(
      shown().out,
      "2026-11-23 05:49:47 ok   tls-handshake 10.0.0.7:41022 TLS 1.2 TLS_RSA_WITH_AES_128_GCM_SHA256 key "
      "rsaEncryption 2048 mfln 512>512: connected\n");
}

TEST_F(Tail, AFailureAndADevice) {
  write(
      R"({"@timestamp":"2026-11-23T05:49:48Z","event":{"action":"tls-handshake","outcome":"failure"},)"
      R"("source":{"ip":"fe80::7","port":1},"tlswatch":{"mfln":{"requested":null,"negotiated":null}},"message":"no shared cipher"})"
      "\n"
      R"({"@timestamp":"2026-11-23T05:49:49Z","event":{"action":"mqtt-identified","outcome":"success"},"device":{"id":"sensor-7"},"message":"it is sensor-7"})"
      "\n");
  EXPECT_EQ(shown().out,
            "2026-11-23 05:49:48 FAIL tls-handshake [fe80::7]:1 mfln ->-: no shared cipher\n"
            "2026-11-23 05:49:49 ok   mqtt-identified sensor-7: it is sensor-7\n");
}

TEST_F(Tail, BadLinesAreCountedAndTheRestIsShown) {
  write("not json\n{}\n[1]\n" + event("a") + std::string(300 * 1024, 'x') + "\n" + event("b") +
        "{\"event\":");
  const Ran ran = shown("2>&1 --lines 100");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out,
            "2026-11-23 05:49:47 -    incident-opened edge-1: a\n2026-11-23 05:49:47 -    incident-opened "
            "edge-1: b\n"
            "tlswatch tail: 4 lines were no events\n");
}

TEST_F(Tail, NothingSteersTheTerminal) {
  write(event(R"(\u001b[2J\u009b31m \u202e \u0007 \n)") + event("raw \x1b]0;x\x07") + event("raw \xC2\x9B") +
        event("\xFF\xFE"));
  for (const char* mode : {"", "--json"}) {
    std::string out = shown(mode).out;
    EXPECT_FALSE(out.empty());
    std::erase(out, '\n');
    EXPECT_TRUE(text::is_clean(out)) << mode;
  }
}

TEST_F(Tail, JsonIsTheLogsOwnLines) {
  write(event("a") + "bad\n" + event("b"));
  EXPECT_EQ(shown("--json 2>/dev/null").out, event("a") + event("b"));
}

TEST_F(Tail, LinesCountsFromTheEnd) {
  for (int i = 0; i < 3000; ++i) write(event("m" + std::to_string(i)));
  EXPECT_EQ(shown("--lines 2 --json").out, event("m2998") + event("m2999"));
  EXPECT_EQ(shown("--lines 0 --json").out, "");
  const std::string all = shown("--lines 100000 --json").out;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 3000);
}

TEST_F(Tail, FiltersShowTheLastLinesThatAreWanted) {
  const auto caused = [](const std::string& cause) {
    return R"({"event":{"action":"diagnosis"},"tlswatch":{"cause":")" + cause + "\"}}\n";
  };
  for (int i = 0; i < 3; ++i) write(caused("not-tls"));
  for (int i = 0; i < 100; ++i) write(caused("scanner"));
  EXPECT_EQ(shown("--cause not-tls --json").out, caused("not-tls") + caused("not-tls") + caused("not-tls"));
  EXPECT_EQ(shown("--cause not-tls --lines 1 --json").out, caused("not-tls"));
  EXPECT_EQ(shown("--cause not-tls --failing --json").out, "");
  EXPECT_EQ(shown("--cause nonsense 2>/dev/null").exit_code, 2);
}

TEST_F(Tail, AMissingFileIsBadNews) {
  const Ran ran = shown("2>&1");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, "tlswatch tail: " + log_.string() + ": No such file or directory\n");
}

TEST_F(Tail, TheConfigurationNamesTheLog) {
  write(event("a"));
  const fs::path config = dir_ / "tlswatch.yaml";
  std::ofstream(config) << "brokers: [{name: edge-1, ring: /run/x.ring}]\nlog: {file: " << log_.string()
                        << "}\nstore: /tmp/x.db\n";
  EXPECT_EQ(tlswatch("tail --no-follow --json --config " + config.string()).out, event("a"));
  std::ofstream(config) << "log: 7\n";
  EXPECT_EQ(tlswatch("tail --no-follow --config " + config.string() + " 2>/dev/null").exit_code, 2);
  EXPECT_EQ(tlswatch("tail --no-follow --log x --config y 2>/dev/null").exit_code, 2);
}

/// A tail that runs: its output is a pipe, read until a wanted number of lines has come.
class Running {
 public:
  explicit Running(const fs::path& log) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string path = log.string();
    std::string command = TLSWATCH_COMMAND;
    std::string verb = "tail";
    std::string option = "--log";
    std::string json = "--json";
    char* argv[] = {command.data(), verb.data(), json.data(), option.data(), path.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, command.c_str(), &actions, nullptr, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
  }
  ~Running() {
    if (pid_ > 0) stop();
    fclose(out_);
  }
  std::string line() {
    char* text = nullptr;
    std::size_t room = 0;
    const ssize_t n = getline(&text, &room, out_);
    std::string out(text, n > 0 ? static_cast<std::size_t>(n) : 0);
    free(text);
    return out;
  }
  int stop() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  FILE* out_ = nullptr;
};

TEST_F(Tail, FollowsGrowthRotationAndTruncation) {
  write(event("first"));
  Running tail(log_);
  EXPECT_EQ(tail.line(), event("first"));
  write(event("second"));
  EXPECT_EQ(tail.line(), event("second"));
  write(R"({"event":{"action":"x"},)");
  fs::rename(log_, dir_ / "events.1.json");
  write(event("in the new file"));
  EXPECT_EQ(tail.line(), event("in the new file"));
  write(event("and on"));
  EXPECT_EQ(tail.line(), event("and on"));
  std::ofstream(log_, std::ios::trunc).close();
  write(event("x"));
  EXPECT_EQ(tail.line(), event("x"));
  EXPECT_EQ(tail.stop(), 0);
}

TEST_F(Tail, WaitsForAFileThatIsNotThereYet) {
  Running tail(log_);
  write(event("late"));
  EXPECT_EQ(tail.line(), event("late"));
}

}  // namespace
}  // namespace tlswatch::test
