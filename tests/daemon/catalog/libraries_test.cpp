// The libraries themselves know which numbers exist: a walk over their whole range, against ours.
#include <gtest/gtest.h>
#include <mbedtls/error.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include <array>
#include <string>
#include <string_view>

#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

/// What mbedTLS 2.28 says of a sum; empty where one of its parts is unknown to it. A fatal alert it takes for
/// one whatever is added, which nothing adds to.
std::string mbedtls_says(int code) {
  if (-code > 0x7780 && -code < 0x7800) return {};
  std::array<char, 512> text{};
  mbedtls_strerror(code, text.data(), text.size());
  const std::string said = text.data();
  return said.find("UNKNOWN") == std::string::npos ? said : std::string();
}

TEST(Libraries, EverySumThatMbedtlsKnowsWeKnow) {
  std::size_t known = 0;
  std::size_t unknown = 0;
  for (int code = -0x7FFF; code < 0; ++code) {
    const Answer answer = lookup(code, Stack::mbedtls);
    if (mbedtls_says(code).empty()) {
      if (!answer.known()) ++unknown;
      continue;
    }
    ++known;
    ASSERT_TRUE(answer.known()) << code;
    // Both take the same numbers for sums: it joins the two with a colon.
    const bool sum = mbedtls_says(code).find(" : ") != std::string::npos;
    EXPECT_EQ(answer.name.find(" + ") != std::string::npos, sum) << code << ' ' << mbedtls_says(code);
  }
  EXPECT_GT(known, 10000U);
  EXPECT_GT(unknown, 10000U) << "we know what does not exist";
}

TEST(Libraries, EveryNumberThatWolfsslKnowsWeKnow) {
  std::size_t known = 0;
  for (int code = -1100; code <= -97; ++code) {
    const std::string_view said = wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(code));
    if (said.empty() || said == "unknown error number") continue;
    ++known;
    EXPECT_TRUE(lookup(code, Stack::wolfssl).known()) << code << ' ' << said;
  }
  EXPECT_GT(known, 300U);
}

}  // namespace
}  // namespace tlswatch::catalog
