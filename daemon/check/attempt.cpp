#include "daemon/check/attempt.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "daemon/check/offer_names.h"
#include "daemon/core/event/mfln.h"
#include "daemon/core/text/fnv1a.h"
#include "daemon/core/tls/check_mark.h"
#include "daemon/core/tls/host_name.h"
#include "daemon/x509/freer.h"

namespace tlswatch::check {
namespace {

using x509::Freer;
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freer<SSL_free>>;

/// How long a server may take for what it does at once: the message once PINGRESP has come, its end behind
/// ours.
constexpr std::chrono::milliseconds kGrace{500};

void watch(int from_us, int /*version*/, int content_type, const void* buffer, std::size_t size, SSL* /*ssl*/,
           void* argument) {
  if (from_us != 0) return;
  auto& observer = *static_cast<Observer*>(argument);
  const wire::Bytes bytes(static_cast<const std::uint8_t*>(buffer), size);
  if (content_type == SSL3_RT_HEADER) return observer.record_header(bytes);
  if (content_type == SSL3_RT_HANDSHAKE) return observer.handshake_message(bytes);
  if (content_type == SSL3_RT_ALERT && size == 2) observer.alert(bytes[0], bytes[1]);
}

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "an unknown error" : reason;
}

int no_password(char*, int, int, void*) {
  return 0;  // never asks at the terminal
}

/// So that who watches the broker knows what this is.
bool say_what_we_are(SSL_CTX* context) {
  const auto add = [](SSL*, unsigned, unsigned, const unsigned char** body, std::size_t* size, X509*,
                      std::size_t, int*, void*) {
    *body = reinterpret_cast<const unsigned char*>(tls::kCheckMark.data());
    *size = tls::kCheckMark.size();
    return 1;
  };
  return SSL_CTX_add_custom_ext(context, tls::kCheckExtension, SSL_EXT_CLIENT_HELLO, add, nullptr, nullptr,
                                nullptr, nullptr) == 1;
}

bool take_identity(SSL_CTX* context, const Client& client) {
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (client.certificate.empty()) return true;
  return SSL_CTX_use_certificate_chain_file(context, client.certificate.c_str()) == 1 &&
         SSL_CTX_use_PrivateKey_file(context, client.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
}

/// Null where OpenSSL cannot offer this; its error queue says why, unless it has none of the suites.
Context make_context(Offer offer, const Client& client) {
  const SuiteNames names = suite_names(offer.cipher_suites);
  if (!offer.cipher_suites.empty()) {  // no version without one of them
    if (names.tls12.empty()) offer.lowest = std::max(offer.lowest, tls::kTls13);
    if (names.tls13.empty()) offer.highest = std::min(offer.highest, tls::kTls12);
  }
  Context out(offer.lowest <= offer.highest ? SSL_CTX_new(TLS_client_method()) : nullptr);
  if (!out) return nullptr;
  SSL_CTX_set_security_level(out.get(), 0);
  SSL_CTX_set_options(out.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_verify(out.get(), SSL_VERIFY_NONE, nullptr);
  const std::string tls12 = (names.tls12.empty() ? "DEFAULT" : names.tls12) + ":@SECLEVEL=0";
  const std::string groups = list_of(offer.groups);
  const std::string signatures = signature_names(offer.signatures, offer.highest);
  const bool fine = SSL_CTX_set_min_proto_version(out.get(), offer.lowest) == 1 &&
                    SSL_CTX_set_max_proto_version(out.get(), offer.highest) == 1 &&
                    SSL_CTX_set_cipher_list(out.get(), tls12.c_str()) == 1 &&
                    (names.tls13.empty() || SSL_CTX_set_ciphersuites(out.get(), names.tls13.c_str()) == 1) &&
                    (signatures.empty() || SSL_CTX_set1_sigalgs_list(out.get(), signatures.c_str()) == 1) &&
                    (groups.empty() || SSL_CTX_set1_groups_list(out.get(), groups.c_str()) == 1) &&
                    SSL_CTX_set_tlsext_max_fragment_length(out.get(), mfln_code(offer.mfln)) == 1 &&
                    say_what_we_are(out.get()) && take_identity(out.get(), client);
  return fine ? std::move(out) : nullptr;
}

/// One step of OpenSSL's, again and again until it is done, fails, or the deadline has passed.
enum class Step : std::uint8_t { done, failed, timeout };

template <typename Call>
Step drive(SSL* ssl, Clock::time_point deadline, Call call) {
  while (true) {
    ERR_clear_error();
    errno = 0;
    const int result = call();
    if (result > 0) return Step::done;
    const int error = SSL_get_error(ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return Step::failed;
    if (!wait_for(SSL_get_fd(ssl), error == SSL_ERROR_WANT_WRITE, deadline)) return Step::timeout;
  }
}

/// Names a failure that OpenSSL has just met.
void explain(const Observer& observer, int saved_errno, Attempt& out) {
  const unsigned long code = ERR_peek_last_error();
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  if (observer.heard().fatal_alert) {
    out.end = End::alert;
    return;
  }
  if (code == 0 || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    out.end = saved_errno == ECONNRESET ? End::reset : End::closed;
    return;
  }
  if (ERR_GET_LIB(code) == ERR_LIB_SYS) {
    out.end = ERR_GET_REASON(code) == ECONNRESET ? End::reset : End::closed;
    return;
  }
  out.end = observer.heard().version == 0 ? End::not_tls : End::broken;
  out.why = last_error();
}

/// Speaks MQTT until nothing more is to be learned.
void converse(SSL* ssl, MqttEcho& echo, Clock::time_point deadline, const Observer& observer, Attempt& out) {
  std::array<std::uint8_t, 4096> block;
  bool graced = false;
  while (!echo.done()) {
    const std::string bytes = echo.take_outgoing();
    Step step = Step::done;
    int n = 0;
    if (!bytes.empty()) {
      step =
          drive(ssl, deadline, [&] { return SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())); });
    }
    if (step == Step::done)
      step = drive(ssl, deadline, [&] { return n = SSL_read(ssl, block.data(), block.size()); });
    if (step == Step::timeout) return;
    if (step == Step::failed) {
      // On TLS 1.3 a server refuses our certificate only now. What else ends here was a handshake all the
      // same.
      if (observer.heard().fatal_alert) out.end = End::alert;
      if (ERR_peek_last_error() != 0) out.why = last_error();
      return;
    }
    echo.take({block.data(), static_cast<std::size_t>(n)});
    if (!echo.overdue() || graced) continue;
    graced = true;
    deadline = std::min(deadline, Clock::now() + kGrace);
  }
}

/// Ends a connection so that the server counts no error. Whoever closes with bytes unread resets the
/// connection, and the server may never read the DISCONNECT before it.
void say_goodbye(SSL* ssl, bool in_mqtt) {
  const std::string_view bye = disconnect_packet();
  if (in_mqtt) SSL_write(ssl, bye.data(), static_cast<int>(bye.size()));
  SSL_shutdown(ssl);
  if (!in_mqtt) return;
  const auto deadline = Clock::now() + kGrace;
  std::array<char, 4096> block;
  while (wait_for(SSL_get_fd(ssl), false, deadline) &&
         recv(SSL_get_fd(ssl), block.data(), block.size(), 0) > 0) {
  }
}

void handshake_and_talk(SSL* ssl, Observer& observer, const std::optional<Login>& login,
                        Clock::time_point start, std::chrono::milliseconds timeout, Attempt& out) {
  const Step step = drive(ssl, Clock::now() + timeout, [&] { return SSL_connect(ssl); });
  if (step == Step::timeout) {
    out.end = End::timeout;
    return;
  }
  if (step == Step::failed) {
    const int saved_errno = errno;
    explain(observer, saved_errno, out);
    return;
  }
  out.end = End::established;
  out.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  if (login) {
    observer.start_of_data();
    MqttEcho echo(*login, "tlswatch/check/" + random_token());
    converse(ssl, echo, Clock::now() + timeout, observer, out);
    out.mqtt = echo.outcome();
    out.mqtt_refusal = echo.refusal();
    if (out.established()) say_goodbye(ssl, echo.outcome() != Mqtt::no_answer);
    return;
  }
  say_goodbye(ssl, false);
}

std::string hex_of(const std::array<std::uint8_t, 8>& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace

std::uint32_t longest_record(const Attempt& attempt, const facts::Traffic& phase) {
  event::MflnInput input;
  input.version = attempt.heard.version;
  input.cipher_suite = attempt.heard.cipher_suite;
  input.encrypt_then_mac = attempt.heard.encrypt_then_mac;
  input.traffic = &phase;
  return event::measure_mfln(input).max_record_sent.value_or(0);
}

Attempt attempt(const Address& address, const Offer& offer, const Client& client,
                const std::optional<Login>& login, std::chrono::milliseconds timeout) {
  const auto start = Clock::now();
  Attempt out;
  const Context context = make_context(offer, client);
  const Session ssl(context ? SSL_new(context.get()) : nullptr);
  if (!ssl) {
    out.connected = true;  // as far as anybody knows
    out.why = "OpenSSL cannot offer this: " + last_error();
    return out;
  }
  const auto socket = dial(address, start + timeout);
  if (!socket) {
    out.end = socket.error().timed_out ? End::timeout : End::no_tcp;
    out.why = socket.error().why;
    return out;
  }
  out.connected = true;
  Observer observer;
  SSL_set_msg_callback(ssl.get(), watch);
  SSL_set_msg_callback_arg(ssl.get(), &observer);
  if (!client.server_name.empty() && !tls::is_ip_literal(client.server_name)) {
    SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(client.server_name.c_str()));
  }
  SSL_set_fd(ssl.get(), socket->fd());
  handshake_and_talk(ssl.get(), observer, login, start, timeout, out);
  out.heard = observer.heard();
  out.in_handshake = observer.in_handshake();
  out.in_data = observer.in_data();
  return out;
}

std::string client_trouble(const Client& client) {
  ERR_clear_error();
  return make_context({}, client) ? std::string() : last_error();
}

bool speaks_plain_mqtt(const Address& address, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto socket = dial(address, deadline);
  if (!socket) return false;
  MqttEcho echo({.client_id = own_client_id()}, {});
  const std::string hello = echo.take_outgoing();
  if (send(socket->fd(), hello.data(), hello.size(), MSG_NOSIGNAL) < 0) return false;
  std::array<std::uint8_t, 64> block;
  while (echo.outcome() == Mqtt::no_answer && !echo.done() && wait_for(socket->fd(), false, deadline)) {
    const ssize_t n = recv(socket->fd(), block.data(), block.size(), 0);
    if (n <= 0) break;
    echo.take({block.data(), static_cast<std::size_t>(n)});
  }
  return echo.outcome() != Mqtt::no_answer;
}

std::string own_client_id() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  const std::uint64_t hash = text::fnv1a(name);
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(hash >> (8 * i));
  return "tlswatch-check-" + hex_of(bytes);
}

std::string random_token() {
  std::array<std::uint8_t, 8> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  return hex_of(bytes);
}

}  // namespace tlswatch::check
