#include "session_pool.h"

#include <sys/mman.h>

#include <new>

namespace tlswatch::plugin {
namespace {

void* reserve_memory(std::size_t bytes) noexcept {
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void HandshakeBuffer::clear() noexcept {
  client_hello.size = 0;
  client_certificate.size = 0;
  server_hello.size = 0;
  encrypted_extensions.size = 0;
  psk_key_exchange.size = 0;
  server_key_exchange.size = 0;
  client_hello.cut = client_certificate.cut = server_hello.cut = false;
  encrypted_extensions.cut = psk_key_exchange.cut = server_key_exchange.cut = false;
  error_reason[0] = '\0';
}

bool SessionPool::reserve(std::uint32_t sessions, std::uint32_t buffers) noexcept {
  if (sessions_ != nullptr) return true;
  auto* const s = static_cast<Session*>(reserve_memory(sizeof(Session) * sessions));
  auto* const b = static_cast<HandshakeBuffer*>(reserve_memory(sizeof(HandshakeBuffer) * buffers));
  if (s == nullptr || b == nullptr) {
    if (s != nullptr) munmap(s, sizeof(Session) * sessions);
    if (b != nullptr) munmap(b, sizeof(HandshakeBuffer) * buffers);
    return false;
  }
  sessions_ = s;
  buffers_ = b;
  capacity_ = sessions;
  buffer_capacity_ = buffers;
  return true;
}

Session* SessionPool::take() noexcept {
  std::uint32_t index = free_;
  if (index != kNone) {
    free_ = sessions_[index].next_free;
  } else if (touched_ < capacity_) {
    index = touched_++;
  } else {
    return nullptr;
  }
  auto* const session = new (&sessions_[index]) Session{};
  session->self = index;
  session->next_by_client = kNone;
  session->fd = -1;
  session->verify_depth = -1;
  session->certificate = UINT8_MAX;
  return session;
}

void SessionPool::give_back(Session* session) noexcept {
  session->ssl = nullptr;
  session->next_free = free_;
  free_ = session->self;
}

HandshakeBuffer* SessionPool::take_buffer() noexcept {
  HandshakeBuffer* buffer = nullptr;
  if (free_buffer_ != kNone) {
    buffer = &buffers_[free_buffer_];
    free_buffer_ = buffer->next_free;
  } else if (buffers_touched_ < buffer_capacity_) {
    buffer = &buffers_[buffers_touched_++];
  } else {
    return nullptr;
  }
  buffer->clear();
  return buffer;
}

void SessionPool::give_back(HandshakeBuffer* buffer) noexcept {
  buffer->next_free = free_buffer_;
  free_buffer_ = static_cast<std::uint32_t>(buffer - buffers_);
}

}  // namespace tlswatch::plugin
