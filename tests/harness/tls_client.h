// A TLS client inside the test, with OpenSSL: for what the programs cannot do, such as 200 handshakes at once
// whose local ports are known.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "socket.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace tlswatch::harness {

/// What a client offers and wants. Versions are TLS1_2_VERSION, TLS1_3_VERSION, or 0 for the library's own
/// limit.
struct TlsOptions {
  int min_version = 0;
  int max_version = 0;
  std::string ciphers = {};  ///< TLS 1.2, OpenSSL's names; empty: the default
  std::string ca = {};       ///< verify the server against this file; empty: trust anybody
  std::string certificate = {};
  std::string key = {};
  std::string server_name = "localhost";
  std::string psk_identity = {};
  std::string psk_key = {};  ///< hexadecimal
};

class TlsClient : public Stream {
 public:
  /// Connects by TCP; no byte of TLS is sent yet. Throws Error for options that OpenSSL refuses.
  TlsClient(std::uint16_t port, const TlsOptions& options);
  ~TlsClient() override;
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// Does the handshake; true when it is done on this side. (On TLS 1.3 the server may still refuse our
  /// certificate: then receive() ends and alert() says why.)
  bool handshake();

  /// The number of the fatal alert that came from the server.
  std::optional<int> alert() const { return alert_; }
  /// OpenSSL's name of the cipher; empty before the end of the handshake.
  std::string cipher() const;

  std::uint16_t local_port() const override { return socket_.local_port(); }
  bool send(std::string_view bytes) override;
  std::string receive(std::chrono::milliseconds deadline = kPatience) override;
  void close() override;
  Socket& socket() { return socket_; }

 private:
  static void note(const SSL* ssl, int where, int value);

  Socket socket_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  std::string identity_;
  std::string key_;
  std::optional<int> alert_;
};

/// The first record that such a client would send: a ClientHello that nobody answers yet.
std::string client_hello_record(const TlsOptions& options);

}  // namespace tlswatch::harness
