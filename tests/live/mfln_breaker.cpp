#include <bearssl/bearssl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "error.h"
#include "odd_server.h"

namespace tlswatch::live {
namespace {

using Bytes = std::vector<unsigned char>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

constexpr int kLookAgainMs = 20;
constexpr std::uint16_t kWholeRecord = 16384;

template <typename T, typename ToDer>
Bytes to_der(T* object, ToDer to) {
  if (object == nullptr) throw harness::Error("no PEM");
  unsigned char* der = nullptr;
  const int size = to(object, &der);
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Bytes certificate_of(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "r"), std::fclose);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  return to_der(certificate.get(), i2d_X509);
}

Bytes key_of(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "r"), std::fclose);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  return to_der(key.get(), i2d_PrivateKey);
}

struct Wire {
  int fd;
  const std::atomic<bool>& over;
};

int read_wire(void* context, unsigned char* bytes, std::size_t n) {
  const Wire& wire = *static_cast<Wire*>(context);
  while (!wire.over) {
    pollfd what{wire.fd, POLLIN, 0};
    if (poll(&what, 1, kLookAgainMs) <= 0) continue;
    const ssize_t got = recv(wire.fd, bytes, n, 0);
    return got > 0 ? static_cast<int>(got) : -1;
  }
  return -1;
}

int write_wire(void* context, const unsigned char* bytes, std::size_t n) {
  const ssize_t sent = send(static_cast<Wire*>(context)->fd, bytes, n, MSG_NOSIGNAL);
  return sent > 0 ? static_cast<int>(sent) : -1;
}

/// One MQTT packet with its fixed header; nothing where the client has left.
std::optional<Bytes> read_packet(br_sslio_context& io) {
  Bytes packet(2);
  if (br_sslio_read_all(&io, packet.data(), 2) != 0) return std::nullopt;
  std::size_t length = packet[1] & 0x7FU;
  for (unsigned shift = 7; (packet.back() & 0x80U) != 0; shift += 7) {
    packet.push_back(0);
    if (shift > 21 || br_sslio_read_all(&io, &packet.back(), 1) != 0) return std::nullopt;
    length |= std::size_t{packet.back() & 0x7FU} << shift;
  }
  const std::size_t header = packet.size();
  packet.resize(header + length);
  if (length != 0 && br_sslio_read_all(&io, packet.data() + header, length) != 0) return std::nullopt;
  return packet;
}

std::size_t header_size(const Bytes& packet) {
  std::size_t n = 2;
  while ((packet[n - 1] & 0x80U) != 0) ++n;
  return n;
}

/// The client's PUBLISH with QoS 1 as one with QoS 0 for a subscriber, and its PUBACK.
Bytes echo_of(const Bytes& publish) {
  const std::size_t header = header_size(publish);
  const std::size_t topic_end = header + 2 + (std::size_t{publish[header]} << 8 | publish[header + 1]);
  Bytes body(publish.begin() + static_cast<std::ptrdiff_t>(header), publish.end());
  const auto id = body.begin() + static_cast<std::ptrdiff_t>(topic_end - header);
  const Bytes puback = {0x40, 2, *id, *(id + 1)};
  body.erase(id, id + 2);
  Bytes out = {0x30, static_cast<unsigned char>(0x80U | (body.size() & 0x7FU)),
               static_cast<unsigned char>(body.size() >> 7)};  // two digits: from 128 bytes on
  out.insert(out.end(), body.begin(), body.end());
  out.insert(out.end(), puback.begin(), puback.end());
  return out;
}

void speak_mqtt(br_sslio_context& io, br_ssl_engine_context& engine) {
  while (const auto packet = read_packet(io)) {
    engine.max_frag_len = kWholeRecord;  // what was agreed is forgotten
    Bytes answer;
    const std::size_t header = header_size(*packet);
    switch ((*packet)[0] & 0xF0U) {
      case 0x10: answer = {0x20, 2, 0, 0}; break;
      case 0x80: answer = {0x90, 3, (*packet)[header], (*packet)[header + 1], 0}; break;
      case 0x30: answer = echo_of(*packet); break;
      case 0xC0: answer = {0xD0, 0}; break;
      default: return;
    }
    if (br_sslio_write_all(&io, answer.data(), answer.size()) != 0 || br_sslio_flush(&io) != 0) return;
  }
}

}  // namespace

Serve breaks_mfln(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  return
      [certificate = certificate_of(certificate), key = key_of(key)](int fd, const std::atomic<bool>& over) {
        Bytes shown = certificate;
        const br_x509_certificate chain{shown.data(), shown.size()};
        br_skey_decoder_context decoder;
        br_skey_decoder_init(&decoder);
        br_skey_decoder_push(&decoder, key.data(), key.size());
        const br_rsa_private_key* const secret = br_skey_decoder_get_rsa(&decoder);

        auto server = std::make_unique<br_ssl_server_context>();
        Bytes buffer(BR_SSL_BUFSIZE_BIDI);
        br_ssl_server_init_full_rsa(server.get(), &chain, 1, secret);
        br_ssl_engine_set_buffer(&server->eng, buffer.data(), buffer.size(), 1);
        std::random_device random;
        const unsigned entropy[8] = {random(), random(), random(), random(),
                                     random(), random(), random(), random()};
        br_ssl_engine_inject_entropy(&server->eng, entropy, sizeof entropy);
        br_ssl_server_reset(server.get());
        Wire wire{fd, over};
        br_sslio_context io;
        br_sslio_init(&io, &server->eng, read_wire, &wire, write_wire, &wire);
        speak_mqtt(io, server->eng);
      };
}

}  // namespace tlswatch::live
