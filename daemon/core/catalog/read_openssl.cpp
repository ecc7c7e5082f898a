#include <algorithm>

#include "daemon/core/catalog/readers.h"
#include "daemon/core/tls/alert.h"

// openssl/err.h. 3.x: library << 23 | reason, or 1 << 31 | errno; two bits of the reason mark those that all
// libraries share. 1.1 and older: library << 24 | function << 12 | reason.
namespace tlswatch::catalog {
namespace {

constexpr std::int64_t kLeastPacked = 0x01000000;
constexpr std::int64_t kSystemFlag = 0x80000000;
constexpr std::uint8_t kSystemLibrary = 2;
constexpr std::uint8_t kSslLibrary = 20;
constexpr std::uint32_t kCommonFlag = 0x2 << 18;
constexpr std::uint32_t kFatalFlag = 0x1 << 18;
constexpr std::uint32_t kLeastCommon = 256;
constexpr std::uint32_t kOldCommon = 64;  ///< 1.1's ERR_R_FATAL; 65 is what 256 is in 3.x
constexpr std::uint32_t kAlertBase = 1000;

struct Unpacked {
  const Library* library = nullptr;
  std::uint32_t reason = 0;
  bool common = false;  ///< of those that all libraries share, numbered as in 3.x
};

const Library* find_library(std::uint32_t number) noexcept {
  const auto all = openssl_libraries();
  const auto at = std::ranges::find(all, number, &Library::number);
  return at == all.end() ? nullptr : &*at;
}

std::optional<Unpacked> unpack_3(std::uint32_t code) noexcept {
  const std::uint32_t reason = code & 0x7FFFFF;
  const std::uint32_t flags = reason & (kCommonFlag | kFatalFlag);
  const std::uint32_t number = reason & ~flags;
  const Library* const library = find_library(code >> 23);
  // What looks like a flag on another reason is 1.1's function number.
  if (library == nullptr || number > 0xFFF) return std::nullopt;
  const bool common = (flags & kCommonFlag) != 0;
  if (flags != 0 && (!common || find_row(openssl_common(), number) == nullptr)) return std::nullopt;
  return Unpacked{library, number, common};
}

std::optional<Unpacked> unpack_1(std::uint32_t code) noexcept {
  const Library* const library = find_library(code >> 24);
  if (library == nullptr) return std::nullopt;
  const std::uint32_t reason = code & 0xFFF;
  const bool common = reason > kOldCommon && reason < 100;
  return Unpacked{library, common ? reason - kOldCommon - 1 + kLeastCommon : reason, common};
}

std::optional<Unpacked> unpack(std::int64_t code) noexcept {
  const auto bits = static_cast<std::uint32_t>(code);
  // 1.1's SSL library is where 3.x has one that no TLS connection reports.
  if (bits >> 24 == kSslLibrary) return unpack_1(bits);
  const auto newer = unpack_3(bits);
  return newer ? newer : unpack_1(bits);
}

/// SSL3_ALERT_UNKNOWN_CA, as Tasmota lists it, is SSLV3_... in OpenSSL's header.
std::string reason_name(const tls::Alert* alert, std::uint8_t n) {
  if (alert == nullptr || alert->openssl.empty()) return "SSL_R_" + std::to_string(kAlertBase + n);
  const std::string_view rest = alert->openssl.substr(3);
  return "SSL_R_" + std::string(alert->openssl.substr(0, 3)) + "V" + std::string(rest);
}

void add_verify_result(Answer& answer, std::int32_t result, Side side) {
  const Row* const row = find_row(openssl_verify(), result);
  if (row == nullptr) return;
  answer.name.append(", ").append(kOpensslVerify.prefix) += row->name;
  answer.meaning.append(": ") += row->meaning;
  if (side == Side::broker) return;
  answer.causes = causes_of(row->topic);
  answer.fix = fix_of(row->topic, Stack::openssl);
}

Answer ssl_reason(const Question& q, const Row& row) {
  const Row* const brokers = q.side == Side::broker ? find_row(openssl_broker(), row.code) : nullptr;
  Answer out = brokers != nullptr ? row_answer(q.code, kOpensslBroker, *brokers)
                                  : row_answer(q.code, kOpensslSsl, row);
  out.side = q.side;
  if (row.topic == Topic::rejected && q.detail) add_verify_result(out, *q.detail, q.side);
  return out;
}

std::optional<Answer> bare(const Question& q) {
  if (const Row* row = find_row(openssl_verify(), q.code)) return row_answer(q.code, kOpensslVerify, *row);
  if (const Row* row = find_row(openssl_ssl(), q.code)) return ssl_reason(q, *row);
  if (q.code >= kAlertBase && q.code < kAlertBase + 256) {
    return openssl_alert(q.code, static_cast<std::uint8_t>(q.code - kAlertBase), q.side);
  }
  return std::nullopt;
}

Answer library_answer(const Question& q, const Library& library, std::string name, std::string_view meaning,
                      Topic topic) {
  Answer out;
  out.code = q.code;
  out.stack = Stack::openssl;
  out.side = q.side;
  out.name = std::move(name);
  out.meaning = library.meaning;
  if (!meaning.empty()) out.meaning.append(": ") += meaning;
  out.causes = causes_of(topic);
  out.fix = fix_of(topic, Stack::openssl);
  out.source = "OpenSSL 3.0, openssl/err.h";
  return out;
}

Answer packed(const Question& q, const Unpacked& error) {
  const Library& library = *error.library;
  if (error.common) {
    const Row* const row = find_row(openssl_common(), error.reason);
    if (row != nullptr) {
      return library_answer(q, library, std::string(kOpensslCommon.prefix) + row->name, row->meaning,
                            row->topic == Topic::none ? library.topic : row->topic);
    }
  }
  const auto reasons = openssl_library_reasons();
  const auto known = std::ranges::find_if(reasons, [&](const LibraryReason& r) {
    return r.library == library.number && r.reason == error.reason;
  });
  if (known != reasons.end()) return library_answer(q, library, known->name, known->meaning, known->topic);
  return library_answer(q, library, std::string(library.name) + ", reason " + std::to_string(error.reason),
                        "", library.topic);
}

Answer system_error(const Question& q, std::int64_t number) {
  if (const Row* row = find_row(system_errors(), number)) {
    Answer out = row_answer(q.code, kSystemErrors, *row);
    out.side = q.side;
    return out;
  }
  return library_answer(q, *find_library(kSystemLibrary), "errno " + std::to_string(number), "",
                        Topic::internal);
}

}  // namespace

Answer openssl_alert(std::int64_t code, std::uint8_t n, Side side) {
  // What the broker's OpenSSL received, the device has sent.
  Answer out =
      alert_answer(code, n, side == Side::device ? Direction::received : Direction::sent, Stack::openssl);
  out.name = reason_name(tls::find_alert(n), n);
  out.source = "OpenSSL 3.0, openssl/sslerr.h; RFC 8446 section 6; IANA TLS Alerts";
  out.side = side;
  return out;
}

void read_openssl(const Question& q, std::vector<Answer>& out) {
  if (q.code < 0 || q.code > 0xFFFFFFFF) return;
  if (q.code < kLeastPacked) {
    if (auto answer = q.stack_given ? bare(q) : std::nullopt) out.push_back(std::move(*answer));
    return;
  }
  if (q.code >= kSystemFlag) {
    constexpr std::int64_t kMostErrno = 4095;  // Linux; above, it is a negative number without its sign
    if (q.code - kSystemFlag <= kMostErrno) out.push_back(system_error(q, q.code - kSystemFlag));
    return;
  }
  const auto error = unpack(q.code);
  if (!error) return;
  if (error->library->number == kSystemLibrary) return out.push_back(system_error(q, error->reason));
  if (error->library->number == kSslLibrary && !error->common) {
    Question reason = q;
    reason.code = error->reason;
    auto answer = bare(reason);
    if (!answer || error->reason < 100) answer = packed(q, *error);
    answer->code = q.code;
    return out.push_back(std::move(*answer));
  }
  out.push_back(packed(q, *error));
}

}  // namespace tlswatch::catalog
