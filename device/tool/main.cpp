// tlswatch-device: the device module on this host. See device/README.md.
#include "attempt.h"
#include "options.h"

int main(int argc, char** argv) {
  const auto parsed = tlswatch::device::tool::parse_options(argc, argv);
  if (!parsed.options) return parsed.exit_code;
  return tlswatch::device::tool::run_attempt(*parsed.options);
}
