#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "daemon/tlswatch/verbs.h"

int main(int argc, char** argv) {
  using namespace tlswatch::cli;
  int exit_code = kFine;
  try {
    CLI::App app("Why can't this device connect? Exit status: 0 fine, 1 the answer is bad news, 2 bad usage.",
                 "tlswatch");
    app.set_version_flag("--version", "tlswatch " TLSWATCH_VERSION);
    app.require_subcommand(1);
    add_verbs(app, exit_code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      return app.exit(e) == 0 ? kFine : kBadUsage;
    }
  } catch (const std::exception& e) {
    std::cerr << "tlswatch: " << e.what() << '\n';
    return kBadUsage;
  }
  return exit_code;
}
