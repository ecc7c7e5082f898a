// The generated fleet is the one that was asked for, and the same seed gives the same one.
#include <gtest/gtest.h>

#include <set>

#include "certificate.h"
#include "daemon/core/report/report.h"
#include "daemon/core/tls/ja4.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "print.h"
#include "simulate.h"
#include "targets.h"

namespace tlswatch::fleet_sim {
namespace {

Options small() {
  Options out;
  out.devices = 1500;
  out.days = 2;
  return out;
}

/// All that the records say, as one number (FNV-1a).
struct Played {
  std::uint64_t hash = 14695981039346656037U;
  bool in_order = true;
  Counts counts;
};

Played play(const Options& options) {
  Played out;
  Ledger ledger;
  std::uint64_t last_ns = 0;
  World world(
      options,
      [&](const wire::Record& record) {
        const auto mix = [&](std::uint64_t value) { out.hash = (out.hash ^ value) * 1099511628211U; };
        mix(static_cast<std::uint64_t>(record.type));
        mix(record.time_unix_ns);
        mix(record.session);
        for (const std::uint8_t byte : record.sections) mix(byte);
        out.in_order = out.in_order && record.time_unix_ns >= last_ns;
        last_ns = record.time_unix_ns;
      },
      ledger);
  world.run();
  out.counts = world.counts();
  return out;
}

TEST(Fleet, IsTheSameForTheSameSeedAndInTheOrderOfTime) {
  const Played once = play(small());
  EXPECT_EQ(once.hash, play(small()).hash);
  EXPECT_TRUE(once.in_order);
  Options other = small();
  other.seed = 2;
  EXPECT_NE(once.hash, play(other).hash);
}

TEST(Fleet, IsReadByThePipelineWithoutATraceOfDoubtAndPrintedAlikeTwice) {
  const auto first = simulate(small());
  const auto second = simulate(small());
  ASSERT_TRUE(std::holds_alternative<Outcome>(first)) << std::get<std::string>(first);
  const Outcome& outcome = std::get<Outcome>(first);
  EXPECT_EQ(outcome.unreadable, 0U);
  EXPECT_EQ(outcome.result.failed, outcome.counts.failed);
  EXPECT_EQ(outcome.result.identified.statements, outcome.counts.identified);
  EXPECT_EQ(to_json(outcome, {}), to_json(std::get<Outcome>(second), {}));
  EXPECT_EQ(to_table(outcome, {}), to_table(std::get<Outcome>(second), {}));
}

struct ShareCase {
  const char* name;
  std::uint64_t Counts::*part;
  std::uint64_t Counts::*all;  ///< null: the devices
  double wanted;
  double within;
};
const ShareCase kShares[] = {
    {"60_percent_are_behind_nat", &Counts::behind_nat, nullptr, 0.60, 0.001},
    {"30_percent_of_renewals_give_another_address", &Counts::readdressed, &Counts::renewals, 0.30, 0.01},
    {"5_percent_fail", &Counts::failing_devices, nullptr, 0.05, 0.001},
    {"half_of_them_in_outbreaks", &Counts::together, &Counts::failing_devices, 0.5, 0.01},
    {"20_percent_of_them_give_up", &Counts::never_again, &Counts::failing_devices, 0.20, 0.06},
    {"they_fail_25_times_on_average", &Counts::tries, &Counts::failing_devices, 25.5, 5},
    {"10_percent_of_reports_are_missing", &Counts::reports_missing, &Counts::returns, 0.10, 0.05},
    {"3_percent_are_renamed", &Counts::renamed, nullptr, 0.03, 0.006},
    {"2_percent_are_scanners", &Counts::scanners, nullptr, 0.02, 0.0005},
    {"a_tenth_of_them_inside", &Counts::scanners_inside, &Counts::scanners, 0.10, 0.07},
    {"a_tenth_of_the_clocks_are_wrong", &Counts::clock_wrong, nullptr, 0.10, 0.01},
    {"30_percent_were_connected_before", &Counts::connected_before, nullptr, 0.30, 0.02},
    {"5_percent_of_the_tries_are_unseen", &Counts::unseen_tries, &Counts::failed, 0.05 / 0.95, 0.01},
    {"nearly_all_planned_tries_are_made", &Counts::failed, &Counts::tries, 1, 0.02},
};
class Shares : public testing::TestWithParam<ShareCase> {
 protected:
  static const Counts& counts() {
    static const Counts counts = [] {
      Options options;
      options.devices = 6000;
      options.days = 3;
      return play(options).counts;
    }();
    return counts;
  }
};

TEST_P(Shares, AreAsAsked) {
  const ShareCase& row = GetParam();
  const auto all = row.all == nullptr ? 6000.0 : static_cast<double>(counts().*row.all);
  EXPECT_NEAR(static_cast<double>(counts().*row.part) / all, row.wanted, row.within);
}
INSTANTIATE_TEST_SUITE_P(fleet, Shares, testing::ValuesIn(kShares),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Fleet, EachBuildHasOneJa4OfItsOwnAndNoOutsiderHasIt) {
  const auto ja4 = [](const ByteVector& hello) {
    return std::string(tls::ja4(*tls::parse_client_hello(hello, false), x509::sha256)->view());
  };
  std::set<std::string> all;
  for (const Build& build : make_builds(60, 3)) {
    EXPECT_EQ(ja4(build.hello[0]), ja4(build.hello[1])) << "the broker's name is not in it";
    EXPECT_TRUE(all.insert(ja4(build.hello[0])).second) << build.version;
  }
  for (std::uint64_t variant = 0; variant < 4096; ++variant) {
    EXPECT_FALSE(all.contains(ja4(outsiders_hello(variant))));
  }
}

TEST(Fleet, CertificatesAreReadAsTheyWereMade) {
  const auto good = x509::read_certificate(make_certificate("red", "Example CA", kLongValid, 7));
  ASSERT_NE(good, nullptr);
  EXPECT_EQ(good->common_name, "red");
  EXPECT_EQ(good->issuer, "CN=Example CA");
  EXPECT_EQ(good->key_algorithm, "RSA");
  EXPECT_EQ(good->key_bits, 2048U);
  EXPECT_EQ(good->signature_algorithm, "SHA256-RSA");
  const auto expired = x509::read_certificate(make_certificate("red", "Example CA", kBeginUnixS, 7));
  ASSERT_NE(expired, nullptr);
  EXPECT_EQ(expired->not_after_unix_s, kBeginUnixS);
  EXPECT_EQ(good->not_after_unix_s, kLongValid);
}

TEST(Fleet, NoTwoDevicesOutsideNatHaveOneAddressAndFreedOnesAreTakenByOthers) {
  Random random(1);
  Options options = small();
  options.nat = 0;
  Network network(options, random);
  std::set<Ip> before;
  for (std::uint32_t device = 0; device < options.devices; ++device) before.insert(network.address(device));
  std::uint64_t others = 0;
  for (int round = 0; round < 20; ++round) {
    for (std::uint32_t device = 0; device < options.devices; ++device) network.renew(device, 0.3, random);
  }
  std::set<Ip> after;
  for (std::uint32_t device = 0; device < options.devices; ++device) {
    EXPECT_TRUE(after.insert(network.address(device)).second);
    others += before.contains(network.address(device)) ? 1U : 0U;
  }
  EXPECT_GT(others, options.devices / 2) << "most addresses had an owner before";
}

struct MemoryCase {
  const char* name;
  bool clock_set;
  bool reset, power;  ///< after five failures, before two more
  std::size_t entries;
  std::uint32_t count;  ///< of the first entry
  bool ago;             ///< whether the first entry knows it
};
const MemoryCase kMemories[] = {
    {"seven_in_a_row_are_one_entry", true, false, false, 1, 7, true},
    {"a_reset_does_not_end_the_row", true, true, false, 1, 7, true},
    {"after_a_power_cut_what_flash_knew_is_an_entry_of_its_own", true, false, true, 2, 1, true},
    {"without_a_clock_a_power_cut_loses_the_time", false, false, true, 2, 1, false},
};
class Memories : public testing::TestWithParam<MemoryCase> {};

TEST_P(Memories, AreTheRealRecorders) {
  const MemoryCase& row = GetParam();
  Random random(3);
  constexpr std::int64_t kNow = 1'795'366'544;
  DeviceMemory memory("14.0.0", random, 300, row.clock_set, kNow - 100);
  const device::Failure untrusted{device::Stack::bearssl, device::Phase::tls, 62, 0};
  std::int64_t now = kNow;
  for (int i = 0; i < 7; ++i, now += 20) {
    memory.at(now);
    if (i == 5 && row.reset) memory.reset();
    if (i == 5 && row.power) memory.cut_power();
    memory.attempt();
    memory.failed(untrusted);
  }
  memory.at(now).connected();
  std::vector<report::ReportEntry> entries;
  for (std::uint16_t packet = 1; packet < 6; ++packet) {
    const std::string_view text = memory.report(20, packet);
    if (text.empty()) break;
    const auto report =
        report::read_report({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    ASSERT_TRUE(report.ok()) << text;
    entries.insert(entries.end(), report->entries.begin(), report->entries.end());
    memory.acknowledged(packet);
  }
  ASSERT_EQ(entries.size(), row.entries);
  EXPECT_EQ(entries[0].count, row.count);
  EXPECT_EQ(entries[0].code, 62);
  EXPECT_EQ(entries[0].ago_s.has_value(), row.ago);
  EXPECT_FALSE(memory.pending());
}
INSTANTIATE_TEST_SUITE_P(fleet, Memories, testing::ValuesIn(kMemories),
                         [](const auto& row) { return std::string(row.param.name); });

struct ComplaintCase {
  const char* name;
  void (*change)(Options&);
  std::string begins;
};
const ComplaintCase kComplaints[] = {
    {"the_defaults_are_fine", [](Options&) {}, ""},
    {"a_share_above_1", [](Options& o) { o.nat = 1.5; }, "--nat is a share"},
    {"a_range_upside_down", [](Options& o) { o.tries_min = 60; }, "the range of --tries"},
    {"no_device", [](Options& o) { o.devices = 0; }, "--devices"},
    {"no_time", [](Options& o) { o.days = 0; }, "--days"},
};

TEST(Fleet, OptionsThatDoNotFitAreNamed) {
  for (const ComplaintCase& row : kComplaints) {
    SCOPED_TRACE(row.name);
    Options options;
    row.change(options);
    EXPECT_TRUE(complaint(options).starts_with(row.begins)) << complaint(options);
    EXPECT_EQ(complaint(options).empty(), row.begins.empty());
  }
}

}  // namespace
}  // namespace tlswatch::fleet_sim
