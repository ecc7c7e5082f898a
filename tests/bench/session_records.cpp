#include "session_records.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tlswatch::bench {
namespace {

using wire::Section;

ByteVector read_hex(const std::string& name) {
  std::ifstream in(std::string(TLSWATCH_SOURCE_DIR "/tests/daemon/tls/captures/") + name);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  ByteVector out;
  std::string digits;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) continue;
    digits += c;
    if (digits.size() < 2) continue;
    out.push_back(static_cast<std::uint8_t>(std::stoul(digits, nullptr, 16)));
    digits.clear();
  }
  if (out.size() < 40) std::abort();  // not the capture that this benchmark is about
  return out;
}

ByteVector make_certificate() {
  EVP_PKEY* const key = EVP_RSA_gen(2048);
  X509* const certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  const ByteVector out(der, der + size);
  OPENSSL_free(der);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return out;
}

std::string device_id(std::uint32_t device) {
  return "tasmota_" + std::to_string(1000000 + device);
}

}  // namespace

using wire::RecordType;

SessionRecords::SessionRecords()
    : hello_(read_hex("bearssl_512_client_hello.hex")),
      server_hello_(read_hex("tls12_server_hello.hex")),
      certificate_(make_certificate()) {}

void SessionRecords::add(const SessionPlan& plan) {
  ++hello_[20];
  ++hello_[6 + plan.session % 28];
  begin(RecordType::session_start, plan);
  addresses(plan);
  writer_->begin(Section::role).u8(1).u8(0);
  end();
  handshake(plan);
  if (!plan.healthy) return;
  begin(RecordType::identified, plan);
  writer_->begin(Section::role).u8(1).u8(1);
  writer_->begin(Section::identity).u8(1).u8(0).u16(4).u16(60);
  writer_->begin(Section::client_id).text(device_id(plan.device));
  end();
  begin(RecordType::session_end, plan);
  addresses(plan);
  traffic();
  writer_->begin(Section::disconnect).i32(-1);
  writer_->begin(Section::client_id).text(device_id(plan.device));
  end();
}

void SessionRecords::begin(RecordType type, const SessionPlan& plan) {
  writer_.emplace(buffer_, type, plan.time_unix_ns, plan.session);
}

void SessionRecords::end() {
  const auto record = writer_->finish();
  ++sequence_;
  for (std::size_t i = 0; i < sizeof sequence_; ++i)
    record[8 + i] = static_cast<std::uint8_t>(sequence_ >> 8 * i);
  starts_.push_back(bytes_.size());
  bytes_.insert(bytes_.end(), record.begin(), record.end());
}

void SessionRecords::addresses(const SessionPlan& plan) {
  const std::uint8_t peer[] = {
      static_cast<std::uint8_t>(10 + (plan.address >> 24)), static_cast<std::uint8_t>(plan.address >> 16),
      static_cast<std::uint8_t>(plan.address >> 8), static_cast<std::uint8_t>(plan.address)};
  const std::uint8_t local[] = {10, 0, 0, 1};
  writer_->begin(Section::peer_address)
      .u16(static_cast<std::uint16_t>(40000 + plan.session % 20000))
      .bytes(peer);
  writer_->begin(Section::local_address).u16(8883).bytes(local);
}

void SessionRecords::traffic() {
  writer_->begin(Section::timing).u64(3'000'000).u64(2'900'000);
  writer_->begin(Section::tcp).u32(20).u32(10).u32(0).u32(0).u8(1).u8(0).u16(0);
  writer_->begin(Section::traffic).u64(400).u64(1900).u16(1024).u16(64);
  writer_->u32(0).u32(0).u32(0).u32(0).u16(26).u16(0).u64(1000);
}

void SessionRecords::handshake(const SessionPlan& plan) {
  begin(RecordType::handshake, plan);
  addresses(plan);
  writer_->begin(Section::role).u8(1).u8(0);
  if (plan.healthy) {
    writer_->begin(Section::outcome).u8(7).u8(1).u16(0x0303).u16(0xC02F).u16(128).u8(1).u8(0);
  } else {
    writer_->begin(Section::outcome).u8(1).u8(0).u16(0).u16(0).u16(0).u8(0).u8(0);
    writer_->begin(Section::alerts).u8(2).u8(2).u8(40).u8(0);
    writer_->begin(Section::openssl_error).u64(0x0A0000C1).text("no shared cipher");
  }
  traffic();
  writer_->begin(Section::client_hello).bytes(hello_);
  if (plan.healthy) writer_->begin(Section::server_hello).bytes(server_hello_);
  writer_->begin(Section::server_chain).u32(1700);
  writer_->begin(Section::server_certificate).bytes(certificate_);
  end();
}

}  // namespace tlswatch::bench
