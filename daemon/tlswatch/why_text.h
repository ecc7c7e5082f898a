#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/rows.h"
#include "daemon/tlswatch/display.h"

/// The short reports of `why`, `device` and `incident`: rows in, text out.
namespace tlswatch::cli {

/// Why a device cannot connect, or could not when it last failed: the verdict, the evidence of both sides on
/// one time line, what to do, what else it could be.
///
/// sessions, lines  the device's, latest first
std::string device_report(const store::DeviceRow& device, const std::vector<store::SessionRow>& sessions,
                          const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                          const Screen& screen);

/// A device's facts and its whole time line.
std::string device_story(const store::DeviceRow& device, const std::vector<store::SessionRow>& sessions,
                         const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                         const Screen& screen);

/// An incident: what it is, what to do, who is in it.
///
/// lines  its diagnoses, latest first
std::string incident_report(const store::IncidentRow& incident, const std::vector<store::VictimRow>& victims,
                            const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                            const Screen& screen);

/// Sessions on which nobody's name is: what the broker saw of them, and what that means.
std::string nameless_report(const std::vector<store::SessionRow>& sessions, const Screen& screen);

}  // namespace tlswatch::cli
