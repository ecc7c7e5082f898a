#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tlswatch::cli {

/// One event of the log as one line for people: time, outcome, action, who, what was negotiated, message.
/// Every text in it is clean (core/text), so that nothing in it steers the terminal.
///
/// json    a line of the event log
/// colour  mark the outcome with ANSI colours
/// returns  nothing where the line is no event
std::optional<std::string> event_for_people(std::string_view json, bool colour);

/// The line as it is, for machines, but never with a character that steers a terminal: JSON may carry such
/// only as an escape, so a line from our own log is not changed. Nothing where it is no event.
std::optional<std::string> event_for_machines(std::string_view json);

}  // namespace tlswatch::cli
