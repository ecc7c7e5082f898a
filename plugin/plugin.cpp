// mosquitto_tlswatch.so: the three symbols that Mosquitto asks for, and the events it sends us.
//
// The plugin never changes who gets in: it registers no BASIC_AUTH, ACL_CHECK or RELOAD callback, every
// callback returns 0, and whatever goes wrong in here is one line in the broker's log and an inert plugin.

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <type_traits>

#include "client_facts.h"
#include "clock.h"
#include "emit.h"
#include "environment.h"
#include "publish_facts.h"
#include "state.h"
#include "tls_watch.h"
#include "topic_filter.h"

namespace tlswatch::plugin {

State g_state;  // trivially destructible: callbacks may come until the process ends
static_assert(std::is_trivially_destructible_v<State>);

std::uintptr_t current_thread() noexcept {
  static thread_local char here;
  return reinterpret_cast<std::uintptr_t>(&here);
}

namespace {

// Events that only Mosquitto 2.1 has (its broker.h); 2.0 answers MOSQ_ERR_NOT_SUPPORTED.
constexpr int kEventConnect = 11;
constexpr int kEventClientOffline = 28;

constexpr std::uint32_t kHandshakeBuffers = 4096;
constexpr std::uint64_t kHousekeeping_ns = 5'000'000'000;

int g_instances = 0;  // 2.0 with per_listener_settings calls init once a listener

/// The head of struct mosquitto_evt_connect, _disconnect and _client_offline, alike in 2.0 and 2.1.
struct ClientEvent {
  void* future;
  mosquitto* client;
  int reason;  ///< not in _connect
};

/// Mosquitto calls its plugins on its one thread alone: no need to ask which one this is.
bool active() noexcept {
  return g_state.active.load(std::memory_order_relaxed);
}

void say(int level, const char* text) noexcept {
  mosquitto_log_printf(level, "tlswatch: %s", text);
}
void warn(const char* line) {
  say(MOSQ_LOG_WARNING, line);
}

/// What may need a system call: done at most every few seconds, never while a record is published.
void housekeep() noexcept {
  const std::uint64_t now = monotonic_ns();
  if (now - g_state.housekept_ns < kHousekeeping_ns) return;
  g_state.housekept_ns = now;
  const int saved = errno;
  char line[1024];
  if (g_state.publisher.heal(line, sizeof line)) say(MOSQ_LOG_WARNING, line);
  emit_counters();
  errno = saved;
}

/// 2.0 calls at every turn of its loop: at every publish, and ten times a second when idle. 2.1 calls once a
/// second.
int on_tick(int, void* data, void*) {
  if (!active()) return MOSQ_ERR_SUCCESS;
  static_cast<mosquitto_evt_tick*>(data)->next_s = 1;  // 2.1 asks when to call again
  g_state.identity.on_turn();
  if (++g_state.ticks % g_state.ticks_between_looks == 0) housekeep();
  return MOSQ_ERR_SUCCESS;
}

/// The session is this client's, as the broker knows it now.
void identify(Session& session, const ClientFacts& client) noexcept {
  session.transport = client.transport;
  emit_identified(session, client);
}

/// A report, a log line, or the first word of a client that is not known yet.
[[gnu::noinline]] void look_into(const mosquitto_evt_message& event) noexcept {
  const bool report = topic_matches(g_state.options.report_topic.c_str(), event.topic);
  const bool log_line = topic_matches(g_state.options.log_topic.c_str(), event.topic);
  Session* session = g_state.identity.find(event.client);
  const bool stranger = session == nullptr ? g_state.identity.has_candidate() : !session->identified;
  if (!report && !log_line && !stranger) return;
  const int saved = errno;
  if (session == nullptr) session = g_state.identity.bind_publisher(read_publish(event));
  static ClientFacts client;  // two kilobytes; the broker's thread alone comes here
  copy_client_facts(event.client, client);
  if (session != nullptr) identify(*session, client);
  const wire::Bytes payload{static_cast<const std::uint8_t*>(event.payload), event.payloadlen};
  const Address address = client_address(event.client);
  if (report) emit_message(wire::RecordType::device_report, session, client, address, event.topic, payload);
  if (log_line) emit_message(wire::RecordType::log_line, session, client, address, event.topic, payload);
  errno = saved;
}

/// Runs for every publish in the broker: one that does not concern us costs a few comparisons.
int on_message(int, void* data, void*) {
  const auto& event = *static_cast<const mosquitto_evt_message*>(data);
  if (!active() || event.client == nullptr || event.topic == nullptr) return MOSQ_ERR_SUCCESS;
  const bool known = g_state.identity.is_settled(event.client);
  const bool ours = topic_may_match(g_state.options.report_topic.c_str(), event.topic) ||
                    topic_may_match(g_state.options.log_topic.c_str(), event.topic);
  if (!known || ours) look_into(event);
  return MOSQ_ERR_SUCCESS;
}

/// 2.1: after the CONNACK.
int on_connect(int, void* data, void*) {
  if (!active()) return MOSQ_ERR_SUCCESS;
  mosquitto* const client = static_cast<const ClientEvent*>(data)->client;
  if (client == nullptr) return MOSQ_ERR_SUCCESS;
  Session* const session = g_state.identity.bind(client);
  if (session == nullptr) return MOSQ_ERR_SUCCESS;
  static ClientFacts facts;
  copy_client_facts(client, facts);
  identify(*session, facts);
  return MOSQ_ERR_SUCCESS;
}

/// DISCONNECT, and 2.1's CLIENT_OFFLINE: the client's SSL is freed next.
int on_disconnect(int, void* data, void*) {
  if (!active()) return MOSQ_ERR_SUCCESS;
  const auto& event = *static_cast<const ClientEvent*>(data);
  if (event.client == nullptr) return MOSQ_ERR_SUCCESS;
  ClientFacts& facts = g_state.identity.expect_free(event.client, client_address(event.client));
  copy_client_facts(event.client, facts);
  facts.reason = event.reason;
  return MOSQ_ERR_SUCCESS;
}

void register_events(mosquitto_plugin_id_t* id, bool& is_2_1) noexcept {
  mosquitto_callback_register(id, MOSQ_EVT_MESSAGE, on_message, nullptr, nullptr);
  mosquitto_callback_register(id, MOSQ_EVT_DISCONNECT, on_disconnect, nullptr, nullptr);
  mosquitto_callback_register(id, MOSQ_EVT_TICK, on_tick, nullptr, nullptr);
  is_2_1 = mosquitto_callback_register(id, kEventConnect, on_connect, nullptr, nullptr) == MOSQ_ERR_SUCCESS;
  if (is_2_1) mosquitto_callback_register(id, kEventClientOffline, on_disconnect, nullptr, nullptr);
}

/// Brings everything up; nullptr, or the reason why not.
const char* start(const Options& options) noexcept {
  if (const char* reason = check_environment(); reason != nullptr) return reason;
  g_state.options = options;
  static char error[1024];
  if (char reason[256]; !g_state.publisher.open(g_state.options, reason, sizeof reason)) {
    std::snprintf(error, sizeof error, "the ring %s %s", g_state.options.ring.c_str(), reason);
    return error;
  }
  if (!g_state.sessions.reserve(options.max_sessions, kHandshakeBuffers))
    return "no address space for its sessions";
  g_state.identity.start(g_state.sessions);
  if (!install_tls_watch()) return "OpenSSL gave no ex_data index";
  return nullptr;
}

int init(mosquitto_plugin_id_t* id, mosquitto_opt* raw_options, int option_count) noexcept {
  if (g_instances++ > 0) {
    bool ignored = false;
    if (g_state.active.load(std::memory_order_relaxed)) register_events(id, ignored);
    return MOSQ_ERR_SUCCESS;
  }
  const int saved = errno;
  const Options options = read_options(raw_options, option_count, warn);
  g_state.thread.store(current_thread(), std::memory_order_relaxed);
  if (const char* reason = start(options); reason != nullptr) {
    g_state.publisher.close();
    mosquitto_log_printf(MOSQ_LOG_WARNING, "tlswatch: %s; not watching", reason);
    errno = saved;
    return MOSQ_ERR_SUCCESS;
  }
  bool is_2_1 = false;
  register_events(id, is_2_1);
  g_state.ticks_between_looks = is_2_1 ? 1 : 64;
  g_state.active.store(true, std::memory_order_relaxed);
  g_state.housekept_ns = monotonic_ns();
  emit_broker_start(is_2_1 ? "2.1" : "2.0");
  mosquitto_log_printf(MOSQ_LOG_INFO, "tlswatch: %s watching, ring %s", TLSWATCH_VERSION,
                       options.ring.c_str());
  errno = saved;
  return MOSQ_ERR_SUCCESS;
}

void cleanup() noexcept {
  if (--g_instances > 0 || !g_state.active.load(std::memory_order_relaxed)) return;
  end_all_sessions();
  emit_counters();
  emit_broker_stop();
  g_state.active.store(false, std::memory_order_relaxed);
  g_state.certificates.clear();
  g_state.publisher.close();
}

}  // namespace
}  // namespace tlswatch::plugin

#define TLSWATCH_EXPORT extern "C" __attribute__((visibility("default")))

TLSWATCH_EXPORT int mosquitto_plugin_version(int supported_version_count, const int* supported_versions) {
  for (int i = 0; i < supported_version_count; ++i) {
    if (supported_versions[i] == MOSQ_PLUGIN_VERSION) return MOSQ_PLUGIN_VERSION;
  }
  return -1;
}

TLSWATCH_EXPORT int mosquitto_plugin_init(mosquitto_plugin_id_t* identifier, void** user_data,
                                          mosquitto_opt* options, int option_count) {
  *user_data = nullptr;
  return tlswatch::plugin::init(identifier, options, option_count);
}

TLSWATCH_EXPORT int mosquitto_plugin_cleanup(void*, mosquitto_opt*, int) {
  tlswatch::plugin::cleanup();
  return MOSQ_ERR_SUCCESS;
}
