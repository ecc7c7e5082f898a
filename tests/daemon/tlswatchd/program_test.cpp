// tlswatchd as it is run: its exit codes, and what it says.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

struct Ended {
  int code = -1;
  std::string said;
};

Ended run(const std::string& arguments) {
  FILE* pipe = ::popen(("exec 2>&1; " + std::string(TLSWATCHD_PROGRAM) + " " + arguments).c_str(), "r");
  Ended out;
  char chunk[512];
  while (const std::size_t n = std::fread(chunk, 1, sizeof chunk, pipe)) out.said.append(chunk, n);
  const int status = ::pclose(pipe);
  out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

std::string good_config(const TempDir& dir) {
  write_file(dir / "t.yaml", "brokers: [{name: a, ring: " + (dir / "ring").string() + "}]\nlog: {file: " +
                                 (dir / "e.json").string() + "}\nstore: /nowhere/state.db\n");
  return (dir / "t.yaml").string();
}

TEST(Program, says_its_version) {
  const Ended ended = run("--version");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.said, "tlswatchd " TLSWATCH_VERSION "\n");
}

TEST(Program, ends_with_2_on_bad_usage) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run("--no-such-option").code, 2);
}

TEST(Program, checks_a_configuration_with_the_shipped_files_of_its_build) {
  TempDir dir;
  const Ended ended = run("--check-config --config " + good_config(dir));
  EXPECT_EQ(ended.code, 0) << ended.said;
}

TEST(Program, ends_with_2_on_a_bad_configuration_and_names_file_line_and_column) {
  TempDir dir;
  write_file(dir / "t.yaml", "brokers: [{name: a, ring: /r}]\nlog: {flie: e}\n");
  const Ended ended = run("--config " + (dir / "t.yaml").string());
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.said.find("t.yaml:2:7: unknown key `flie`"), std::string::npos) << ended.said;
}

TEST(Program, ends_with_1_where_the_log_cannot_be_opened) {
  TempDir dir;
  write_file(dir / "t.yaml", "brokers: [{name: a, ring: " + (dir / "ring").string() +
                                 "}]\nlog: {file: /proc/nowhere/e.json}\n");
  const Ended ended = run("--config " + (dir / "t.yaml").string());
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.said.find("/proc/nowhere/e.json cannot be opened"), std::string::npos) << ended.said;
}

TEST(Program, stops_in_good_order_on_sigterm) {
  TempDir dir;
  const std::string config = good_config(dir);
  // The shell sends the signal once the daemon has told, through its first message, that it runs.
  const Ended ended = run("--config " + config + " & pid=$!; until [ -e " + (dir / "e.json").string() +
                          " ]; do :; done; kill -TERM $pid; wait $pid");
  EXPECT_EQ(ended.code, 0) << ended.said;
  EXPECT_NE(ended.said.find("the store /nowhere/state.db cannot be written: No such file or directory"),
            std::string::npos)
      << ended.said;
}

}  // namespace
}  // namespace tlswatch::test
