#include "bad_network.h"

#include <unistd.h>

#include "error.h"
#include "files.h"
#include "users.h"

namespace tlswatch::harness {
namespace {

void must(const std::vector<std::string>& argv) {
  const Finished done = run(argv);
  if (done.status == 0) return;
  std::string command;
  for (const std::string& word : argv) command += word + " ";
  throw Error(command + "failed" + (am_root() ? ": " : ", which needs root: ") + done.err);
}

std::string namespace_of(pid_t pid) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/net", ignored).string();
}

// Networks of four addresses, one for each number of a lease.
std::string address_on_line(std::uint16_t number, int last) {
  const int network = number - 20000;
  return "10.211." + std::to_string(network / 64) + "." + std::to_string(network % 64 * 4 + last);
}

}  // namespace

BadNetwork::BadNetwork(const NetworkFault& fault)
    : name_("tlsw" + std::to_string(number_.port())),
      host_(address_on_line(number_.port(), 1)),
      holder_({.argv = {"unshare", "--net", "cat"}}) {
  const std::string here = namespace_of(getpid());
  const std::string pid = std::to_string(holder_.pid());
  if (!wait_until([&] { return !holder_.alive() || namespace_of(holder_.pid()) != here; }) ||
      !holder_.alive())
    throw Error(std::string("no network namespace") + (am_root() ? "" : ": that needs root"));
  must({"ip", "link", "add", name_, "type", "veth", "peer", "name", "line", "netns", pid});
  must({"ip", "address", "add", host_ + "/30", "dev", name_});
  must({"ip", "link", "set", name_, "up"});
  const auto must_inside = [this](std::vector<std::string> argv) {
    const std::vector<std::string> before = inside();
    argv.insert(argv.begin(), before.begin(), before.end());
    must(argv);
  };
  must_inside({"ip", "address", "add", address_on_line(number_.port(), 2) + "/30", "dev", "line"});
  must_inside({"ip", "link", "set", "line", "up"});
  if (!fault.drop.empty()) {
    must_inside({"nft",
                 "add table ip bad; add chain ip bad loss { type filter hook input priority 0; }; "
                 "add rule ip bad loss " +
                     fault.drop + " drop"});
  }
  if (!fault.rate.empty()) {
    const std::vector<std::string> limit = {"root",  "tbf",  "rate",    fault.rate,
                                            "burst", "1600", "latency", "10s"};
    std::vector<std::string> down = {"tc", "qdisc", "add", "dev", name_};
    std::vector<std::string> up = {"tc", "qdisc", "add", "dev", "line"};
    down.insert(down.end(), limit.begin(), limit.end());
    up.insert(up.end(), limit.begin(), limit.end());
    must(down);
    must_inside(up);
  }
}

std::vector<std::string> BadNetwork::inside() const {
  return {"nsenter", "--target", std::to_string(holder_.pid()), "--net", "--"};
}

void BadNetwork::mend() {
  std::vector<std::string> flush = inside();
  flush.insert(flush.end(), {"nft", "flush ruleset"});
  must(flush);
  run({"tc", "qdisc", "del", "dev", name_, "root"});  // fails where there was no limit
}

}  // namespace tlswatch::harness
