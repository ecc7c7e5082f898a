#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/error.h"
#include "plugin/wire/result.h"

namespace tlswatch::config {

struct BrokerConfig {
  std::string name;
  std::string ring;
  std::string cursor;              ///< default: the ring's path with `.cursor`
  bool passwords_checked = false;  ///< `passwords: checked`: a user name proves something there
};

enum class Console : std::uint8_t { off, text, json };
enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogConfig {
  std::string file;
  std::uint64_t rotate_bytes = std::uint64_t{64} * 1024 * 1024;
  std::size_t rotate_files = 10;
  Console console = Console::off;
  LogLevel level = LogLevel::info;
};

/// A broker's own log: a file, or what a unit says in systemd's journal; one of `file` and `journal` is
/// empty.
struct BrokerLogConfig {
  std::string broker;
  std::string file{};
  std::string cursor{};             ///< default: the cursor of the broker's ring with `.log`
  std::string journal{};            ///< the unit: mosquitto.service
  std::string journal_directory{};  ///< of its journal files; empty: this machine's system journal
};

/// Where stock firmware's lines come to.
struct SyslogConfig {
  std::string listen;
  std::string broker;  ///< which one its devices speak to; default: the first
};

/// Where the web page, the API and /metrics are. Others can reach them only by TLS and with a token.
struct HttpConfig {
  std::string listen;  ///< ADDRESS:PORT, or the path of a Unix socket
  std::string token_file{}, certificate{}, key{};
};

/// What the store may keep.
struct StoreLimits {
  std::uint64_t age_s = std::uint64_t{30} * 86400;
  std::uint64_t bytes = 2'000'000'000;
};

/// Config: /etc/tlswatch/tlswatch.yaml, as the contract has it.
struct Config {
  std::vector<BrokerConfig> brokers;
  LogConfig log;
  std::optional<SyslogConfig> syslog;
  std::optional<HttpConfig> http;
  std::optional<std::string> store;  ///< its file
  StoreLimits store_limits;
  std::vector<BrokerLogConfig> broker_log;
  std::vector<std::string> profiles, knowledge;  ///< files; the shipped ones where the key is not there
};

/// Files used where the configuration names none.
struct Shipped {
  std::string profiles;
  std::string knowledge;
};

/// Reads a configuration file. All errors are found at once, each with file, line and column, what is wrong
/// and what would be right; the files it names are not opened.
Result<Config, Errors> load_config(const std::string& file, const Shipped& shipped);

}  // namespace tlswatch::config
