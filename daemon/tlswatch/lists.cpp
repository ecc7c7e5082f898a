#include "daemon/tlswatch/lists.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/table.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/words.h"

namespace tlswatch::cli {
namespace {

constexpr std::size_t kTrendHours = 12;
constexpr std::uint64_t kHourNs = 3'600'000'000'000;

/// The broker's name is worth a column only where there are several.
template <typename Row>
bool several_brokers(const std::vector<Row>& rows) {
  return std::ranges::any_of(rows, [&](const Row& row) { return row.broker != rows.front().broker; });
}

Style style_of(store::DeviceState state) {
  switch (state) {
    case store::DeviceState::connected: return Style::good;
    case store::DeviceState::failing: return Style::bad;
    case store::DeviceState::gone: break;
  }
  return Style::plain;
}

std::vector<Cell> device_cells(const store::DeviceRow& device, std::uint64_t now_ns, bool with_broker) {
  const bool failing = device.state == store::DeviceState::failing;
  const bool broken_policy = device.policy.verdict == "violation";
  const bool broken_mfln = device.tls.mfln_honoured == false;
  return {
      {text::to_utf8(device.outside_id)},
      {std::string(store::name(device.state)), style_of(device.state)},
      {ago(device.last_seen_ns, now_ns)},
      {device.cause, failing ? Style::bad : Style::faint},
      {device.ip},
      {device.tls.version},
      {mfln_words(device.tls), broken_mfln ? Style::bad : Style::plain},
      {key_words(device.tls)},
      {device.policy.profile},
      {device.policy.verdict, broken_policy ? Style::bad : Style::plain},
      {grouped(device.failures)},
      {with_broker ? device.broker : std::string()},
      {text::to_utf8(device.outside_firmware)},
  };
}

}  // namespace

std::string devices_table(const std::vector<store::DeviceRow>& devices, std::uint64_t now_ns,
                          const Screen& screen) {
  const std::vector<Column> columns{
      {.head = "DEVICE", .least = 12},
      {.head = "NOW"},
      {.head = "LAST SEEN"},
      {.head = "LAST CAUSE", .least = 16, .with_value = true},
      {.head = "ADDRESS"},
      {.head = "TLS"},
      {.head = "MFLN"},
      {.head = "KEY"},
      {.head = "PROFILE", .least = 10, .with_value = true},
      {.head = "POLICY", .with_value = true},
      {.head = "FAILURES", .number = true},
      {.head = "BROKER", .least = 6, .with_value = true},
      {.head = "FIRMWARE", .least = 8, .with_value = true},
  };
  std::vector<std::vector<Cell>> rows;
  const bool brokers = several_brokers(devices);
  for (const store::DeviceRow& device : devices) rows.push_back(device_cells(device, now_ns, brokers));
  return table_text(columns, rows, screen);
}

std::string incidents_table(const std::vector<store::IncidentRow>& incidents, std::uint64_t now_ns,
                            const Screen& screen) {
  const std::vector<Column> columns{
      {.head = "INCIDENT"},
      {.head = "STATE"},
      {.head = "CAUSE", .least = 16},
      {.head = "DEVICES", .number = true},
      {.head = "FAILURES", .number = true},
      {.head = "LAST FAILURE"},
      {.head = "SINCE"},
      {.head = "LAST 12 H"},
      {.head = "PROFILE", .least = 10, .with_value = true},
      {.head = "PORT", .number = true, .with_value = true},
      {.head = "BROKER", .least = 6, .with_value = true},
  };
  std::vector<std::vector<Cell>> rows;
  const bool brokers = several_brokers(incidents);
  for (const store::IncidentRow& incident : incidents) {
    rows.push_back({
        {std::string(short_incident(incident.id))},
        {incident.open ? "open" : "over", incident.open ? Style::bad : Style::good},
        {incident.cause},
        {grouped(incident.devices) + (incident.devices_at_least ? "+" : "")},
        {grouped(incident.failures)},
        {ago(incident.last_seen_ns, now_ns)},
        {ago(incident.first_seen_ns, now_ns)},
        {trend(incident.hours, now_ns, kTrendHours)},
        {incident.profile},
        {incident.listener_port == 0 ? std::string() : std::to_string(incident.listener_port)},
        {brokers ? incident.broker : std::string()},
    });
  }
  return table_text(columns, rows, screen);
}

std::string victims_table(const std::vector<store::VictimRow>& victims, std::uint64_t now_ns,
                          const Screen& screen) {
  const std::vector<Column> columns{
      {.head = "DEVICE", .least = 12},         {.head = "NOW"},
      {.head = "FAILURES", .number = true},    {.head = "LAST FAILURE"},
      {.head = "ADDRESS", .with_value = true},
  };
  std::vector<std::vector<Cell>> rows;
  for (const store::VictimRow& victim : victims) {
    rows.push_back({
        {victim.outside_device_id.empty() ? "(not known)" : text::to_utf8(victim.outside_device_id)},
        {victim.failing ? "failing" : "well", victim.failing ? Style::bad : Style::good},
        {grouped(victim.failures)},
        {ago(victim.last_failure_ns, now_ns)},
        {victim.ip},
    });
  }
  return table_text(columns, rows, screen);
}

std::string totals_line(const store::Totals& totals, const Screen& screen) {
  const auto bad = [&](std::uint64_t number, const std::string& text) {
    return screen.paint(number == 0 ? Style::plain : Style::bad, text);
  };
  return counted(totals.devices, "device") + ": " + grouped(totals.connected) + " connected, " +
         bad(totals.failing, grouped(totals.failing) + " failing") + ", " +
         bad(totals.out_of_policy, grouped(totals.out_of_policy) + " out of policy") + "; " +
         bad(totals.open_incidents, counted(totals.open_incidents, "open incident"));
}

std::string trend(const std::vector<store::IncidentRow::Hour>& hours, std::uint64_t now_ns,
                  std::size_t count) {
  static constexpr std::array<std::string_view, 9> kBars{"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<std::uint64_t> bars(count, 0);
  const std::uint64_t this_hour = now_ns / kHourNs;
  for (const store::IncidentRow::Hour& hour : hours) {
    const std::uint64_t at = hour.from_ns / kHourNs;
    if (at <= this_hour && this_hour - at < count) bars[count - 1 - (this_hour - at)] += hour.failures;
  }
  const std::uint64_t most = *std::ranges::max_element(bars);
  std::string out;
  for (const std::uint64_t bar : bars) {
    const std::uint64_t height = bar == 0 ? 0 : 1 + bar * (kBars.size() - 2) / most;
    out += kBars[height];
  }
  return out;
}

}  // namespace tlswatch::cli
