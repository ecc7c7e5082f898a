#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/log/json_writer.h"
#include "daemon/store/rows.h"

/// Rows of the store as JSON objects, each written as one value. All text is sanitised (core/text). What is
/// not known is null; its key is always there.
namespace tlswatch::view {

/// "2026-11-25T04:52:34.189Z": RFC 3339 in UTC with milliseconds; empty for 0.
std::string time_text(std::uint64_t unix_ns);

/// A client id under `key`, exactly, since it is asked for again by it: what is not clean (core/text) is
/// escaped as \uXXXX. Bytes that are no UTF-8, which no broker lets through, are sanitised. Null where it is
/// empty.
void write_id(log::JsonWriter& j, std::string_view key, std::string_view outside_id);

void write_time(log::JsonWriter& j, std::string_view key, std::uint64_t unix_ns);
void write(log::JsonWriter& j, const store::DeviceRow& device);
void write(log::JsonWriter& j, const store::SessionRow& session);
void write(log::JsonWriter& j, const store::IncidentRow& incident);
void write(log::JsonWriter& j, const store::VictimRow& victim);
void write(log::JsonWriter& j, const store::CertificateRow& certificate);
void write(log::JsonWriter& j, const store::ComplianceRow& row);
void write(log::JsonWriter& j, const store::HourRow& hour);

/// The line of the event log that a row keeps; null where it is no JSON.
void write_line(log::JsonWriter& j, std::string_view json);

}  // namespace tlswatch::view
