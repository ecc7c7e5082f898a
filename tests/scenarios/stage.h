// A scenario on stage: certificates, broker, daemon and event log of one run, and its steps played.
#pragma once

#include <memory>
#include <string>

#include "broker.h"
#include "daemon.h"
#include "event_log.h"
#include "files.h"
#include "pki.h"
#include "scenario.h"

namespace tlswatch::scenarios {

class Stage {
 public:
  explicit Stage(const Scenario& scenario);

  /// Plays all steps; after each one waits until the log shows the end of as many sessions as it has made, so
  /// that the order of the sessions is the order of the steps. Then stops the broker and the daemon.
  void play();

  harness::EventLog& log() { return log_; }
  const harness::Broker& broker() const { return *broker_; }

  /// Replaces ${port}, ${port.NAME}, ${address}, ${dir}, ${device}, ${clients}, ${scenarios}, ${crt.NAME},
  /// ${key.NAME}, ${crl.NAME}, ${fingerprint.NAME}.
  /// Throws harness::Error for another one.
  std::string fill_in(const std::string& text) const;

 private:
  void prepare_files();
  void play(const Step& step);
  void start_daemon();
  void run_program(const Step& step);
  void await_program(const Step& step, harness::Process& process, const std::filesystem::path& out);
  std::string port_of(const std::string& name) const;
  void await_sessions(std::size_t total);

  const Scenario& scenario_;
  harness::TempDir folder_;
  harness::Pki pki_;
  std::unique_ptr<harness::BadNetwork> network_;
  std::unique_ptr<harness::Broker> broker_;
  std::vector<std::unique_ptr<harness::FaultyLink>> links_;  // as scenario_.links
  std::unique_ptr<harness::Daemon> daemon_;
  harness::EventLog log_;

  struct Running {
    const Step* step;
    std::unique_ptr<harness::Process> process;
    std::filesystem::path out;
  };
  std::vector<Running> running_;
  int programs_ = 0;
};

/// How many sessions have come to their end in the log.
std::size_t ended_sessions(const std::vector<harness::Event>& events);

}  // namespace tlswatch::scenarios
