// From a ring record to its lines of the event log: decode, correlate, judge, diagnose, JSON, on one core.
//
// The records are what the plugin makes of a device's life: ClientHello and ServerHello are captures
// (tests/daemon/tls/captures), the certificate is made here. Each handshake has a session of its own and
// another client random, as real ones have.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/log/event_json.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"
#include "plugin/wire/record_reader.h"
#include "plugin/wire/record_writer.h"

namespace tlswatch {
namespace {

using wire::RecordType;
using wire::RecordWriter;
using wire::Section;
using ByteVector = std::vector<std::uint8_t>;

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

/// The records of one session: healthy, or failing without a shared cipher.
class SessionRecords {
 public:
  void make(std::uint64_t session, bool healthy) {
    ++hello_[20];
    ++hello_[6 + session % 28];
    bytes_.clear();
    starts_.clear();
    begin(RecordType::session_start, session);
    addresses(session);
    writer_->begin(Section::role).u8(1).u8(0);
    end();
    handshake(session, healthy);
    if (!healthy) return;
    begin(RecordType::identified, session);
    writer_->begin(Section::role).u8(1).u8(1);
    writer_->begin(Section::identity).u8(1).u8(0).u16(4).u16(60);
    writer_->begin(Section::client_id).text("tasmota_A1B2C3");
    end();
    begin(RecordType::session_end, session);
    addresses(session);
    traffic();
    writer_->begin(Section::disconnect).i32(-1);
    writer_->begin(Section::client_id).text("tasmota_A1B2C3");
    end();
  }

  template <typename Take>
  void each(Take take) const {
    for (const std::size_t start : starts_) take(*wire::read_record(wire::Bytes(bytes_).subspan(start)));
  }

 private:
  void begin(RecordType type, std::uint64_t session) {
    writer_.emplace(buffer_, type, 1795366544000000000, session);
  }
  void end() {
    const auto record = writer_->finish();
    record[8] = static_cast<std::uint8_t>(++sequence_);
    record[9] = static_cast<std::uint8_t>(sequence_ >> 8);
    starts_.push_back(bytes_.size());
    bytes_.insert(bytes_.end(), record.begin(), record.end());
  }
  void addresses(std::uint64_t session) {
    const std::uint8_t peer[] = {10, 0, static_cast<std::uint8_t>(session >> 8),
                                 static_cast<std::uint8_t>(session)};
    const std::uint8_t local[] = {10, 0, 0, 1};
    writer_->begin(Section::peer_address)
        .u16(static_cast<std::uint16_t>(40000 + session % 20000))
        .bytes(peer);
    writer_->begin(Section::local_address).u16(8883).bytes(local);
  }
  void traffic() {
    writer_->begin(Section::timing).u64(3'000'000).u64(2'900'000);
    writer_->begin(Section::tcp).u32(20).u32(10).u32(0).u32(0).u8(1).u8(0).u16(0);
    writer_->begin(Section::traffic).u64(400).u64(1900).u16(1024).u16(64);
    writer_->u32(0).u32(0).u32(0).u32(0).u16(26).u16(0).u64(1000);
  }
  void handshake(std::uint64_t session, bool healthy) {
    begin(RecordType::handshake, session);
    addresses(session);
    writer_->begin(Section::role).u8(1).u8(0);
    if (healthy) {
      writer_->begin(Section::outcome).u8(7).u8(1).u16(0x0303).u16(0xC02F).u16(128).u8(1).u8(0);
    } else {
      writer_->begin(Section::outcome).u8(1).u8(0).u16(0).u16(0).u16(0).u8(0).u8(0);
      writer_->begin(Section::alerts).u8(2).u8(2).u8(40).u8(0);
      writer_->begin(Section::openssl_error).u64(0x0A0000C1).text("no shared cipher");
    }
    traffic();
    writer_->begin(Section::client_hello).bytes(hello_);
    if (healthy) writer_->begin(Section::server_hello).bytes(server_hello_);
    writer_->begin(Section::server_chain).u32(1700);
    writer_->begin(Section::server_certificate).bytes(certificate_);
    end();
  }

  ByteVector hello_ = read_hex("bearssl_512_client_hello.hex");
  const ByteVector server_hello_ = read_hex("tls12_server_hello.hex");
  const ByteVector certificate_ = make_certificate();
  ByteVector buffer_ = ByteVector(wire::kMaxRecordSize);
  ByteVector bytes_;
  std::vector<std::size_t> starts_;
  std::optional<RecordWriter> writer_;
  std::uint64_t sequence_ = 0;
};

void record_to_json(benchmark::State& state) {
  const bool healthy = state.range(0) != 0;
  const auto profiles = config::load_profiles({TLSWATCH_SOURCE_DIR "/daemon/profiles/profiles.yaml"});
  const auto knowledge = config::load_knowledge({TLSWATCH_SOURCE_DIR "/daemon/knowledge/knowledge.yaml"});
  if (!profiles || !knowledge) {
    state.SkipWithError("the shipped profiles or knowledge cannot be read");
    return;
  }
  x509::CertificateCache certificates;
  event::Pipeline::Settings settings;
  settings.profiles = &*profiles;
  settings.knowledge = &*knowledge;
  settings.tools = {x509::sha256, &certificates};
  event::Pipeline pipeline(settings);
  log::EventJson json;
  SessionRecords records;
  const event::Broker broker{0, "edge-1", false};

  std::uint64_t session = 0;
  std::size_t events = 0;
  std::size_t lines = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    records.make(++session, healthy);
    state.ResumeTiming();
    for (int again = 0; again < 50; ++again) {
      records.each([&](const wire::Record& record) {
        ++events;
        pipeline.take(broker, 1, record, [&](const event::Event& event) {
          ++lines;
          bytes += json.line(event).size();
        });
      });
    }
  }
  if (lines == 0) state.SkipWithError("no line was made");
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["lines/s"] = benchmark::Counter(static_cast<double>(lines), benchmark::Counter::kIsRate);
  state.counters["bytes/line"] = static_cast<double>(bytes) / static_cast<double>(lines);
}
BENCHMARK(record_to_json)->ArgName("healthy")->Arg(1)->Arg(0);

}  // namespace
}  // namespace tlswatch
