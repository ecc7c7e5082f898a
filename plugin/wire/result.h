#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace tlswatch {

/// Result<T, E>: a value or the reason why there is none. Nothing throws; asking for the side that is not
/// there is a programming error and asserts.
template <typename T, typename E>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit, so `return value;`
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: and `return Error::x;`

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() noexcept {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const noexcept {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const E& error() const noexcept {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

  T* operator->() noexcept { return &value(); }
  const T* operator->() const noexcept { return &value(); }
  T& operator*() noexcept { return value(); }
  const T& operator*() const noexcept { return value(); }

 private:
  std::variant<T, E> state_;
};

}  // namespace tlswatch
