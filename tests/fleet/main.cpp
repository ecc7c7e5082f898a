// fleet_sim: how well does the pipeline tell which device it was? README.md has the model.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "print.h"
#include "simulate.h"
#include "targets.h"

namespace tlswatch::fleet_sim {
namespace {

constexpr int kMissed = 1;
constexpr int kBadUsage = 2;

void add_fleet(CLI::App& app, Options& o) {
  app.add_option("--devices", o.devices, "devices of the fleet");
  app.add_option("--builds", o.builds, "firmware builds; JA4 is equal within one");
  app.add_option("--nat", o.nat, "share of the devices behind NAT");
  app.add_option("--nat-group-min", o.nat_group_min, "devices behind one public address, at least");
  app.add_option("--nat-group-max", o.nat_group_max, "devices behind one public address, at most");
  app.add_option("--lease-min", o.lease_min_h, "shortest DHCP lease, hours");
  app.add_option("--lease-max", o.lease_max_h, "longest DHCP lease, hours");
  app.add_option("--reshuffled", o.reshuffled, "share of the renewals that give another address");
  app.add_option("--certificates", o.certificates, "share of the devices with a client certificate");
  const std::map<std::string, CertificateName> names{
      {"id", CertificateName::id}, {"serial", CertificateName::serial}, {"shared", CertificateName::shared}};
  app.add_option(
         "--certificate-name", o.certificate_name,
         "what their certificates' subject is: id (the client id as shipped), serial (a number), shared (the "
         "same in all)")
      ->transform(CLI::CheckedTransformer(names));
  app.add_option("--psk-builds", o.psk_builds, "builds with PSK in place of certificates");
  app.add_option("--quiet", o.quiet, "share of the devices that never publish: named at their session's end");
  app.add_option("--renamed", o.renamed, "share of the devices whose client id changes during the run");
  app.add_option("--clock-wrong", o.clock_wrong, "share of the devices with a wrong clock");
  app.add_option("--clock-error", o.clock_error_max_s, "how wrong it is at most, seconds both ways");
  app.add_option("--clock-unset", o.clock_unset, "share of the devices that never know the time");
  app.add_option("--connected-before", o.connected_before,
                 "share of the devices connected before the first record");
}

void add_life(CLI::App& app, Options& o) {
  app.add_option("--reconnects", o.reconnects_per_day, "lost connections of a healthy device, per day");
  app.add_option("--half-open", o.half_open, "share of them that the broker does not notice");
  app.add_option("--broker-restarts", o.broker_restarts, "restarts of the broker in the run");
  app.add_option("--failing", o.failing, "share of the devices that fail for a while");
  app.add_option("--tries-min", o.tries_min, "failed tries of one, at least");
  app.add_option("--tries-max", o.tries_max, "failed tries of one, at most");
  app.add_option("--never-again", o.never_again, "share of the failing that give up after their tries");
  app.add_option("--outbreak", o.outbreak,
                 "share of the failing that fail together with others of one build");
  app.add_option("--outbreaks", o.outbreaks, "number of such occasions");
  app.add_option("--first-contact", o.first_contact, "share of the failing that never connected before");
  app.add_option("--unseen-tries", o.unseen_tries, "share of the tries that do not reach the broker");
  app.add_option("--retry-first", o.retry_first_s,
                 "wait after the first failure, seconds; each adds as much");
  app.add_option("--retry-max", o.retry_max_s, "longest wait, seconds");
  app.add_option("--power-cut", o.power_cut, "share of the failing with a power cut meanwhile");
  app.add_option("--reset", o.reset, "share of the failing with a reset meanwhile");
  app.add_option("--reports-missing", o.reports_missing, "share of the reports that never come");
  app.add_option("--scanners", o.scanners, "scanning addresses, as a share of the devices");
  app.add_option("--scans", o.scans_max, "connections of one scanner, at most");
  app.add_option("--scanners-inside", o.scanners_inside,
                 "share of the scanners behind a NAT where devices are");
}

int run(int argc, char** argv) {
  Options options;
  std::uint32_t runs = 1;
  bool json = false;
  CLI::App app(
      "Plays a simulated fleet through the pipeline and scores how well it tells which device it was.\n"
      "Exit status: 0 the targets hold, 1 one does not, 2 bad usage. Shares are between 0 and 1.");
  app.option_defaults()->always_capture_default();
  app.add_option("--seed", options.seed, "the same seed gives the same run");
  app.add_option("--runs", runs, "runs with seeds that follow one another, scored together")
      ->check(CLI::Range(1U, 1000U));
  app.add_option("--days", options.days, "simulated time, days");
  app.add_flag("--json", json, "one JSON object in place of the tables");
  add_fleet(app, options);
  add_life(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadUsage;
  }
  std::string trouble = complaint(options);
  if (trouble.empty()) {
    auto outcome = simulate(options, runs);
    if (const auto* done = std::get_if<Outcome>(&outcome)) {
      const auto missed = missed_targets(done->result, done->counts.reports);
      std::fputs((json ? to_json(*done, missed) : to_table(*done, missed)).c_str(), stdout);
      return missed.empty() ? 0 : kMissed;
    }
    trouble = std::get<std::string>(outcome);
  }
  std::fprintf(stderr, "fleet_sim: %s\n", trouble.c_str());
  return kBadUsage;
}

}  // namespace
}  // namespace tlswatch::fleet_sim

int main(int argc, char** argv) {
  return tlswatch::fleet_sim::run(argc, argv);
}
