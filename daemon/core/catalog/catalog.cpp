#include "daemon/core/catalog/catalog.h"

#include <algorithm>

#include "daemon/core/catalog/readers.h"
#include "daemon/core/tls/alert.h"

namespace tlswatch::catalog {
namespace {

constexpr std::int64_t kAlertReceived = 256;  // bearssl_ssl.h, BR_ERR_RECV_FATAL_ALERT
constexpr std::int64_t kAlertSent = 512;      // bearssl_ssl.h, BR_ERR_SEND_FATAL_ALERT
constexpr std::int64_t kAlertCount = 256;

/// A table and whose numbers it holds.
struct EntryTable {
  Stack stack;
  std::span<const Entry> (*entries)() noexcept;
};

/// Tables in the order in which a number without a stack is read. Tasmota comes first because its fingerprint
/// mismatch (1) and its "no TLS error" (0) are daily matters and BearSSL's own 0 and 1 are not.
constexpr EntryTable kEntryTables[] = {
    {Stack::tasmota, tasmota_entries},
    {Stack::bearssl, bearssl_ssl_entries},
    {Stack::bearssl, bearssl_x509_entries},
};

/// Whose numbers are taken apart, in the order in which one without a stack is read: negative three-digit
/// numbers are wolfSSL's more often than mbedTLS's low half, which is printed in hexadecimal.
struct Reader {
  Stack stack;
  void (*read)(const Question&, std::vector<Answer>&);
};
constexpr Reader kReaders[] = {
    {Stack::esp_tls, read_esp_tls},
    {Stack::wolfssl, read_wolfssl},
    {Stack::mbedtls, read_mbedtls},
    {Stack::openssl, read_openssl},
};

/// Rows that have names to be looked for.
constexpr const RowTable* kNamed[] = {
    &kEspTls,     &kMbedtls3,     &kMbedtlsHigh, &kMbedtlsLow,    &kMbedtlsPsa,
    &kWolfsslTls, &kWolfsslCrypt, &kOpensslSsl,  &kOpensslVerify,
};

/// Numbers that the order above would read wrongly: 2 is BearSSL's BAD_STATE on all but some versions.
constexpr std::int64_t kBearsslFirst[] = {2};

const Entry* find(std::span<const Entry> entries, std::int64_t code) noexcept {
  const auto at = std::ranges::lower_bound(entries, code, {}, &Entry::code);
  return at != entries.end() && at->code == code ? &*at : nullptr;
}

Answer entry_answer(std::int64_t code, const Entry& entry) {
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
Answer bearssl_alert(std::int64_t code) {
  const bool received = code < kAlertSent;
  const auto n = static_cast<std::uint8_t>(code - (received ? kAlertReceived : kAlertSent));
  Answer out = alert_answer(code, n, received ? Direction::received : Direction::sent, Stack::bearssl);
  out.name = (received ? "BR_ERR_RECV_FATAL_ALERT+" : "BR_ERR_SEND_FATAL_ALERT+") + std::to_string(n);
  const tls::Alert* const alert = tls::find_alert(n);
  // Tasmota's table lists alerts under OpenSSL's names: whoever comes from there finds his.
  if (alert != nullptr && !alert->openssl.empty()) out.name += " (" + std::string(alert->openssl) + ")";
  out.source = "bearssl_ssl.h; RFC 8446 section 6; IANA TLS Alerts";
  return out;
}

bool is_bearssl_alert(std::int64_t code) noexcept {
  return code >= kAlertReceived && code < kAlertSent + kAlertCount;
}

/// A Tasmota device prints BearSSL's numbers as they are.
bool prints(Stack asked, Stack owner) noexcept {
  return asked == owner || (asked == Stack::tasmota && owner == Stack::bearssl);
}

/// Where TLS has nothing to say, the MQTT state beside it has. A negative state by itself is PubSubClient's.
std::optional<Answer> mqtt_state(const Question& question, std::optional<Stack> stack) {
  const std::int64_t code = question.code;
  const bool alone = code < 0 && (!stack || *stack == Stack::tasmota);
  if (!alone && (code != 0 || !question.detail)) return std::nullopt;
  const std::int64_t state = alone ? code : *question.detail;
  std::optional<Answer> out;
  if (const Entry* entry = find(mqtt_rc_entries(), state)) out = entry_answer(code, *entry);
  if (const Row* row = find_row(mqtt5_rc(), state)) out = row_answer(code, kMqtt5Rc, *row);
  if (out && stack) out->stack = stack;
  return out;
}

/// Every stack's 0.
Answer no_error(Stack stack) {
  Answer out;
  out.code = 0;
  out.stack = stack;
  out.name = stack == Stack::openssl ? "X509_V_OK" : stack == Stack::esp_tls ? "ESP_OK" : "0, no error";
  out.meaning = "no error: the call succeeded, or the certificate passed every check";
  out.fix = fix_of(Topic::none, stack);
  out.source = "mbedtls/ssl.h, wolfssl/ssl.h, openssl/x509_vfy.h, esp_err.h";
  return out;
}

std::vector<Answer> readings(const Question& question, std::optional<Stack> stack) {
  std::vector<Answer> out;
  const std::int64_t code = question.code;
  if (auto state = mqtt_state(question, stack)) {
    out.push_back(*std::move(state));
  } else {
    for (const EntryTable& table : kEntryTables) {
      if (stack && !prints(*stack, table.stack)) continue;
      if (const Entry* const entry = find(table.entries(), code)) out.push_back(entry_answer(code, *entry));
    }
    if (is_bearssl_alert(code) && (!stack || prints(*stack, Stack::bearssl)))
      out.push_back(bearssl_alert(code));
  }
  if (code == 0) {
    if (out.empty() && stack) out.push_back(no_error(*stack));
    return out;
  }
  for (const Reader& reader : kReaders) {
    if (!stack || *stack == reader.stack) reader.read(question, out);
  }
  return out;
}

/// The first is the answer, the others its candidates.
Answer choose(std::vector<Answer> found) {
  Answer best = std::move(found.front());
  best.candidates.assign(std::make_move_iterator(found.begin() + 1), std::make_move_iterator(found.end()));
  return best;
}

/// TLSV1_ALERT_UNKNOWN_CA as OpenSSL names it, TLS1_ALERT_UNKNOWN_CA as Tasmota lists it.
bool names_alert(std::string_view name, const tls::Alert& alert) noexcept {
  if (alert.openssl.empty()) return false;
  if (name == alert.openssl) return true;
  return name.size() == alert.openssl.size() + 1 && name.substr(0, 3) == alert.openssl.substr(0, 3) &&
         name[3] == 'V' && name.substr(4) == alert.openssl.substr(3);
}

std::string_view without(std::string_view name, std::string_view prefix) noexcept {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

}  // namespace

const Row* find_row(std::span<const Row> rows, std::int64_t code) noexcept {
  const auto at = std::ranges::lower_bound(rows, code, {}, &Row::code);
  return at != rows.end() && at->code == code ? &*at : nullptr;
}

Answer row_answer(std::int64_t code, const RowTable& table, const Row& row) {
  Answer out;
  out.code = code;
  out.stack = table.stack;
  out.name.append(table.prefix) += row.name;
  out.meaning = row.meaning;
  out.causes = causes_of(row.topic);
  out.fix = fix_of(row.topic, table.stack);
  out.source = table.source;
  return out;
}

Answer alert_answer(std::int64_t code, std::uint8_t n, Direction direction, Stack stack) {
  const bool received = direction == Direction::received;
  Answer out;
  out.code = code;
  out.stack = stack;
  out.alert = n;
  out.direction = direction;
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

Answer lookup(std::int64_t code, std::optional<Stack> stack, std::optional<std::int32_t> detail, Side side) {
  std::vector<Answer> found = readings({code, detail, side, stack.has_value()}, stack);
  if (found.empty()) {
    Answer none;
    none.code = code;
    none.stack = stack;
    none.side = side;
    return none;
  }
  if (!stack && std::ranges::find(kBearsslFirst, code) != std::end(kBearsslFirst)) {
    std::stable_partition(found.begin(), found.end(),
                          [](const Answer& a) { return a.stack == Stack::bearssl; });
  }
  // A device that prints BearSSL's numbers means Tasmota's own where there is one.
  if (stack == Stack::tasmota && found.size() > 1) found.resize(1);
  return choose(std::move(found));
}

std::vector<std::int32_t> codes(Stack stack) {
  std::vector<std::int32_t> out;
  for (const EntryTable& table : kEntryTables) {
    if (table.stack != stack) continue;
    for (const Entry& entry : table.entries()) out.push_back(entry.code);
  }
  for (const RowTable* table : kNamed) {
    if (table->stack != stack) continue;
    for (const Row& row : table->rows()) out.push_back(row.code);
  }
  return out;
}

Answer find_name(std::string_view name, std::optional<std::int32_t> detail, Side side) {
  for (const EntryTable& table : kEntryTables) {
    const auto entries = table.entries();
    const auto at = std::ranges::find(entries, name, &Entry::name);
    if (at != entries.end()) return lookup(at->code, at->stack, detail, side);
  }
  // Node's ERR_SSL_TLSV1_ALERT_UNKNOWN_CA, Python's CERTIFICATE_VERIFY_FAILED, OpenSSL's X509_V_ERR_... and
  // SSL_R_...
  const std::string_view bare = without(without(name, "ERR_SSL_"), "SSL_R_");
  for (const tls::Alert& alert : tls::alerts()) {
    if (names_alert(bare, alert)) return lookup(1000 + alert.code, Stack::openssl, detail, side);
  }
  for (const RowTable* table : kNamed) {
    const std::string_view own = without(bare, table->prefix);
    const auto rows = table->rows();
    const auto at = std::ranges::find_if(rows, [&](const Row& row) { return own == row.name; });
    if (at != rows.end()) return lookup(at->code, table->stack, detail, side);
  }
  Answer none;
  none.side = side;
  return none;
}

}  // namespace tlswatch::catalog
