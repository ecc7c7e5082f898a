#include "daemon/core/catalog/readers.h"

namespace tlswatch::catalog {

void read_wolfssl(const Question& question, std::vector<Answer>& out) {
  if (question.code >= 0 && !question.stack_given) return;
  const std::int64_t code = question.code < 0 ? question.code : -question.code;
  for (const RowTable& table : {kWolfsslTls, kWolfsslCrypt}) {
    if (const Row* row = find_row(table.rows(), code)) out.push_back(row_answer(question.code, table, *row));
  }
}

void read_esp_tls(const Question& question, std::vector<Answer>& out) {
  constexpr std::int64_t kOwn = 0x8000;  ///< esp_tls's own; below are esp_err.h's, which need their stack
  if (question.code < kOwn && !question.stack_given) return;
  const Row* const row = find_row(esp_tls(), question.code);
  if (row == nullptr) return;
  Answer answer = row_answer(question.code, kEspTls, *row);
  if (row->topic == Topic::rejected && question.detail && *question.detail > 0) {
    add_verify_flags(answer, *question.detail);
  }
  if (question.detail && *question.detail < 0) {
    std::vector<Answer> below;
    read_mbedtls({*question.detail, std::nullopt, question.side, true}, below);
    if (!below.empty()) {
      answer.name.append(", ") += below.front().name;
      answer.meaning.append("; below it: ") += below.front().meaning;
      answer.causes = below.front().causes;
      answer.fix = below.front().fix;
    }
  }
  out.push_back(std::move(answer));
}

}  // namespace tlswatch::catalog
