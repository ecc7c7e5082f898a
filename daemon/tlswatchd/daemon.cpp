#include "daemon/tlswatchd/daemon.h"

#include <algorithm>

#include "daemon/log/messages.h"
#include "daemon/tlswatchd/own_use.h"
#include "daemon/x509/sha256.h"

namespace tlswatch::tlswatchd {
namespace {

using log::Level;

/// Turns of the last drain at most: a broker that goes on writing must not keep the daemon from stopping.
constexpr int kMaxDrainTurns = 4096;

std::uint64_t now_unix_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

event::Pipeline::Settings pipeline_settings(const Settings& settings, x509::CertificateCache& certificates) {
  event::Pipeline::Settings out;
  out.profiles = &settings.profiles;
  out.knowledge = &settings.knowledge;
  out.tools = {x509::sha256, &certificates};
  out.every_line = settings.config.log.level == config::LogLevel::debug;
  out.folded_too = true;
  return out;
}

metrics::Metrics::Settings metrics_settings(const config::Config& config) {
  metrics::Metrics::Settings out{TLSWATCH_VERSION, {}, now_unix_ns()};
  for (const config::BrokerConfig& broker : config.brokers) out.brokers.push_back(broker.name);
  return out;
}

log::EventFileSettings file_settings(const config::Config& config) {
  log::EventFileSettings out{config.log.file, config.log.rotate_bytes, config.log.rotate_files, {}};
  for (const config::BrokerConfig& broker : config.brokers) out.streams.push_back(broker.name);
  for (const config::BrokerLogConfig& broker : config.broker_log)
    out.streams.push_back(broker.broker + "/log");
  return out;  // syslog's epoch is new with each start: nothing of it can come again
}

template <typename T>
bool take_or_collect(Result<T, config::Errors> result, T& out, config::Errors& errors) {
  if (!result) {
    errors.insert(errors.end(), result.error().begin(), result.error().end());
    return false;
  }
  out = std::move(*result);
  return true;
}

std::unique_ptr<store::Store> make_store(const config::Config& config, std::chrono::milliseconds retry) {
  if (!config.store) return nullptr;
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const store::Retention retention{config.store_limits.age_s * kSecond, config.store_limits.bytes,
                                   store::kMaxNeverThrough};
  return std::make_unique<store::Store>(
      store::Store::Settings{*config.store, retention, retry, store::kMaxWaiting});
}

}  // namespace

Result<Settings, config::Errors> load_settings(const std::string& file, const config::Shipped& shipped) {
  Settings out;
  config::Errors errors;
  if (!take_or_collect(config::load_config(file, shipped), out.config, errors)) return errors;
  take_or_collect(config::load_profiles(out.config.profiles), out.profiles, errors);
  take_or_collect(config::load_knowledge(out.config.knowledge), out.knowledge, errors);
  if (!errors.empty()) return errors;
  return out;
}

Daemon::Daemon(Settings settings, std::chrono::milliseconds period)
    : settings_(std::move(settings)),
      period_(period),
      pipeline_(pipeline_settings(settings_, certificates_)),
      file_(file_settings(settings_.config)),
      console_(settings_.config.log.console),
      metrics_(metrics_settings(settings_.config)),
      store_(make_store(settings_.config, period)),
      web_(settings_.config, metrics_, health_) {
  live_.show_to(web_.events());
  web_.take(settings_.knowledge);
  std::uint32_t index = 0;
  const auto& syslog = settings_.config.syslog;
  for (const config::BrokerConfig& broker : settings_.config.brokers) {
    const auto& logs = settings_.config.broker_log;
    const auto log = std::ranges::find(logs, broker.name, &config::BrokerLogConfig::broker);
    feeds_.push_back(std::make_unique<Feed>(broker, log != logs.end() ? &*log : nullptr, index, tools()));
    if (syslog && syslog->broker == broker.name) {
      syslog_ =
          std::make_unique<SyslogFeed>(*syslog, event::Broker{index, broker.name, false, false}, tools());
    }
    ++index;
  }
}

Tools Daemon::tools() {
  return {pipeline_, json_, file_, console_, metrics_, live_, now_unix_ns, store_.get()};
}

std::optional<std::string> Daemon::start() {
  for (const auto& feed : feeds_) {
    if (auto trouble = feed->start()) return "broker " + feed->name() + ": " + *trouble;
  }
  if (syslog_) {
    if (auto trouble = syslog_->start()) return trouble;
  }
  if (auto trouble = file_.open()) {
    return "the event log " + file_.path().string() + " cannot be opened: " + *trouble;
  }
  if (auto trouble = start_store()) return trouble;
  if (file_.torn_bytes() != 0) {
    log::say(Level::info, "the event log ended in half a line, dropped: it will come again");
  }
  return web_.start();
}

std::optional<std::string> Daemon::start_store() {
  if (!store_) return std::nullopt;
  if (auto trouble = store_->start(now_unix_ns())) return trouble;
  pipeline_.incidents().keep_changes();
  const auto& brokers = settings_.config.brokers;
  store::Recall recall;
  recall.broker = [&](std::string_view name) -> std::optional<std::uint32_t> {
    const auto found = std::ranges::find(brokers, name, &config::BrokerConfig::name);
    if (found == brokers.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - brokers.begin());
  };
  recall.counted = [this](std::string_view stream, std::uint64_t epoch, std::uint64_t sequence) {
    pipeline_.counted_up_to(stream, epoch, sequence);
  };
  recall.device = [this](const fleet::Device& device) { pipeline_.fleet().restore(device); };
  recall.session = [this](const fleet::Session& session) { pipeline_.restore(session); };
  recall.incident = [this](const incident::State& state) { pipeline_.incidents().restore(state); };
  recall.victim = [this](const incident::State& of, std::uint64_t victim, const auto& entry) {
    pipeline_.incidents().restore(of, victim, entry);
  };
  store_->recall(recall);
  return std::nullopt;
}

/// What was taken is in the event log: it goes into the store, and then the cursors move.
void Daemon::finish() {
  if (!file_.is_open() || std::ranges::any_of(feeds_, &Feed::waiting) || (syslog_ && syslog_->waiting()))
    return;
  if (store_) {
    store_->turn(pipeline_.incidents().take_changes(), now_unix_ns());
    if (store_->take_begun_anew()) pipeline_.incidents().all_changed();
    for (const store::Store::Message& message : store_->take_messages())
      log::say(message.error ? Level::error : Level::info, message.text);
  }
  live_.publish();
  for (const auto& feed : feeds_) feed->finish();
}

bool Daemon::turn() {
  if (!file_.is_open()) open_log_again();
  bool worked = false;
  for (const auto& feed : feeds_) {
    if (!file_.is_open()) break;
    const Feed::Step step = feed->step();
    worked = worked || step == Feed::Step::worked;
    if (auto message = feed->take_message())
      log::say(Level::info, "broker " + feed->name() + ": " + *message);
  }
  if (syslog_ && file_.is_open()) worked = syslog_->step() || worked;
  finish();
  if (syslog_) {
    if (auto message = syslog_->take_message()) log::say(Level::warning, *message);
  }
  for (const event::Notice& notice : pipeline_.take_notices()) {
    log::say(notice.warning ? Level::warning : Level::info, notice.text);
  }
  say_troubles();
  const bool unwell = said_trouble_.empty() && store_ && !store_->well();
  health_.turned(unwell ? "the store cannot be written; the daemon's own log says why" : said_trouble_);
  take_gauges();
  return worked;
}

void Daemon::take_gauges() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_gauges_) return;
  next_gauges_ = now + period_;
  metrics::Gauges out;
  std::uint32_t index = 0;
  for (const auto& feed : feeds_) {
    out.brokers.push_back(feed->gauges());
    out.brokers.back().devices = pipeline_.fleet().devices().size_at(index++);
  }
  pipeline_.incidents().for_each_open([&](const incident::Incident& one) {
    ++out.incidents_open[{one.broker, one.cause}];
  });
  out.sessions_open = pipeline_.sessions().size();
  out.pipeline = &pipeline_.counters();
  out.log_writable = file_.is_open() && said_trouble_.empty();
  out.log_lines = file_.lines_written();
  const OwnUse use = own_use();
  out.cpu_s = use.cpu_s;
  out.memory_bytes = use.memory_bytes;
  metrics_.take(out);
}

void Daemon::say_troubles() {
  std::string trouble;
  for (const auto& feed : feeds_) {
    if (!feed->trouble().empty()) trouble = feed->trouble();
  }
  if (syslog_ && !syslog_->trouble().empty()) trouble = syslog_->trouble();
  if (trouble == said_trouble_) return;
  if (trouble.empty()) {
    log::say(Level::info, "the event log is written again, nothing was lost here");
  } else {
    log::say(Level::error, trouble + "; waiting, the rings keep the events as long as they have room");
  }
  said_trouble_ = trouble;
}

void Daemon::open_log_again() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_try_) return;
  next_try_ = now + period_;
  file_.open();  // what is wrong was said when the write failed
}

void Daemon::drain() {
  for (int i = 0; i < kMaxDrainTurns && turn(); ++i) {
  }
}

void Daemon::reload() {
  log::say(Level::info, "SIGHUP: opening the log anew, reading profiles and knowledge");
  if (auto trouble = file_.open()) {
    log::say(Level::error, "the event log " + file_.path().string() + " cannot be opened: " + *trouble);
  }
  if (auto trouble = web_.reload()) {
    log::say(Level::error, *trouble + "; token and certificate stay as they were");
  }
  config::Errors errors;
  policy::Profiles profiles;
  diagnose::Knowledge knowledge;
  take_or_collect(config::load_profiles(settings_.config.profiles), profiles, errors);
  take_or_collect(config::load_knowledge(settings_.config.knowledge), knowledge, errors);
  for (const config::Error& error : errors) log::say(Level::error, config::to_text(error));
  if (!errors.empty()) return log::say(Level::warning, "profiles and knowledge stay as they were");
  settings_.profiles = std::move(profiles);
  settings_.knowledge = std::move(knowledge);
  web_.take(settings_.knowledge);
}

}  // namespace tlswatch::tlswatchd
