#include "daemon/tlswatch/verbs.h"

namespace tlswatch::cli {

void add_verbs(CLI::App& app, int& exit_code) {
  static constexpr AddVerb kVerbs[] = {
      add_check,       add_complete, add_decode,    add_device, add_devices,
      add_fingerprint, add_incident, add_incidents, add_tail,   add_why,
  };
  for (const AddVerb add : kVerbs) add(app, exit_code);
}

}  // namespace tlswatch::cli
