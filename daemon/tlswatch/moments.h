#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/rows.h"
#include "daemon/tlswatch/display.h"
#include "daemon/tlswatch/told.h"

/// One time line of both sides.
namespace tlswatch::cli {

enum class Side : std::uint8_t { broker, device, tlswatch };

/// Moment: what one side saw, or tlswatch made of it, in one clean sentence.
struct Moment {
  std::uint64_t at_ns = 0;
  Side side = Side::broker;
  std::string text;
  Style style = Style::plain;
};

/// A session's beginning and, where it was established, its end.
///
/// diagnosis  what is known of it beside its row; null: nothing
std::vector<Moment> session_moments(const store::SessionRow& session, const Diagnosis* diagnosis = nullptr);

/// What a device said of an error.
///
/// happened_ns  when it happened, where others know better than the device; 0: nobody does
Moment device_moment(const DeviceError& error, std::uint64_t happened_ns = 0);

/// The errors and the diagnoses that lines tell of, in no order: an error where its session was, a diagnosis
/// when it was made.
std::vector<Moment> line_moments(const std::vector<store::LineRow>& lines,
                                 const std::vector<store::SessionRow>& sessions);

/// The lines of a time line in the order of time, each time with its side, a sentence wrapped under itself;
/// the day stands before the first line and wherever it changes.
std::string moments_text(std::vector<Moment> moments, const Screen& screen);

}  // namespace tlswatch::cli
