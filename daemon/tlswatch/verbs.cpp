#include "daemon/tlswatch/verbs.h"

namespace tlswatch::cli {

void add_verbs(CLI::App& app, int& exit_code) {
  static constexpr AddVerb kVerbs[] = {
      add_check,
      add_decode,
      add_fingerprint,
      add_tail,
  };
  for (const AddVerb add : kVerbs) add(app, exit_code);
}

}  // namespace tlswatch::cli
