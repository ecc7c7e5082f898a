#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Lines of the event log as values; every text in them is clean (core/text).
namespace tlswatch::cli {

/// Diagnosis: what was said of a failure.
struct Diagnosis {
  std::uint64_t at_ns = 0;
  std::string device;  ///< empty: nobody knows whose it was
  std::string ip;
  std::vector<std::string> sessions;  ///< that it is about
  std::string cause;
  double confidence = 0;
  std::string verdict;  ///< the cause in one plain sentence
  std::string remedy;   ///< empty: the sentence says it all
  struct Evidence {
    bool of_device = false;
    std::string what;
  };
  std::vector<Evidence> evidence;
  struct Alternative {
    std::string cause;
    double confidence = 0;
  };
  std::vector<Alternative> alternatives;
  std::string how;  ///< tlswatch.identity.how
  double identity_confidence = 0;
  std::vector<std::string> candidates;
  std::string incident;
  std::uint64_t count = 0;  ///< failures of this device in the incident so far
};

/// Nothing where the line is no diagnosis.
std::optional<Diagnosis> read_diagnosis(std::string_view json);

/// DeviceError: what a device said of an error, in a report or in its own log.
struct DeviceError {
  std::uint64_t told_ns = 0;      ///< when it said so
  std::uint64_t happened_ns = 0;  ///< 0: it does not know
  std::string stack, code, name, meaning, phase;
  std::uint64_t count = 0;  ///< how often in a row
};

/// Nothing where the line has no error of a device.
std::optional<DeviceError> read_device_error(std::string_view json);

/// The line's own sentence (`message`).
std::string read_message(std::string_view json);

}  // namespace tlswatch::cli
