#include "draft.h"

#include <stdexcept>

namespace tlswatch::test {
namespace {

/// Big-endian bytes with length fields that are filled in when their content is there (RFC 8446 section 3.4).
class Message {
 public:
  explicit Message(std::uint8_t type) { put(type, 1); }

  Message& put(std::uint64_t v, std::size_t n) {
    for (std::size_t i = n; i-- > 0;) bytes_.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
    return *this;
  }
  Message& text(std::string_view s) {
    bytes_.insert(bytes_.end(), s.begin(), s.end());
    return *this;
  }
  template <typename Content>
  Message& vector(std::size_t length_bytes, Content content) {
    const std::size_t at = bytes_.size();
    put(0, length_bytes);
    content();
    const std::size_t size = bytes_.size() - at - length_bytes;
    for (std::size_t i = 0; i < length_bytes; ++i) {
      bytes_[at + i] = static_cast<std::uint8_t>(size >> (8 * (length_bytes - 1 - i)));
    }
    return *this;
  }
  template <typename Content>
  void extension(std::uint16_t type, Content content) {
    put(type, 2);
    vector(2, content);
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

constexpr std::uint16_t kCheckMark = 0xFF74;  // tls::kCheckExtension
constexpr std::uint16_t kServerName = 0, kMaxFragmentLength = 1, kEncryptThenMac = 22, kPreSharedKey = 41,
                        kSupportedVersions = 43;

}  // namespace

Draft& Draft::address(wire::Section tag, std::initializer_list<int> ip, std::uint16_t port) {
  writer_.begin(tag).u16(port);
  for (const int byte : ip) writer_.u8(static_cast<std::uint8_t>(byte));
  return *this;
}

Draft& Draft::outcome(const OutcomeDraft& o) {
  writer_.begin(wire::Section::outcome).u8(static_cast<std::uint8_t>(o.stage)).u8(o.flags).u16(o.version);
  writer_.u16(o.suite).u16(o.bits).u8(o.mfln).u8(0);
  return *this;
}

Draft& Draft::traffic(const TrafficDraft& t) {
  writer_.begin(wire::Section::traffic).u64(t.in).u64(t.out).u16(t.largest_plain).u16(t.largest_protected);
  for (const std::uint32_t n : t.over) writer_.u32(n);
  writer_.u16(t.last_in).u16(0);
  return *this;
}

Draft& Draft::tcp(std::uint8_t state, std::uint32_t retransmits, std::uint32_t ms_since_last_data_received) {
  writer_.begin(wire::Section::tcp).u32(1200).u32(300).u32(retransmits).u32(ms_since_last_data_received);
  writer_.u8(state).u8(0).u8(0).u8(0);
  return *this;
}

Draft& Draft::timing(std::uint64_t since_seen_ns, std::uint64_t since_hello_ns) {
  writer_.begin(wire::Section::timing).u64(since_seen_ns).u64(since_hello_ns);
  return *this;
}

Draft& Draft::identity(wire::Evidence evidence, std::uint8_t flags, std::uint16_t keepalive_s) {
  writer_.begin(wire::Section::identity)
      .u8(static_cast<std::uint8_t>(evidence))
      .u8(flags)
      .u16(4)
      .u16(keepalive_s);
  return *this;
}

Draft& Draft::alert(wire::Direction direction, std::uint8_t level, std::uint8_t description) {
  writer_.begin(wire::Section::alerts)
      .u8(static_cast<std::uint8_t>(direction))
      .u8(level)
      .u8(description)
      .u8(0);
  return *this;
}

Draft& Draft::openssl(std::uint64_t code, std::string_view reason) {
  writer_.begin(wire::Section::openssl_error).u64(code).text(reason);
  return *this;
}

Draft& Draft::verify(std::uint32_t error, std::int32_t depth, std::string_view reason) {
  writer_.begin(wire::Section::verify).u32(error).i32(depth).text(reason);
  return *this;
}

Draft& Draft::disconnect(std::int32_t reason) {
  writer_.begin(wire::Section::disconnect).i32(reason);
  return *this;
}

Draft& Draft::counter(std::uint16_t counter, std::uint64_t total) {
  writer_.begin(wire::Section::counter).u16(counter).u64(total);
  return *this;
}

wire::Record Draft::record(std::uint64_t sequence) {
  const auto bytes = writer_.finish();
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(sequence >> (8 * i));
  const auto record = wire::read_record(bytes);
  if (!record) throw std::logic_error("the draft is no record");
  return *record;
}

std::vector<std::uint8_t> client_hello(const HelloDraft& d) {
  Message m(1);
  m.vector(3, [&] {
    m.put(d.legacy_version, 2).text(std::string_view("0123456789abcdef0123456789abcdef"));
    m.vector(1, [] {});
    m.vector(2, [&] {
      for (const std::uint16_t suite : d.suites) m.put(suite, 2);
    });
    m.vector(1, [&] { m.put(0, 1); });
    m.vector(2, [&] {
      if (!d.server_name.empty()) {
        m.extension(kServerName,
                    [&] { m.vector(2, [&] { m.put(0, 1).vector(2, [&] { m.text(d.server_name); }); }); });
      }
      if (d.mfln != 0) m.extension(kMaxFragmentLength, [&] { m.put(d.mfln, 1); });
      if (d.encrypt_then_mac) m.extension(kEncryptThenMac, [] {});
      if (!d.check_mark.empty()) m.extension(kCheckMark, [&] { m.text(d.check_mark); });
      if (!d.versions.empty()) {
        m.extension(kSupportedVersions, [&] {
          m.vector(1, [&] {
            for (const std::uint16_t version : d.versions) m.put(version, 2);
          });
        });
      }
      if (d.psk_identity.empty()) return;
      m.extension(kPreSharedKey, [&] {
        m.vector(2, [&] { m.vector(2, [&] { m.text(d.psk_identity); }).put(d.psk_age, 4); });
        m.vector(2, [&] { m.vector(1, [&] { m.text("binder-binder-binder-binder-bind"); }); });
      });
    });
  });
  return m.take();
}

std::vector<std::uint8_t> server_hello(const AnswerDraft& d) {
  Message m(2);
  m.vector(3, [&] {
    m.put(d.tls13 ? 0x0303 : d.version, 2).text(std::string_view("fedcba9876543210fedcba9876543210"));
    m.vector(1, [] {});
    m.put(d.suite, 2).put(0, 1);
    m.vector(2, [&] {
      if (d.tls13) m.extension(kSupportedVersions, [&] { m.put(0x0304, 2); });
      if (d.encrypt_then_mac) m.extension(kEncryptThenMac, [] {});
      if (d.selected_psk) m.extension(kPreSharedKey, [&] { m.put(*d.selected_psk, 2); });
    });
  });
  return m.take();
}

}  // namespace tlswatch::test
