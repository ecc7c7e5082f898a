#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "certificate_cache.h"
#include "identity.h"
#include "options.h"
#include "publisher.h"
#include "session_pool.h"

namespace tlswatch::plugin {

/// Totals of what could not be watched. foreign_ssl alone is counted on other threads too.
struct Counters {
  std::uint64_t unwatched_sessions = 0;
  std::uint64_t unbuffered_handshakes = 0;
  std::uint64_t oversized_reports = 0;
  std::uint64_t unknown_sender = 0;
  std::atomic<std::uint64_t> foreign_ssl{0};

  std::uint64_t sum() const noexcept {
    return unwatched_sessions + unbuffered_handshakes + oversized_reports + unknown_sender +
           foreign_ssl.load(std::memory_order_relaxed);
  }
};

/// Everything the plugin keeps, once in the process. All of it is touched by the broker's thread alone, but
/// for `active`, `thread` and Counters::foreign_ssl, which the callbacks on other threads look at.
struct State {
  std::atomic<bool> active{false};
  std::atomic<std::uintptr_t> thread{0};  ///< identity of the broker's thread: see current_thread()
  Options options;
  Publisher publisher;
  SessionPool sessions;
  CertificateCache certificates;
  Identity identity;
  Counters counters;
  std::uint64_t counters_said = 0;
  std::uint64_t housekept_ns = 0;
  std::uint32_t ticks = 0;
  std::uint32_t ticks_between_looks = 1;
  std::array<std::uint8_t, wire::kMaxRecordSize> record{};  ///< where records are built
};

extern State g_state;

/// The address of a thread-local object: tells threads apart without a system call.
std::uintptr_t current_thread() noexcept;

/// Whether this is the broker's thread and the plugin is watching.
inline bool watching() noexcept {
  return g_state.active.load(std::memory_order_relaxed) &&
         g_state.thread.load(std::memory_order_relaxed) == current_thread();
}

}  // namespace tlswatch::plugin
