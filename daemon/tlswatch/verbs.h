#pragma once

namespace CLI {
class App;
}

/// The verbs of the operator's command. A new verb is a file with one such function, and its line in
/// verbs.cpp.
namespace tlswatch::cli {

/// Exit codes of every verb (contract).
inline constexpr int kFine = 0;
inline constexpr int kBadNews = 1;
inline constexpr int kBadUsage = 2;

/// Adds a verb to the command line. When it is called, it runs and sets `exit_code`, which outlives the app.
using AddVerb = void (*)(CLI::App& app, int& exit_code);

void add_check(CLI::App& app, int& exit_code);
void add_decode(CLI::App& app, int& exit_code);
void add_complete(CLI::App& app, int& exit_code);
void add_device(CLI::App& app, int& exit_code);
void add_devices(CLI::App& app, int& exit_code);
void add_incident(CLI::App& app, int& exit_code);
void add_incidents(CLI::App& app, int& exit_code);
void add_fingerprint(CLI::App& app, int& exit_code);
void add_tail(CLI::App& app, int& exit_code);
void add_why(CLI::App& app, int& exit_code);

void add_verbs(CLI::App& app, int& exit_code);

}  // namespace tlswatch::cli
