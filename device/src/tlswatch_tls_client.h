// The reference TLS client: one connection to one server, TLS 1.2, one cipher suite, BearSSL.
//
// It adds to BearSSL what a device must be able to say afterwards: which of Tasmota's codes a failure is,
// whether MFLN was agreed, how long it took, whether the session was resumed. A BearSSL client sends no alert
// when it refuses a server: it just closes, so what failure() says is known nowhere else.
//
// The object holds br_ssl_client_context (about 3.4 KB); buffers are the caller's. No heap. Blocking, with a
// deadline on everything: a server that drips bytes gains nothing by it.
#ifndef TLSWATCH_TLS_CLIENT_H
#define TLSWATCH_TLS_CLIENT_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "tlswatch_handshake_stack.h"
#include "tlswatch_key_gate.h"
#include "tlswatch_report.h"
#include "tlswatch_server_check.h"
#include "tlswatch_suites.h"
#include "tlswatch_transport.h"

namespace tlswatch {
namespace device {

/// Buffer sizes for a maximum fragment length of 512, 1024, 2048 or 4096, or 0: not asked for, 16 KB records.
/// BearSSL asks for the MFLN that fits both buffers, so their sizes are the setting. 325 and 85 bytes are the
/// record overhead that BearSSL reckons with (bearssl_ssl.h, BR_SSL_BUFSIZE_INPUT and _OUTPUT).
constexpr size_t tls_in_size(uint16_t mfln) {
  return (mfln == 0 ? 16384u : mfln) + 325u;
}
constexpr size_t tls_out_size(uint16_t mfln) {
  return (mfln == 0 ? 16384u : mfln) + 85u;
}

/// Everything pointed to must outlive the connection.
struct TlsConfig {
  const char* host;
  uint16_t port;
  const char* server_name;  ///< for SNI and the CA check's name; null: no SNI, and no name is checked
  SuiteSetup suite;
  ServerCheck check;                  ///< who checks the server: fingerprint_check or ca_check_...
  void* check_memory;                 ///< check.memory_bytes; like `stack` used during connect() only
  HandshakeStack stack;               ///< where the handshake computes
  uint16_t rsa_bits_max;              ///< larger server keys are refused with 23
  ClientAuthSetup client_auth_setup;  ///< null: no client certificate
  ClientAuth client_auth;
  uint8_t* in;
  size_t in_size;  ///< tls_in_size(mfln)
  uint8_t* out;
  size_t out_size;  ///< tls_out_size(mfln)
  uint32_t connect_timeout_ms;
  uint32_t handshake_timeout_ms;
};

class TlsClient {
 public:
  enum class Io : uint8_t { ok, timeout, closed };

  /// Connects and does the handshake; `resume` is a session to try, or null.
  /// Returns false on failure: see failure(); the connection is closed then.
  ///
  /// A session of another suite than the one offered is not tried.
  ///
  /// errors   dns -1001, tcp -1002, tls -1000 (no memory, or no reset), tls -1003 (a client certificate
  ///          without its key), tls -1004 (a CA check without a CA), tls -1005 (handshake_timeout_ms),
  ///          tls 1 (fingerprint), tls 0 with detail -2 (closed in mid-handshake): Stack::tasmota
  ///          BR_ERR_..., BR_ERR_X509_..., 256 + alert received: Stack::bearssl
  bool connect(const TlsConfig& config, const Transport& transport, const br_ssl_session_parameters* resume);

  /// Sends all n bytes.
  Io write(const void* bytes, size_t n, uint32_t timeout_ms);
  /// Waits for application data and copies at most n bytes, *got of them.
  Io read(void* bytes, size_t n, size_t* got, uint32_t timeout_ms);
  /// Sends close_notify, gives the server up to timeout_ms to end its side, and closes.
  void close(uint32_t timeout_ms);

  /// Why connect() failed.
  const Failure& failure() const { return failure_; }
  /// BearSSL's error of this connection, 0 for none. The first one wins, until the next connect().
  int last_error() const { return br_ssl_engine_last_error(&client_.eng); }
  /// The agreed maximum fragment length, 0 if the server did not agree to one.
  uint16_t mfln() const { return mfln_; }
  /// IANA number of the suite; 0 before the handshake has ended.
  uint16_t cipher_suite() const { return established_ ? client_.eng.session.cipher_suite : uint16_t{0}; }
  bool resumed() const { return resumed_; }
  /// Bytes of the handshake's stack that the last connect() used; 0 without one. To be asked before that
  /// memory is used for something else.
  size_t handshake_stack_used() const { return stack_.memory == nullptr ? 0 : painted_stack_used(stack_); }
  /// From the start of connect() (DNS included) to the end of the handshake; 0 before that.
  uint32_t handshake_ms() const { return handshake_ms_; }
  /// What to keep for resumption: valid after connect() succeeded. Holds the master secret.
  void session(br_ssl_session_parameters* out) const {
    br_ssl_engine_get_session_parameters(&client_.eng, out);
  }

  /// The transport's time after timeout_ms from now, and how much of that is left (0: it has passed).
  uint32_t deadline(uint32_t timeout_ms) const;
  uint32_t left_ms(uint32_t deadline_ms) const;

 private:
  bool prepare(const TlsConfig& config, const br_ssl_session_parameters* resume);
  bool fail(Stack stack, Phase phase, int32_t code, int32_t detail);
  bool fail_before(const TlsConfig& config);
  bool fail_handshake(Io how);
  Io pump(unsigned wanted, uint32_t deadline_ms);
  bool send_record(uint32_t deadline_ms);
  Io receive(uint32_t deadline_ms);
  void acknowledge(void (*step)(br_ssl_engine_context*, size_t), size_t n);
  void compute(void (*call)(void*), void* argument);

  const Transport* transport_;
  br_ssl_client_context client_;
  const br_x509_class** x509_;  // during connect()
  KeyGate gate_;
  HandshakeStack stack_;
  Failure failure_;
  uint32_t handshake_ms_;
  uint16_t mfln_;
  uint8_t parts_read_;  // of the first record
  bool established_;
  bool resumed_;
  bool write_broken_;
};

}  // namespace device
}  // namespace tlswatch

#endif
