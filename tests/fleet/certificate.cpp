#include "certificate.h"

#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <string>

#include "random.h"

namespace tlswatch::fleet_sim {
namespace {

// Tags of X.690.
constexpr std::uint8_t kInteger = 0x02, kBits = 0x03, kNull = 0x05, kOid = 0x06, kUtf8 = 0x0C,
                       kUtcTime = 0x17, kSequence = 0x30, kSet = 0x31, kVersion = 0xA0;
constexpr std::size_t kModulusBytes = 256;

ByteVector joined(std::initializer_list<ByteVector> parts) {
  ByteVector out;
  for (const ByteVector& part : parts) {
    for (const std::uint8_t byte : part) out.push_back(byte);
  }
  return out;
}

/// Tag, length and content (X.690 section 8.1).
ByteVector der(std::uint8_t tag, const ByteVector& content) {
  ByteVector out{tag};
  const std::size_t size = content.size();
  if (size < 0x80) {
    out.push_back(static_cast<std::uint8_t>(size));
  } else {
    for (const std::size_t byte : {std::size_t{0x82}, size >> 8, size}) {
      out.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

ByteVector der(std::uint8_t tag, std::string_view text) {
  return der(tag, ByteVector(text.begin(), text.end()));
}

ByteVector algorithm(std::uint8_t last) {  // 1.2.840.113549.1.1.last (RFC 8017)
  return der(kSequence, joined({der(kOid, ByteVector{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, last}),
                                der(kNull, ByteVector{})}));
}

ByteVector name(std::string_view common_name) {  // 2.5.4.3
  return der(kSequence,
             der(kSet, der(kSequence, joined({der(kOid, ByteVector{0x55, 4, 3}), der(kUtf8, common_name)}))));
}

ByteVector bits(const ByteVector& content) {
  return der(kBits, joined({{0}, content}));
}

ByteVector random_bytes(Random& random, std::size_t size) {
  ByteVector out(size);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random.bits());
  return out;
}

ByteVector key(Random& random) {
  ByteVector modulus = random_bytes(random, kModulusBytes);
  modulus.front() |= 0x80;
  modulus.back() |= 1;
  const ByteVector numbers =
      joined({der(kInteger, joined({{0}, modulus})), der(kInteger, ByteVector{1, 0, 1})});
  return der(kSequence, joined({algorithm(1), bits(der(kSequence, numbers))}));
}

/// RFC 5280 section 4.1.2.5.1.
std::string utc_time(std::int64_t unix_s) {
  const std::chrono::sys_seconds when{std::chrono::seconds(unix_s)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  char out[40];
  std::snprintf(out, sizeof out, "%02d%02u%02u%02d%02d%02dZ", static_cast<int>(date.year()) % 100,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out;
}

}  // namespace

ByteVector make_certificate(std::string_view subject, std::string_view issuer, std::int64_t not_after,
                            std::uint64_t seed) {
  Random random(seed);
  const ByteVector validity = joined({der(kUtcTime, "250101000000Z"), der(kUtcTime, utc_time(not_after))});
  ByteVector serial = random_bytes(random, 8);
  serial.front() = 1;
  const ByteVector body =
      joined({der(kVersion, der(kInteger, ByteVector{2})), der(kInteger, serial), algorithm(11), name(issuer),
              der(kSequence, validity), name(subject), key(random)});
  return der(kSequence,
             joined({der(kSequence, body), algorithm(11), bits(random_bytes(random, kModulusBytes))}));
}

ByteVector certificate_message(const ByteVector& certificate) {
  const auto number = [](std::size_t n) {
    return ByteVector{static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                      static_cast<std::uint8_t>(n)};
  };
  const std::size_t size = certificate.size();
  return joined({{11}, number(size + 6), number(size + 3), number(size), certificate});
}

}  // namespace tlswatch::fleet_sim
