#pragma once

#include <vector>

#include "daemon/core/catalog/tables.h"

/// Readers take apart numbers that are put together from parts. Internal to this folder.
namespace tlswatch::catalog {

/// Question: what lookup() was asked.
struct Question {
  std::int64_t code = 0;
  std::optional<std::int32_t> detail;
  Side side = Side::device;
  bool stack_given = false;
};

/// The row with this code, or null. Rows are ordered by code.
const Row* find_row(std::span<const Row> rows, std::int64_t code) noexcept;

/// An answer made of a row.
Answer row_answer(std::int64_t code, const RowTable& table, const Row& row);

/// An answer about alert n, named or not; the name is the caller's to fill in.
Answer alert_answer(std::int64_t code, std::uint8_t n, Direction direction, Stack stack);

/// mbedTLS: a high part, a low part, or both added; both versions where they differ. read_mbedtls.cpp
void read_mbedtls(const Question& question, std::vector<Answer>& out);

/// Adds what the verify flags say to an answer that a certificate was rejected. read_mbedtls.cpp
void add_verify_flags(Answer& answer, std::int32_t flags);

/// wolfSSL: one range, always negative. read_others.cpp
void read_wolfssl(const Question& question, std::vector<Answer>& out);

/// esp-tls, with mbedTLS's own code or its verify flags beside it. read_others.cpp
void read_esp_tls(const Question& question, std::vector<Answer>& out);

/// OpenSSL: packed numbers of 3.x and 1.1; bare reasons and verify results. read_openssl.cpp
void read_openssl(const Question& question, std::vector<Answer>& out);

/// An alert that OpenSSL (side `device` or `broker`) received: reason 1000 + n.
Answer openssl_alert(std::int64_t code, std::uint8_t n, Side side);

}  // namespace tlswatch::catalog
