// Waiting for a condition. The only way in which the tests wait: there is always something that must become
// true, and always a deadline after which it counts as false.
#pragma once

#include <chrono>
#include <thread>

namespace tlswatch::harness {

using namespace std::chrono_literals;

/// How long a test waits for something that takes milliseconds on an idle machine. Generous, since it is only
/// used up by a test that fails, or under a sanitizer on a loaded machine.
inline constexpr std::chrono::milliseconds kPatience = 20s;

/// wait_until asks `holds` again and again until it returns true or `deadline` has passed.
///
/// returns  whether it came true; it is asked once more after the deadline
template <typename Condition>
bool wait_until(Condition&& holds, std::chrono::milliseconds deadline = kPatience) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return holds();
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

}  // namespace tlswatch::harness
