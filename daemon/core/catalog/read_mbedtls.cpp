#include <algorithm>

#include "daemon/core/catalog/readers.h"

// mbedtls/error.h: an error is -(high + low), where high is a multiple of 0x80 and low is below it; either
// may be missing. Devices print it in hexadecimal, often without its sign, now and then as an unsigned
// number.
namespace tlswatch::catalog {
namespace {

constexpr std::int64_t kHighMask = 0xFF80;
constexpr std::int64_t kLowMask = 0x007F;
constexpr std::int64_t kLargest = 0x7FFF;
constexpr std::int64_t kLeastHigh = 0x1080;  ///< below, an unsigned number is more likely somebody else's
constexpr std::int64_t kVerifyFailed = -0x2700;
constexpr std::int64_t kUnsigned = std::int64_t{1} << 32;

/// One version's reading of a part: a row and its table, or null.
struct Part {
  const RowTable* table = nullptr;
  const Row* row = nullptr;
};

Part find(std::initializer_list<const RowTable*> tables, std::int64_t code) noexcept {
  for (const RowTable* table : tables) {
    if (const Row* row = find_row(table->rows(), code)) return {table, row};
  }
  return {};
}

/// What fails below and explains more than the module above it that passes it on.
bool explains_more(Topic low) noexcept {
  return low == Topic::memory || low == Topic::random || low == Topic::hardware || low == Topic::dns ||
         low == Topic::tcp || low == Topic::reset;
}

Answer sum(std::int64_t code, const Part& high, const Part& low) {
  Answer out = row_answer(code, *high.table, *high.row);
  out.name.append(" + ").append(low.table->prefix) += low.row->name;
  out.meaning.append("; below it: ") += low.row->meaning;
  if (!explains_more(low.row->topic)) return out;
  out.causes = causes_of(low.row->topic);
  out.fix = fix_of(low.row->topic, Stack::mbedtls);
  return out;
}

std::optional<Answer> read(std::int64_t code, std::initializer_list<const RowTable*> high_tables,
                           std::initializer_list<const RowTable*> low_tables) {
  const std::int64_t high_code = -(-code & kHighMask);
  const std::int64_t low_code = -(-code & kLowMask);
  const Part high = find(high_tables, high_code);
  const Part low = find(low_tables, low_code);
  if ((high_code != 0 && high.row == nullptr) || (low_code != 0 && low.row == nullptr)) return std::nullopt;
  if (high.row != nullptr && low.row != nullptr) return sum(code, high, low);
  const Part& only = high.row != nullptr ? high : low;
  if (only.row == nullptr) return std::nullopt;
  return row_answer(code, *only.table, *only.row);
}

/// The negative number that was meant, or 0.
std::int64_t with_sign(const Question& q) noexcept {
  if (q.code < 0) return q.code >= -kLargest ? q.code : 0;
  if (q.code <= kLargest && (q.stack_given || q.code >= kLeastHigh)) return -q.code;
  if (q.code < kUnsigned && q.code >= kUnsigned - kLargest) return q.code - kUnsigned;
  return 0;
}

}  // namespace

void add_verify_flags(Answer& answer, std::int32_t flags) {
  bool first = true;
  std::vector<Cause> causes;
  for (const Row& flag : mbedtls_flags()) {
    if ((flags & flag.code) == 0) continue;
    answer.name.append(first ? ", flags " : " + ") += flag.name;
    answer.meaning.append(first ? ": " : "; ") += flag.meaning;
    if (first) answer.fix = fix_of(flag.topic, Stack::mbedtls);
    first = false;
    for (const Cause cause : causes_of(flag.topic)) {
      if (std::ranges::find(causes, cause) == causes.end()) causes.push_back(cause);
    }
  }
  if (!first) answer.causes = CauseList::first_of(causes);
}

void read_mbedtls(const Question& question, std::vector<Answer>& out) {
  const std::int64_t code = with_sign(question);
  if (code == 0) return;
  const auto add = [&](std::optional<Answer> answer) {
    if (!answer) return;
    answer->code = question.code;
    if (code == kVerifyFailed && question.detail) add_verify_flags(*answer, *question.detail);
    if (!out.empty() && out.back().name == answer->name) return;
    out.push_back(std::move(*answer));
  };
  // The newer reading first: it is what devices run today.
  add(read(code, {&kMbedtls3, &kMbedtlsHigh}, {&kMbedtls3, &kMbedtlsLow}));
  add(read(code, {&kMbedtlsHigh}, {&kMbedtlsLow}));
  if (const Row* row = find_row(mbedtls_psa(), code)) add(row_answer(code, kMbedtlsPsa, *row));
}

}  // namespace tlswatch::catalog
