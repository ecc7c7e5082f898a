#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "plugin/wire/cursor.h"

/// Lists inside a TLS message, read where they lie: nothing is copied and nothing can overflow, since a list
/// is never longer than its message. Views live as long as the message.
namespace tlswatch::tls {

using wire::Bytes;
using wire::Cursor;

/// ItemList walks the items of one TLS vector. `Schema` has the type Item and `static Item read(Cursor&)`.
///
/// The walk ends at the end, or silently before the first item that reaches past it; well_formed() tells the
/// two apart.
template <typename Schema>
class ItemList {
 public:
  using Item = typename Schema::Item;

  class Iterator {
   public:
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const Item*;
    using reference = const Item&;

    Iterator() noexcept : cursor_(Bytes{}) {}
    explicit Iterator(Bytes items) noexcept : cursor_(items) { advance(); }
    const Item& operator*() const noexcept { return item_; }
    const Item* operator->() const noexcept { return &item_; }
    Iterator& operator++() noexcept {
      advance();
      return *this;
    }
    void operator++(int) noexcept { advance(); }
    bool operator==(std::default_sentinel_t) const noexcept { return ended_; }

   private:
    void advance() noexcept {
      if (cursor_.left() == 0) {
        ended_ = true;
        return;
      }
      item_ = Schema::read(cursor_);
      ended_ = !cursor_.ok();
    }

    Cursor cursor_;
    Item item_{};
    bool ended_ = true;
  };

  ItemList() = default;
  explicit ItemList(Bytes items) noexcept : items_(items) {}

  Iterator begin() const noexcept { return Iterator(items_); }
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept { return begin() == end(); }
  /// Walks the list.
  std::size_t count() const noexcept {
    std::size_t n = 0;
    for (auto it = begin(); it != end(); ++it) ++n;
    return n;
  }
  /// Whether the items fill their bytes exactly. Walks the list.
  bool well_formed() const noexcept {
    Cursor c(items_);
    while (c.left() != 0) Schema::read(c);
    return c.ok();
  }
  Bytes bytes() const noexcept { return items_; }

 private:
  Bytes items_;
};

/// NumberList is a list of 16-bit numbers: cipher suites, groups, signature schemes, versions. An odd last
/// byte is not part of it.
class NumberList {
 public:
  class Iterator {
   public:
    using value_type = std::uint16_t;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const std::uint16_t*;
    using reference = std::uint16_t;

    Iterator() = default;
    explicit Iterator(const std::uint8_t* at) noexcept : at_(at) {}
    std::uint16_t operator*() const noexcept { return static_cast<std::uint16_t>(at_[0] << 8 | at_[1]); }
    Iterator& operator++() noexcept {
      at_ += 2;
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      at_ += 2;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::uint8_t* at_ = nullptr;
  };

  NumberList() = default;
  explicit NumberList(Bytes numbers) noexcept : numbers_(numbers.first(numbers.size() / 2 * 2)) {}

  std::size_t size() const noexcept { return numbers_.size() / 2; }
  bool empty() const noexcept { return numbers_.empty(); }
  /// i < size().
  std::uint16_t operator[](std::size_t i) const noexcept { return *Iterator(numbers_.data() + 2 * i); }
  Iterator begin() const noexcept { return Iterator(numbers_.data()); }
  Iterator end() const noexcept { return Iterator(numbers_.data() + numbers_.size()); }
  bool contains(std::uint16_t wanted) const noexcept {
    for (const std::uint16_t number : *this) {
      if (number == wanted) return true;
    }
    return false;
  }

 private:
  Bytes numbers_;
};

struct Extension {
  std::uint16_t type = 0;  ///< IANA "TLS ExtensionType Values"
  Bytes body;
};
/// RFC 8446 section 4.2.
struct ExtensionSchema {
  using Item = Extension;
  static Item read(Cursor& c) noexcept {
    const std::uint16_t type = c.be16();
    return {type, c.vector16()};
  }
};
using ExtensionList = ItemList<ExtensionSchema>;

/// RFC 7301 section 3.1. Bytes of the client's choice, not text: see text/utf8.h.
struct ProtocolSchema {
  using Item = std::string_view;
  static Item read(Cursor& c) noexcept { return wire::as_text(c.vector8()); }
};
using ProtocolList = ItemList<ProtocolSchema>;

struct KeyShare {
  std::uint16_t group = 0;
  Bytes key_exchange;
};
/// RFC 8446 section 4.2.8.
struct KeyShareSchema {
  using Item = KeyShare;
  static Item read(Cursor& c) noexcept {
    const std::uint16_t group = c.be16();
    return {group, c.vector16()};
  }
};
using KeyShareList = ItemList<KeyShareSchema>;

struct PskIdentity {
  Bytes identity;  ///< an external PSK's name, or a session ticket: RFC 8446 does not tell them apart
  std::uint32_t obfuscated_ticket_age = 0;  ///< ms; 0 for an external PSK (a SHOULD of section 4.2.11)
};
/// RFC 8446 section 4.2.11.
struct PskIdentitySchema {
  using Item = PskIdentity;
  static Item read(Cursor& c) noexcept {
    const Bytes identity = c.vector16();
    return {identity, c.be32()};
  }
};
using PskIdentityList = ItemList<PskIdentitySchema>;

}  // namespace tlswatch::tls
