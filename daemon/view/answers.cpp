#include "daemon/view/answers.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/view/rows_json.h"

namespace tlswatch::view {
namespace {

template <typename Members>
std::string json(Members members) {
  log::JsonWriter j;
  j.begin();
  members(j);
  return std::string(j.end());
}

template <typename Row>
void write_rows(log::JsonWriter& j, std::string_view name, const std::vector<Row>& rows) {
  j.array(name, [&] {
    for (const Row& row : rows) write(j, row);
  });
}

template <typename Row>
std::string list_json(std::string_view name, const std::vector<Row>& rows) {
  return json([&](log::JsonWriter& j) { write_rows(j, name, rows); });
}

template <typename Row>
std::string page_json(std::string_view name, const store::Page<Row>& page) {
  return json([&](log::JsonWriter& j) {
    write_rows(j, name, page.rows);
    j.key("next").outside_or_null(page.next);
  });
}

std::string fix_for(const store::IncidentRow& incident, const std::vector<store::LineRow>& diagnoses,
                    const FixByCause& fixes) {
  for (const store::LineRow& line : diagnoses) {
    if (std::string fix = fix_of(line); !fix.empty()) return fix;
  }
  const auto found = fixes.find(incident.cause);
  return found == fixes.end() ? std::string() : found->second;
}

}  // namespace

std::string totals_json(const store::Totals& totals, std::string_view version,
                        const std::vector<std::string>& brokers) {
  return json([&](log::JsonWriter& j) {
    j.key("devices").number(totals.devices);
    j.key("connected").number(totals.connected);
    j.key("failing").number(totals.failing);
    j.key("out_of_policy").number(totals.out_of_policy);
    j.key("open_incidents").number(totals.open_incidents);
    write_time(j, "oldest", totals.oldest_ns);
    write_time(j, "newest", totals.newest_ns);
    j.key("store_bytes").number(totals.bytes);
    j.key("version").name(version);
    j.array("brokers", [&] {
      for (const std::string& broker : brokers) j.outside(broker);
    });
  });
}

std::string devices_json(const store::Page<store::DeviceRow>& page) {
  return page_json("devices", page);
}

std::string incidents_json(const store::Page<store::IncidentRow>& page) {
  return page_json("incidents", page);
}

std::string device_json(const std::vector<DeviceStory>& stories) {
  return json([&](log::JsonWriter& j) {
    j.array("devices", [&] {
      for (const DeviceStory& story : stories) {
        j.object([&] {
          write(j.key("device"), story.device);
          j.key("why");
          const auto latest = std::ranges::find(story.lines, "diagnosis", &store::LineRow::action);
          latest == story.lines.end() ? j.null() : write_why(j, *latest);
          write_timeline(j, "timeline", story);
        });
      }
    });
  });
}

std::string incident_json(const store::IncidentRow& incident, const std::vector<store::VictimRow>& victims,
                          const std::vector<store::LineRow>& diagnoses, const FixByCause& fixes) {
  const std::string fix = text::to_utf8(fix_for(incident, diagnoses, fixes), 4 * log::kMaxText);
  const Advice said = advice(fix);
  return json([&](log::JsonWriter& j) {
    write(j.key("incident"), incident);
    j.key("meaning").text(said.meaning);
    j.key("fix").text(said.fix);
    write_rows(j, "victims", victims);
    j.array("diagnoses", [&] {
      for (const store::LineRow& line : diagnoses) write_line(j, line.json);
    });
  });
}

std::string certificates_json(const std::vector<store::CertificateRow>& certificates) {
  return list_json("certificates", certificates);
}

std::string compliance_json(const std::vector<store::ComplianceRow>& rows) {
  return list_json("compliance", rows);
}

std::string hours_json(const std::vector<store::HourRow>& hours) {
  return list_json("hours", hours);
}

std::string error_json(int status, std::string_view sentence) {
  return json([&](log::JsonWriter& j) {
    j.object("error", [&] {
      j.key("status").signed_number(status);
      j.key("message").outside(sentence);
    });
  });
}

}  // namespace tlswatch::view
