#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace tlswatch::tlswatchd {

/// Health: whether the daemon's loop turns, and what it says is wrong. Told by the loop, asked by any thread.
class Health {
 public:
  using Clock = std::chrono::steady_clock;

  void turned(const std::string& trouble) {
    const std::lock_guard lock(mutex_);
    last_ = Clock::now();
    if (trouble_ != trouble) trouble_ = trouble;
  }

  /// A sentence; empty: all is well.
  std::string trouble() const {
    const std::lock_guard lock(mutex_);
    if (!trouble_.empty()) return trouble_;
    const auto still = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - last_);
    if (still < kTooLong) return {};
    return "the daemon has not looked at its brokers for " + std::to_string(still.count()) +
           " s; its own log may say why";
  }

 private:
  static constexpr std::chrono::seconds kTooLong{10};

  mutable std::mutex mutex_;
  std::string trouble_;
  Clock::time_point last_ = Clock::now();
};

}  // namespace tlswatch::tlswatchd
