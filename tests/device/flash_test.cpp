// Copies out of flash: every start and every length, and nothing beyond.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "tlswatch_flash.h"

namespace tlswatch::device {
namespace {

TEST(flash, is_copied_from_every_start_and_in_every_length) {
  alignas(4) std::array<std::uint8_t, 64> flash{};
  for (std::size_t i = 0; i < flash.size(); ++i) flash[i] = static_cast<std::uint8_t>(7 * i + 1);
  for (std::size_t start = 0; start < 8; ++start) {
    for (std::size_t n = 0; n <= 24; ++n) {
      std::array<std::uint8_t, 32> memory;
      memory.fill(0xEE);
      copy_from_flash(memory.data() + 1, flash.data() + start, n);
      ASSERT_EQ(std::memcmp(memory.data() + 1, flash.data() + start, n), 0) << start << ", " << n;
      ASSERT_EQ(memory[0], 0xEE) << start << ", " << n;
      ASSERT_EQ(memory[n + 1], 0xEE) << start << ", " << n;
    }
  }
}

}  // namespace
}  // namespace tlswatch::device
