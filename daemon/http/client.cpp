#include "daemon/http/client.h"

#include <poll.h>

#include <array>

#include "daemon/http/parser.h"

namespace tlswatch::http {
namespace {

constexpr std::string_view kEmptyLine = "\r\n\r\n";
constexpr std::size_t kPiece = 16 * 1024;

}  // namespace

short Client::wanted() const noexcept {
  int out = 0;
  if (state == State::reading || state == State::streaming || state == State::leaving) out |= POLLIN;
  if (transport_.wants_write() || (state != State::working && !all_sent())) out |= POLLOUT;
  return static_cast<short>(out);
}

bool Client::read() {
  std::array<char, kPiece> piece;
  while (in_.size() <= kMaxHead) {
    const auto n = transport_.read(piece);
    if (!n) return false;
    if (*n == 0) return true;
    in_.append(piece.data(), *n);
    if (state == State::streaming) in_.clear();
  }
  return true;
}

std::optional<std::string> Client::take_head() {
  const std::size_t end = in_.find(kEmptyLine);
  if (end == std::string::npos || end > kMaxHead) return std::nullopt;
  std::string head = in_.substr(0, end + kEmptyLine.size());
  in_.erase(0, head.size());
  return head;
}

bool Client::head_too_long() const noexcept {
  return in_.size() > kMaxHead;
}

bool Client::flush() {
  while (!all_sent()) {
    const auto n = transport_.write(std::string_view(out_).substr(sent_));
    if (!n) return false;
    if (*n == 0) break;
    sent_ += *n;
  }
  if (all_sent()) {
    out_ = {};
    sent_ = 0;
  }
  return true;
}

void Client::leave() {
  transport_.finish();
  in_ = {};
}

bool Client::drain() {
  return transport_.drain();
}

}  // namespace tlswatch::http
