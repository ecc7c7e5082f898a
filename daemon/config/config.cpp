#include "daemon/config/config.h"

#include <algorithm>

#include "daemon/config/yaml_reader.h"
#include "daemon/core/wire/loopback.h"

namespace tlswatch::config {
namespace {

constexpr std::size_t kMaxBrokers = 64;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxUnit = 255;
constexpr std::uint64_t kMinRotate = 64 * 1024;
constexpr std::uint64_t kMaxRotate = std::uint64_t{1} << 40;
constexpr std::int64_t kMaxFiles = 1000;
constexpr std::uint64_t kMinStore = 16 * 1024 * 1024;
constexpr std::uint64_t kMinAge = 3600;
constexpr std::uint64_t kMaxAge = std::uint64_t{3650} * 86400;

/// A broker's name stands in every id, so it has no room for separators.
bool good_name(const std::string& name) {
  return name.size() <= kMaxName && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.';
         });
}

/// "mosquitto.service", "mosquitto@edge.service", "session-2.scope": as journald writes _SYSTEMD_UNIT.
bool good_unit(std::string_view name) {
  return (name.ends_with(".service") || name.ends_with(".scope")) && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view(":-_.\\@").find(c) != std::string_view::npos;
         });
}

/// Whether only this host's users reach a listener: on loopback, or a Unix socket.
bool only_from_here(std::string_view listen) {
  if (listen.starts_with('/')) return true;
  std::string_view host = listen.substr(0, listen.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return facts::is_loopback(host);
}

class ConfigReader {
 public:
  ConfigReader(const std::string& file, const Shipped& shipped, Errors& errors)
      : r_(file, errors), shipped_(shipped) {}

  Config read() {
    const auto root = r_.load();
    if (!root) return {};
    r_.map(*root, "the configuration",
           {{"brokers", true, [this](const Node& n) { brokers(n); }},
            {"log", true, [this](const Node& n) { log(n); }},
            {"syslog", false, [this](const Node& n) { syslog(n); }},
            {"broker_log", false, [this](const Node& n) { broker_logs(n); }},
            {"store", false, [this](const Node& n) { store(n); }},
            {"http", false, [this](const Node& n) { http(n); }},
            {"profiles", false, [this](const Node& n) { config_.profiles = r_.texts(n, "profiles"); }},
            {"knowledge", false, [this](const Node& n) { config_.knowledge = r_.texts(n, "knowledge"); }}});
    if (!(*root)["profiles"]) config_.profiles = {shipped_.profiles};
    if (!(*root)["knowledge"]) config_.knowledge = {shipped_.knowledge};
    for (const auto& [node, name] : named_brokers_) {
      if (find_broker(name) == nullptr)
        r_.fail(node, "no broker is called `" + name + "`; name one that stands under brokers");
    }
    fill_in_defaults();
    return config_;
  }

 private:
  const BrokerConfig* find_broker(const std::string& name) const {
    const auto found = std::ranges::find(config_.brokers, name, &BrokerConfig::name);
    return found == config_.brokers.end() ? nullptr : &*found;
  }

  /// What depends on the brokers, which may stand further down in the file.
  void fill_in_defaults() {
    for (BrokerLogConfig& log : config_.broker_log) {
      const BrokerConfig* broker = find_broker(log.broker);
      if (log.cursor.empty() && broker != nullptr) log.cursor = broker->cursor + ".log";
    }
    if (config_.syslog && config_.syslog->broker.empty() && !config_.brokers.empty())
      config_.syslog->broker = config_.brokers.front().name;
  }

  void brokers(const Node& node) {
    r_.list(node, "brokers", [this](const Node& n) { broker(n); });
    if (node.IsSequence() && node.size() == 0) r_.fail(node, "brokers needs at least one broker");
    if (config_.brokers.size() > kMaxBrokers) {
      r_.fail(node, "at most " + std::to_string(kMaxBrokers) + " brokers can be watched by one daemon");
    }
  }

  void broker(const Node& node) {
    BrokerConfig out;
    r_.map(node, "a broker",
           {{"name", true, [&](const Node& n) { out.name = broker_name(n); }},
            {"ring", true, [&](const Node& n) { out.ring = r_.text(n, "ring").value_or(""); }},
            {"cursor", false, [&](const Node& n) { out.cursor = r_.text(n, "cursor").value_or(""); }},
            {"passwords", false, [&](const Node& n) {
               out.passwords_checked = r_.choice(n, "passwords", {"unknown", "checked"}) == std::size_t{1};
             }}});
    if (out.cursor.empty()) out.cursor = out.ring + ".cursor";
    for (const BrokerConfig& other : config_.brokers) {
      if (other.name == out.name)
        r_.fail(node, "two brokers are called `" + out.name + "`; names must differ");
      if (other.ring == out.ring)
        r_.fail(node, "two brokers have the ring " + out.ring + "; each broker has its own");
      if (other.cursor == out.cursor) r_.fail(node, "two brokers have the cursor " + out.cursor);
    }
    config_.brokers.push_back(std::move(out));
  }

  std::string broker_name(const Node& node) {
    const auto name = r_.text(node, "name");
    if (!name) return {};
    if (!good_name(*name)) {
      r_.fail(node, "a broker's name has at most " + std::to_string(kMaxName) +
                        " letters, digits, dots, dashes and underscores");
    }
    return *name;
  }

  void log(const Node& node) {
    LogConfig& out = config_.log;
    r_.map(node, "log",
           {{"file", true, [&](const Node& n) { out.file = r_.text(n, "file").value_or(""); }},
            {"rotate", false, [&](const Node& n) { rotate(n); }},
            {"console", false, [&](const Node& n) { console(n); }},
            {"level", false, [&](const Node& n) {
               const auto level = r_.choice(n, "level", {"debug", "info", "warning", "error"});
               if (level) out.level = static_cast<LogLevel>(*level);
             }}});
  }

  // YAML 1.1 readers take a bare `off` for false; yaml-cpp keeps the word, and both are understood.
  void console(const Node& node) {
    const auto value = r_.choice(node, "console", {"off", "text", "json", "false"});
    if (value) config_.log.console = *value == 3 ? Console::off : static_cast<Console>(*value);
  }

  void rotate(const Node& node) {
    LogConfig& out = config_.log;
    r_.map(node, "rotate",
           {{"size", false,
             [&](const Node& n) {
               out.rotate_bytes = r_.size(n, "size", kMinRotate, kMaxRotate).value_or(out.rotate_bytes);
             }},
            {"files", false, [&](const Node& n) {
               out.rotate_files = static_cast<std::size_t>(r_.integer(n, "files", 1, kMaxFiles).value_or(1));
             }}});
  }

  void store(const Node& node) {
    if (!node.IsMap()) {
      config_.store = r_.text(node, "store");
      return;
    }
    r_.map(node, "store",
           {{"file", true, [this](const Node& n) { config_.store = r_.text(n, "file"); }},
            {"retention", false, [this](const Node& n) { retention(n); }}});
  }

  void retention(const Node& node) {
    StoreLimits& out = config_.store_limits;
    r_.map(
        node, "retention",
        {{"age", false,
          [&](const Node& n) { out.age_s = r_.duration_s(n, "age", kMinAge, kMaxAge).value_or(out.age_s); }},
         {"size", false, [&](const Node& n) {
            out.bytes = r_.size(n, "size", kMinStore, kMaxRotate).value_or(out.bytes);
          }}});
  }

  void http(const Node& node) {
    HttpConfig out;
    Node where = node;
    const auto file = [&](const char* name, std::string& to) {
      return Reader::Key{name, false,
                         [&to, name, this](const Node& n) { to = r_.text(n, name).value_or(""); }};
    };
    r_.map(node, "http",
           {{"listen", true,
             [&](const Node& n) {
               where.reset(n);  // assigning would change the document
               const bool path = n.IsScalar() && n.Scalar().starts_with('/');
               out.listen = (path ? r_.text(n, "listen") : r_.listen_address(n, "listen")).value_or("");
             }},
            file("token_file", out.token_file),
            file("certificate", out.certificate),
            file("key", out.key)});
    if (out.certificate.empty() != out.key.empty())
      r_.fail(node, "http needs `certificate` and `key` together, or none of them");
    const bool guarded = !out.token_file.empty() && !out.certificate.empty() && !out.key.empty();
    if (!out.listen.empty() && !guarded && !only_from_here(out.listen))
      r_.fail(where, "others can reach " + out.listen +
                         ": it needs `token_file`, `certificate` and `key`; or listen at 127.0.0.1");
    config_.http = std::move(out);
  }

  std::string broker_of(const Node& node) {
    std::string name = r_.text(node, "broker").value_or("");
    named_brokers_.emplace_back(node, name);
    return name;
  }

  void syslog(const Node& node) {
    SyslogConfig out;
    r_.map(
        node, "syslog",
        {{"listen", true, [&](const Node& n) { out.listen = r_.listen_address(n, "listen").value_or(""); }},
         {"broker", false, [&](const Node& n) { out.broker = broker_of(n); }}});
    config_.syslog = std::move(out);
  }

  std::string unit_name(const Node& node) {
    std::string name = r_.text(node, "journal", kMaxUnit).value_or("");
    if (!name.empty() && !good_unit(name))
      r_.fail(node, "journal is a unit's whole name, such as mosquitto.service");
    return name;
  }

  void where_the_log_is(const Node& node) {
    if (!node.IsMap()) return;
    const bool file = node["file"].IsDefined();
    const bool journal = node["journal"].IsDefined();
    if (file && journal)
      r_.fail(node, "a broker log has `file` or `journal`, not both; keep the one that the broker writes");
    if (!file && !journal)
      r_.fail(node,
              "a broker log needs `file`, or for systemd's journal `journal` with the broker's unit, such as "
              "mosquitto.service");
    if (!journal && node["journal_directory"].IsDefined())
      r_.fail(node, "`journal_directory` needs `journal`, the broker's unit");
  }

  void broker_logs(const Node& node) {
    r_.list(node, "broker_log", [this](const Node& n) {
      BrokerLogConfig out;
      r_.map(n, "a broker log",
             {{"broker", true, [&](const Node& name) { out.broker = broker_of(name); }},
              {"file", false, [&](const Node& f) { out.file = r_.text(f, "file").value_or(""); }},
              {"journal", false, [&](const Node& unit) { out.journal = unit_name(unit); }},
              {"journal_directory", false,
               [&](const Node& d) { out.journal_directory = r_.text(d, "journal_directory").value_or(""); }},
              {"cursor", false, [&](const Node& c) { out.cursor = r_.text(c, "cursor").value_or(""); }}});
      where_the_log_is(n);
      if (std::ranges::find(config_.broker_log, out.broker, &BrokerLogConfig::broker) !=
          config_.broker_log.end())
        r_.fail(n, "broker `" + out.broker + "` has two logs; each broker has one");
      config_.broker_log.push_back(std::move(out));
    });
  }

  Reader r_;
  const Shipped& shipped_;
  Config config_;
  std::vector<std::pair<Node, std::string>> named_brokers_;  ///< outside `brokers`
};

}  // namespace

Result<Config, Errors> load_config(const std::string& file, const Shipped& shipped) {
  Errors errors;
  Config config = ConfigReader(file, shipped, errors).read();
  if (!errors.empty()) return errors;
  return config;
}

}  // namespace tlswatch::config
