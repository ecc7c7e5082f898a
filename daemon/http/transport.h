#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/wire/result.h"

using SSL_CTX = struct ssl_ctx_st;
using SSL = struct ssl_st;

namespace tlswatch::http {

/// TlsContext: the listener's certificate and key. TLS 1.2 and later.
class TlsContext {
 public:
  /// errors  a sentence: which file, what is wrong with it
  static Result<TlsContext, std::string> load(const std::string& certificate, const std::string& key);
  SSL_CTX* get() const noexcept { return context_.get(); }

 private:
  explicit TlsContext(std::shared_ptr<SSL_CTX> context) : context_(std::move(context)) {}
  std::shared_ptr<SSL_CTX> context_;
};

/// Transport: a client's connection, plain or TLS, that never blocks. Owns the descriptor.
class Transport {
 public:
  /// tls  null: plain
  Transport(int fd, const TlsContext* tls);
  Transport(Transport&& other) noexcept;
  Transport& operator=(Transport&&) = delete;
  Transport(const Transport&) = delete;
  ~Transport();

  int fd() const noexcept { return fd_; }
  /// The handshake, or what it holds back, waits for room to write, though nobody here wants to.
  bool wants_write() const noexcept { return wants_write_; }

  /// How many bytes came or went; 0: none for now; nothing: the connection is over.
  std::optional<std::size_t> read(std::span<char> to);
  std::optional<std::size_t> write(std::string_view from);

  /// Nothing more will be written.
  void finish();
  /// Throws away what has come. False: the other side is done, too.
  bool drain();

 private:
  std::optional<std::size_t> after_tls(int result);

  int fd_;
  SSL* ssl_ = nullptr;
  bool wants_write_ = false;
  bool broken_ = false;  ///< TLS says nothing more on it, no goodbye either
};

}  // namespace tlswatch::http
