// The command line of tlswatch-device, checked: what it names exists and fits together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tlswatch_ca_x509.h"
#include "tlswatch_fingerprint.h"
#include "tlswatch_suites.h"

namespace tlswatch::device::tool {

/// A cipher suite as --suite names it, and the CA check of a device that speaks it.
struct Suite {
  const char* name;
  SuiteSetup setup;
  ServerCheck (*ca_check)(CaTrust& trust);
};

/// A kind of device: the defaults of a run, and the key limit.
struct Profile {
  const char* name;
  std::uint16_t mfln;
  std::uint16_t rsa_bits_max;
};

struct Options {
  std::string host;
  std::uint16_t port = 0;
  std::string id;
  const Profile* profile = nullptr;
  const Suite* suite = nullptr;
  std::uint16_t mfln = 0;  ///< 0: not asked for
  FingerprintSlot slots[kFingerprintSlots] = {};
  std::string cafile;  ///< empty: by fingerprint
  std::optional<std::string> server_name;
  std::string cert;
  std::string key;
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::optional<std::uint32_t> clock_s;  ///< Unix time at the start; nothing: not set
  bool resume = false;
  std::string rtc;
  std::string flash;
  std::string report_topic;
  std::uint32_t stay_s = 0;
  std::uint32_t timeout_ms = 0;
};

/// What to do after the command line was read.
struct Parsed {
  std::optional<Options>
      options;  ///< nothing: stop with `exit_code`; the reason, or the help, has been printed
  int exit_code = 0;
};

Parsed parse_options(int argc, char** argv);

}  // namespace tlswatch::device::tool
