// rsa_public on the emulated core: its inner loop there is not the one that the host's tests see.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rsa_numbers.h"

namespace tlswatch::device {
namespace {

using namespace testing;

struct Case {
  Bytes n, e, x;
  bool good;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  Dice dice(106);
  const Bytes exponents[] = {{3}, {17}, {1, 0, 1}, dice.odd(64)};
  for (unsigned bits : {64u, 65u, 75u, 90u, 512u, 1024u, 2039u, 2040u, 2041u, 2048u, 4095u, 4096u}) {
    for (const Bytes& e : exponents) {
      const Bytes n = dice.odd(bits);
      all.push_back({n, e, dice.less_than(n), true});
    }
  }
  for (unsigned bits = 64; bits < 200; ++bits) {
    for (const Bytes& n : {ones(bits), zeros(bits), dice.odd(bits)}) {
      Bytes largest = n;
      largest.back() &= 0xFE;
      all.push_back({n, {1, 0, 1}, largest, true});
      all.push_back({n, {1, 0, 1}, dice.less_than(n), true});
      all.push_back({n, {1, 0, 1}, n, false});
    }
  }
  const Bytes n = dice.odd(512);
  all.push_back({n, {2}, Bytes(64, 1), false});
  all.push_back({n, {1, 0, 1}, Bytes(63, 1), false});
  all.push_back({{}, {}, {}, false});
  return all;
}

void append(Bytes& to, std::size_t length) {
  to.push_back(static_cast<unsigned char>(length & 0xFF));
  to.push_back(static_cast<unsigned char>(length >> 8));
}

TEST(rsa_lx106, is_what_openssl_computes) {
  std::string folder = ::testing::TempDir() + "rsa-lx106-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::vector<Case> all = cases();
  Bytes in;
  for (const Case& one : all) {
    for (const Bytes* number : {&one.n, &one.e, &one.x}) append(in, number->size());
    for (const Bytes* number : {&one.n, &one.e, &one.x}) in.insert(in.end(), number->begin(), number->end());
  }
  std::ofstream(folder + "/rsa_cases.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(in.data()), static_cast<std::streamsize>(in.size()));

  const std::string command = std::string(TLSWATCH_FIRMWARE_BOOT) + " " + TLSWATCH_RSA_CHECK + " " + folder;
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream file(folder + "/rsa_answers.bin", std::ios::binary);
  const Bytes answers((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::size_t at = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Case& one = all[i];
    ASSERT_LE(at + 1 + one.x.size(), answers.size()) << "case " << i;
    ASSERT_EQ(answers[at], one.good ? 1 : 0) << "case " << i;
    const Bytes x(answers.begin() + static_cast<std::ptrdiff_t>(at + 1),
                  answers.begin() + static_cast<std::ptrdiff_t>(at + 1 + one.x.size()));
    if (one.good) {
      ASSERT_EQ(x, power(one.x, one.e, one.n)) << "case " << i << ", " << one.n.size() << " bytes";
    }
    at += 1 + one.x.size();
  }
  EXPECT_EQ(at, answers.size());
  for (const char* name : {"/rsa_cases.bin", "/rsa_answers.bin", ""}) std::remove((folder + name).c_str());
}

}  // namespace
}  // namespace tlswatch::device
