// Every number of the vendors' installed headers has a row of its name: nothing is missing, nothing invented.
#include <gtest/gtest.h>
#include <openssl/asn1err.h>
#include <openssl/bioerr.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evperr.h>
#include <openssl/pemerr.h>
#include <openssl/proverr.h>
#include <openssl/rsaerr.h>
#include <openssl/x509err.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "daemon/core/catalog/tables.h"
#include "daemon/core/tls/alert.h"

namespace tlswatch::catalog {
namespace {

using Names = std::map<std::int64_t, std::string>;

/// number -> name for each match of `pattern` (name, number) in a header. Where two names have one number,
/// the first.
void read_header(const std::filesystem::path& header, const std::string& pattern, Names& out) {
  std::ifstream in(header);
  EXPECT_TRUE(in) << header;
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  const std::regex define(pattern);
  for (std::sregex_iterator m(all.begin(), all.end(), define), end; m != end; ++m) {
    out.emplace(std::stoll((*m)[2], nullptr, 0), (*m)[1]);
  }
}

Names rows_of(std::initializer_list<const RowTable*> tables) {
  Names out;
  for (const RowTable* table : tables) {
    for (const Row& row : table->rows()) out.emplace(row.code, row.name);
  }
  return out;
}

TEST(Headers, Mbedtls228) {
  Names theirs;
  for (const auto& file : std::filesystem::directory_iterator("/usr/include/mbedtls")) {
    read_header(file.path(), R"(#define\s+MBEDTLS_ERR_(\w+)\s+(-0x[0-9A-Fa-f]+))", theirs);
  }
  ASSERT_GT(theirs.size(), 250U);
  EXPECT_EQ(rows_of({&kMbedtlsHigh, &kMbedtlsLow}), theirs);
}

TEST(Headers, MbedtlsVerifyFlags) {
  Names theirs;
  read_header("/usr/include/mbedtls/x509.h", R"(#define\s+MBEDTLS_X509_(BADC\w+)\s+(0x[0-9A-Fa-f]+))",
              theirs);
  ASSERT_EQ(theirs.size(), 20U);
  EXPECT_EQ(rows_of({&kMbedtlsFlags}), theirs);
}

TEST(Headers, PsaCrypto) {
  Names theirs;
  read_header("/usr/include/psa/crypto_values.h", R"(#define\s+PSA_ERROR_(\w+)\s+\(\(psa_status_t\)(-\d+)\))",
              theirs);
  ASSERT_GT(theirs.size(), 20U);
  EXPECT_EQ(rows_of({&kMbedtlsPsa}), theirs);
}

TEST(Headers, WolfsslTls) {
  Names theirs;
  read_header("/usr/include/wolfssl/error-ssl.h", R"(\s(\w+)\s*=\s*(-\d+))", theirs);
  ASSERT_GT(theirs.size(), 140U);
  EXPECT_EQ(rows_of({&kWolfsslTls}), theirs);
}

TEST(Headers, WolfsslCrypt) {
  Names theirs;
  read_header("/usr/include/wolfssl/wolfcrypt/error-crypt.h", R"(\s(\w+)\s*=\s*(-\d+))", theirs);
  ASSERT_GT(theirs.size(), 170U);
  EXPECT_EQ(rows_of({&kWolfsslCrypt}), theirs);
}

TEST(Headers, OpensslReasons) {
  Names theirs;
  read_header("/usr/include/openssl/sslerr.h", R"(define\s+SSL_R_(\w+)\s+(\d+))", theirs);
  ASSERT_GT(theirs.size(), 300U);
  std::size_t alerts = 0;
  for (const auto& [code, name] : theirs) {
    if (code < 1000) continue;
    ++alerts;
    EXPECT_EQ(lookup(code, Stack::openssl).name, "SSL_R_" + name);
  }
  EXPECT_EQ(std::erase_if(theirs, [](const auto& named) { return named.first >= 1000; }), alerts);
  EXPECT_EQ(rows_of({&kOpensslSsl}), theirs);
}

TEST(Headers, OpensslVerifyResults) {
  Names theirs;
  read_header("/usr/include/openssl/x509_vfy.h", R"(define\s+X509_V_(?:ERR_)?((?!FLAG)\w+)\s+(\d+))", theirs);
  ASSERT_GT(theirs.size(), 90U);
  EXPECT_EQ(theirs.extract(0).mapped(), "OK");
  EXPECT_EQ(lookup(0, Stack::openssl).name, "X509_V_OK");
  EXPECT_EQ(rows_of({&kOpensslVerify}), theirs);
}

TEST(Headers, OpensslLibraries) {
  ASSERT_EQ(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr), 1);
  Names theirs;
  read_header("/usr/include/openssl/err.h", R"(define\s+ERR_LIB_(\w+)\s+(\d+)\n)", theirs);
  std::erase_if(theirs, [](const auto& named) { return named.second == "OFFSET" || named.second == "MASK"; });
  ASSERT_GT(theirs.size(), 40U);
  for (const auto& [number, name] : theirs) {
    const auto all = openssl_libraries();
    const auto at = std::ranges::find(all, number, &Library::number);
    ASSERT_NE(at, all.end()) << name;
    // OpenSSL names the libraries that it still has; "lib(0)" stands for the others.
    const char* const said = ERR_lib_error_string(ERR_PACK(static_cast<int>(number), 0, 0));
    if (said != nullptr) {
      EXPECT_STREQ(at->name, said) << name;
    }
  }
}

TEST(Headers, OpensslCommonReasons) {
  Names theirs;
  read_header("/usr/include/openssl/err.h", R"(define\s+ERR_R_(\w+)\s+\((\d{3})\s*\|)", theirs);
  ASSERT_GT(theirs.size(), 15U);
  EXPECT_EQ(rows_of({&kOpensslCommon}), theirs);
}

/// OpenSSL itself unpacks what we unpack: its text for a code is the row's name, in small letters.
TEST(Headers, OpensslLibraryReasonsAreWhatOpensslSays) {
  ASSERT_EQ(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr), 1);
  for (const LibraryReason& row : openssl_library_reasons()) {
    const unsigned long code = ERR_PACK(row.library, 0, row.reason);
    const Answer answer = lookup(static_cast<std::int64_t>(code));
    EXPECT_EQ(answer.name, row.name);
    const char* const said = ERR_reason_error_string(code);
    ASSERT_NE(said, nullptr) << row.name;
    std::string name = row.name;
    name = name.substr(name.find("_R_") + 3);
    for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    // 3.0's header has the grammar that its text had once.
    EXPECT_EQ(name == "expecting a ec key" ? "expecting an ec key" : name, said);
  }
}

TEST(Headers, ErrnoIsLinux) {
  struct Named {
    int number;
    const char* name;
  };
  for (const Named& e : {Named{ENOENT, "ENOENT"},
                         {ENOMEM, "ENOMEM"},
                         {EACCES, "EACCES"},
                         {EPIPE, "EPIPE"},
                         {ENETUNREACH, "ENETUNREACH"},
                         {ECONNRESET, "ECONNRESET"},
                         {ETIMEDOUT, "ETIMEDOUT"},
                         {ECONNREFUSED, "ECONNREFUSED"},
                         {EHOSTUNREACH, "EHOSTUNREACH"}}) {
    EXPECT_EQ(lookup(0x80000000LL | e.number).name, e.name);
  }
}

}  // namespace
}  // namespace tlswatch::catalog
