#pragma once

#include <string>
#include <vector>

#include "daemon/log/json_writer.h"
#include "daemon/store/rows.h"

namespace tlswatch::view {

/// DeviceStory: a device at one broker, and what both sides said of it, each latest first.
struct DeviceStory {
  store::DeviceRow device;
  std::vector<store::SessionRow> sessions;
  std::vector<store::LineRow> lines;
};

/// A session in one clean sentence, as the time line has it.
std::string session_sentence(const store::SessionRow& session);

/// Writes the entries of the time line of both sides as an array under `name`, the latest first. A session
/// stands where it began.
void write_timeline(log::JsonWriter& j, std::string_view name, const DeviceStory& story);

}  // namespace tlswatch::view
