// Stock Tasmota, whose only voice is syslog over UDP, and those who shout into the same port.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "daemon.h"
#include "error.h"
#include "event_log.h"
#include "loopback.h"
#include "ports.h"

namespace tlswatch::live {
namespace {

using harness::Daemon;
using harness::Event;

/// A sender of datagrams with an address of its own: all of 127.0.0.0/8 is this host's.
class Sender {
 public:
  explicit Sender(std::uint32_t address) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(address);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
      throw harness::Error("an address of 127.0.0.0/8 cannot be bound");
  }
  ~Sender() { ::close(fd_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(std::uint16_t port, std::string_view text) const {
    const sockaddr_in to = harness::loopback(port);
    ::sendto(fd_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

 private:
  int fd_;
};

class Syslog : public testing::Test {
 protected:
  Syslog() : log_(folder_ / "state" / "events.json") {
    daemon_ = std::make_unique<Daemon>(
        folder_, harness::DaemonConfig{
                     .brokers = {{"test", folder_ / "none.ring", folder_ / "none.cursor"}},
                     .further = "syslog: {listen: \"127.0.0.1:" + std::to_string(port_.port()) + "\"}\n",
                     .measured = true});
  }

  /// The first event of that action from an address.
  const Event* await(const std::string& action, const std::string& ip) {
    const Event* found = nullptr;
    EXPECT_TRUE(log_.wait_for([&](const std::vector<Event>& events) {
      for (const Event& event : events) {
        if (found == nullptr && event.action() == action && event.text("source.ip") == ip) found = &event;
      }
      return found != nullptr;
    })) << "no "
        << action << "; the daemon says:\n"
        << daemon_->messages();
    return found;
  }

  std::int64_t memory_kib() const {
    std::ifstream status("/proc/" + std::to_string(daemon_->pid()) + "/status");
    for (std::string word; status >> word;) {
      std::int64_t kib = 0;
      if (word == "VmRSS:" && status >> kib) return kib;
    }
    throw harness::Error("the daemon's memory cannot be read");
  }

  harness::TempDir folder_;
  harness::PortLease port_;
  harness::EventLog log_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(Syslog, ALineOfTasmotaIsDecodedAndDiagnosedAndNothingElseIsKept) {
  const Sender device(0x7F000107);  // 127.0.1.7
  device.send(port_.port(),
              "<134>1 2026-11-23T20:00:00.000000+01:00 kitchen tasmota - - WIF: password hunter2");
  device.send(port_.port(),
              "<134>1 2026-11-23T20:00:01.096000+01:00 kitchen tasmota - - MQT: TLS connection error: 62");
  device.send(port_.port(),
              "<134>1 2026-11-23T20:00:01.099000+01:00 kitchen tasmota - - MQT: Connect failed to "
              "broker.lan:8883, rc -2. "
              "Retry in 10 sec");
  const Event* told = await("device-log", "127.0.1.7");
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->text("tlswatch.device_error.name"), "BR_ERR_X509_NOT_TRUSTED");
  EXPECT_EQ(told->text("tlswatch.device_log.host"), "kitchen");
  EXPECT_EQ(told->find("device.id"), nullptr) << "a host name is a claim";
  const Event* diagnosis = await("diagnosis", "127.0.1.7");
  ASSERT_NE(diagnosis, nullptr);
  EXPECT_EQ(diagnosis->text("tlswatch.cause"), "server-cert-untrusted");
  EXPECT_EQ(diagnosis->text("tlswatch.identity.how"), "unknown");
  ASSERT_TRUE(log_.wait_for([&](const auto&) { return log_.count("device-log") == 2; }));
  daemon_->stop();
  log_.read();
  EXPECT_EQ(log_.count("diagnosis"), 1U) << "the MQTT state behind a TLS error is the same try";
  EXPECT_EQ(harness::read_file(folder_ / "state" / "events.json").find("hunter2"), std::string::npos);
  EXPECT_EQ(daemon_->messages().find("hunter2"), std::string::npos);
}

TEST_F(Syslog, AFloodOfManySourcesStaysBoundedAndADeviceIsHeardAfterwards) {
  std::mt19937 random(20261123);
  const auto flood = [&](int datagrams) {
    for (int i = 0; i < datagrams; ++i) {
      const Sender one(0x7F000000U | (1U + std::uint32_t(random() % 0xFFFFFEU)));
      one.send(port_.port(), "<134>x ESP-MQT: TLS connection error: " + std::to_string(random() % 400));
    }
  };
  flood(20'000);  // more than the sources that are remembered
  const std::int64_t before = memory_kib();
  flood(20'000);
  EXPECT_LT(memory_kib() - before, 4096) << "KiB more for 20,000 further addresses";
  const auto heard = [this] {
    log_.read();
    return daemon_->messages().find("datagrams over the limits") != std::string::npos;
  };
  EXPECT_TRUE(harness::wait_until(heard)) << daemon_->messages();
  const Sender device(0x7F000109);
  const Event* told = nullptr;
  EXPECT_TRUE(harness::wait_until([&] {
    device.send(port_.port(), "<134>garage ESP-MQT: TLS connection error: 54");
    for (const Event& event : log_.read()) {
      if (event.text("source.ip") == "127.0.1.9") told = &event;
    }
    return told != nullptr;
  })) << daemon_->messages();
}

}  // namespace
}  // namespace tlswatch::live
