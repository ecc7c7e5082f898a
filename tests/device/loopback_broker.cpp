#include "loopback_broker.h"

#include <algorithm>
#include <cstring>

#include "der.h"

namespace tlswatch::device::testing {
namespace {

constexpr unsigned kKeyBits = 1024;
constexpr std::size_t kCacheBytes = 4096;

}  // namespace

LoopbackBroker::LoopbackBroker(const char* seed)
    : secret_bytes_(BR_RSA_KBUF_PRIV_SIZE(kKeyBits)),
      key_bytes_(BR_RSA_KBUF_PUB_SIZE(kKeyBits)),
      cache_bytes_(kCacheBytes),
      buffer_(BR_SSL_BUFSIZE_BIDI) {
  br_hmac_drbg_context random;
  br_hmac_drbg_init(&random, &br_sha256_vtable, seed, std::strlen(seed));
  br_rsa_i31_keygen(&random.vtable, &secret_, secret_bytes_.data(), &key_, key_bytes_.data(), kKeyBits,
                    65537);
  Bytes n(key_.n, key_.n + key_.nlen);
  n.insert(n.begin(), 0);
  certificate_ = certificate_of(rsa_info(n, Bytes(key_.e, key_.e + key_.elen)));
  chain_ = {certificate_.data(), certificate_.size()};
  forget_sessions();
}

void LoopbackBroker::forget_sessions() {
  br_ssl_session_cache_lru_init(&cache_, cache_bytes_.data(), cache_bytes_.size());
}

Transport LoopbackBroker::transport() {
  Transport port{};
  port.context = this;
  port.connect = [](void* c, const char*, std::uint16_t, std::uint32_t) {
    if (self(c).reached == ConnectResult::ok) self(c).accept();
    return self(c).reached;
  };
  port.read = [](void* c, std::uint8_t* b, std::size_t n, std::uint32_t t) { return self(c).read(b, n, t); };
  port.write = [](void* c, const std::uint8_t* b, std::size_t n, std::uint32_t) {
    return self(c).write(b, n);
  };
  port.close = [](void*) {};
  port.now_ms = [](void* c) { return self(c).now_ms_; };
  port.entropy = [](void* c, std::uint8_t* b, std::size_t n) {
    std::memset(b, 0x40 + self(c).connections, n);
    return true;
  };
  return port;
}

void LoopbackBroker::accept() {
  ++connections;
  mqtt_in_.clear();
  br_ssl_server_init_full_rsa(&server_, &chain_, 1, &secret_);
  br_ssl_server_set_cache(&server_, &cache_.vtable);
  br_ssl_engine_set_buffer(&server_.eng, buffer_.data(), buffer_.size(), 1);
  const unsigned char entropy[32] = {static_cast<unsigned char>(connections)};
  br_ssl_engine_inject_entropy(&server_.eng, entropy, sizeof entropy);
  br_ssl_server_reset(&server_);
}

int LoopbackBroker::read(std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) {
  std::size_t there = 0;
  const unsigned char* from = br_ssl_engine_sendrec_buf(&server_.eng, &there);
  if (from == nullptr) {
    if (br_ssl_engine_current_state(&server_.eng) == BR_SSL_CLOSED) return kTransportClosed;
    now_ms_ += timeout_ms;
    return kTransportTimeout;
  }
  n = std::min(n, there);
  std::memcpy(bytes, from, n);
  br_ssl_engine_sendrec_ack(&server_.eng, n);
  return static_cast<int>(n);
}

int LoopbackBroker::write(const std::uint8_t* bytes, std::size_t n) {
  std::size_t room = 0;
  unsigned char* to = br_ssl_engine_recvrec_buf(&server_.eng, &room);
  if (to == nullptr) return kTransportClosed;
  n = std::min(n, room);
  std::memcpy(to, bytes, n);
  br_ssl_engine_recvrec_ack(&server_.eng, n);
  serve();
  return static_cast<int>(n);
}

// Cuts what has come into packets: the client's are short, one length byte or two.
void LoopbackBroker::serve() {
  std::size_t there = 0;
  while (const unsigned char* from = br_ssl_engine_recvapp_buf(&server_.eng, &there)) {
    mqtt_in_.insert(mqtt_in_.end(), from, from + there);
    br_ssl_engine_recvapp_ack(&server_.eng, there);
  }
  while (mqtt_in_.size() >= 2) {
    const bool two = (mqtt_in_[1] & 0x80) != 0;
    if (two && mqtt_in_.size() < 3) return;
    const std::size_t header = two ? 3 : 2;
    const std::size_t length = (mqtt_in_[1] & 0x7Fu) + (two ? std::size_t{mqtt_in_[2]} << 7 : 0);
    if (mqtt_in_.size() < header + length) return;
    const auto body = mqtt_in_.begin() + static_cast<std::ptrdiff_t>(header);
    const auto end = body + static_cast<std::ptrdiff_t>(length);
    take_packet(mqtt_in_[0] >> 4, {body, end});
    mqtt_in_.erase(mqtt_in_.begin(), end);
  }
}

void LoopbackBroker::take_packet(std::uint8_t type, const std::vector<std::uint8_t>& body) {
  switch (static_cast<MqttType>(type)) {
    case MqttType::connect:
      if (answers_connect) {
        std::vector<std::uint8_t> bytes = {0x20, 2, 0, connack_code};
        bytes.insert(bytes.end(), behind_connack.begin(), behind_connack.end());
        answer(bytes);
      }
      return;
    case MqttType::publish: {
      published.push_back(body);
      const std::size_t packet_at = 2 + (std::size_t{body[0]} << 8 | body[1]);
      if (answers_publish) answer({0x40, 2, body[packet_at], body[packet_at + 1]});
      return;
    }
    case MqttType::pingreq: return answer({0xD0, 0});
    case MqttType::connack:
    case MqttType::puback:
    case MqttType::pingresp:
    case MqttType::disconnect: return;
  }
}

void LoopbackBroker::answer(const std::vector<std::uint8_t>& packet) {
  std::size_t room = 0;
  unsigned char* to = br_ssl_engine_sendapp_buf(&server_.eng, &room);
  std::memcpy(to, packet.data(), packet.size());
  br_ssl_engine_sendapp_ack(&server_.eng, packet.size());
  br_ssl_engine_flush(&server_.eng, 0);
}

}  // namespace tlswatch::device::testing
