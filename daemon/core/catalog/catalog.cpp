#include "daemon/core/catalog/catalog.h"

#include <algorithm>

#include "daemon/core/catalog/tables.h"
#include "daemon/core/tls/alert.h"

namespace tlswatch::catalog {
namespace {

constexpr std::int32_t kAlertReceived = 256;  // bearssl_ssl.h, BR_ERR_RECV_FATAL_ALERT
constexpr std::int32_t kAlertSent = 512;      // bearssl_ssl.h, BR_ERR_SEND_FATAL_ALERT
constexpr std::int32_t kAlertCount = 256;

/// A table and whose numbers it holds.
struct Table {
  Stack stack;
  std::span<const Entry> (*entries)() noexcept;
};

/// Tables in the order in which a number without a stack is read. Tasmota comes first because its fingerprint
/// mismatch (1) and its "no TLS error" (0) are daily matters and BearSSL's own 0 and 1 are not.
constexpr Table kTables[] = {
    {Stack::tasmota, tasmota_entries},
    {Stack::bearssl, bearssl_ssl_entries},
    {Stack::bearssl, bearssl_x509_entries},
};

/// Numbers that the order above would read wrongly: 2 is BearSSL's BAD_STATE on all but some versions.
constexpr std::int32_t kBearsslFirst[] = {2};

const Entry* find(std::span<const Entry> entries, std::int32_t code) noexcept {
  const auto at = std::ranges::lower_bound(entries, code, {}, &Entry::code);
  return at != entries.end() && at->code == code ? &*at : nullptr;
}

Answer answer(const Entry& entry, std::int32_t code) {
  Answer out;
  out.code = code;
  out.stack = entry.stack;
  out.name = entry.name;
  out.meaning = entry.meaning;
  out.causes = entry.causes;
  out.fix = entry.fix;
  out.source = entry.source;
  return out;
}

/// Any n in 0..255 is an alert, named or not (bearssl_ssl.h: a base value and the alert's code).
Answer alert_answer(std::int32_t code) {
  const bool received = code < kAlertSent;
  const auto n = static_cast<std::uint8_t>(code - (received ? kAlertReceived : kAlertSent));
  Answer out;
  out.code = code;
  out.stack = Stack::bearssl;
  out.alert = n;
  out.direction = received ? Direction::received : Direction::sent;
  out.name = (received ? "BR_ERR_RECV_FATAL_ALERT+" : "BR_ERR_SEND_FATAL_ALERT+") + std::to_string(n);
  const tls::Alert* const alert = tls::find_alert(n);
  // Tasmota's table lists alerts under OpenSSL's names: whoever comes from there finds his.
  if (alert != nullptr && !alert->openssl.empty()) out.name += " (" + std::string(alert->openssl) + ")";
  out.source = "bearssl_ssl.h; RFC 8446 section 6; IANA TLS Alerts";
  const auto advice = std::ranges::find(alert_advice(), n, &AlertAdvice::code);
  if (advice == alert_advice().end()) {
    out.meaning = received ? "the broker sent an alert that is not registered"
                           : "the device sent an alert that is not registered";
    out.causes = {Cause::data_corrupted, Cause::not_tls};
    out.fix = "See which TLS software answers on that port; the number is not one of TLS' alerts.";
    return out;
  }
  out.meaning = received ? advice->received : advice->sent;
  out.causes = received ? advice->received_causes : advice->sent_causes;
  out.fix = received ? advice->received_fix : advice->sent_fix;
  return out;
}

bool is_alert(std::int32_t code) noexcept {
  return code >= kAlertReceived && code < kAlertSent + kAlertCount;
}

/// With an rc beside it, Tasmota's 0 means what the rc means.
const Entry* refine(const Entry& entry, std::optional<std::int32_t> rc) noexcept {
  if (entry.stack != Stack::tasmota || entry.code != 0 || !rc) return &entry;
  const Entry* const by_rc = find(mqtt_rc_entries(), *rc);
  return by_rc != nullptr ? by_rc : &entry;
}

/// A Tasmota device prints BearSSL's numbers as they are.
bool prints(Stack asked, Stack owner) noexcept {
  return asked == owner || (asked == Stack::tasmota && owner == Stack::bearssl);
}

std::vector<Answer> readings(std::int32_t code, std::optional<Stack> stack, std::optional<std::int32_t> rc) {
  std::vector<Answer> out;
  for (const Table& table : kTables) {
    if (stack && !prints(*stack, table.stack)) continue;
    const Entry* const entry = find(table.entries(), code);
    if (entry != nullptr) out.push_back(answer(*refine(*entry, rc), code));
  }
  if (is_alert(code) && (!stack || prints(*stack, Stack::bearssl))) out.push_back(alert_answer(code));
  return out;
}

}  // namespace

Answer lookup(std::int32_t code, std::optional<Stack> stack, std::optional<std::int32_t> rc) {
  std::vector<Answer> found = readings(code, stack, rc);
  if (found.empty()) {
    Answer none;
    none.code = code;
    none.stack = stack;
    return none;
  }
  if (!stack && std::ranges::find(kBearsslFirst, code) != std::end(kBearsslFirst)) {
    std::stable_partition(found.begin(), found.end(),
                          [](const Answer& a) { return a.stack == Stack::bearssl; });
  }
  Answer best = std::move(found.front());
  if (!stack)
    best.candidates.assign(std::make_move_iterator(found.begin() + 1), std::make_move_iterator(found.end()));
  return best;
}

std::span<const Entry> entries(Stack stack) noexcept {
  static const std::vector<Entry> kBearssl = [] {
    std::vector<Entry> all(bearssl_ssl_entries().begin(), bearssl_ssl_entries().end());
    all.insert(all.end(), bearssl_x509_entries().begin(), bearssl_x509_entries().end());
    return all;
  }();
  switch (stack) {
    case Stack::tasmota: return tasmota_entries();
    case Stack::bearssl: return kBearssl;
    case Stack::mbedtls:
    case Stack::wolfssl:
    case Stack::openssl:
    case Stack::esp_tls: break;
  }
  return {};
}

}  // namespace tlswatch::catalog
