#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/store/rows.h"
#include "daemon/tlswatch/display.h"

/// Lists of the store's rows, as people read them. Outside texts are made clean here.
namespace tlswatch::cli {

std::string devices_table(const std::vector<store::DeviceRow>& devices, std::uint64_t now_ns,
                          const Screen& screen);

std::string incidents_table(const std::vector<store::IncidentRow>& incidents, std::uint64_t now_ns,
                            const Screen& screen);

/// Who is in an incident.
std::string victims_table(const std::vector<store::VictimRow>& victims, std::uint64_t now_ns,
                          const Screen& screen);

/// "6 devices: 4 connected, 1 failing, 1 out of policy; 1 open incident".
std::string totals_line(const store::Totals& totals, const Screen& screen);

/// The failures of the latest `count` hours, one character each, the latest one last.
std::string trend(const std::vector<store::IncidentRow::Hour>& hours, std::uint64_t now_ns,
                  std::size_t count);

}  // namespace tlswatch::cli
