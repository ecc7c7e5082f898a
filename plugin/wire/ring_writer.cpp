#include "ring_writer.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "little_endian.h"
#include "record.h"

namespace tlswatch::wire {
namespace {

/// What a record of `size` bytes takes at `head`: itself, and the padding to the ring's start where it would
/// otherwise be split.
std::uint64_t footprint(std::uint64_t head, std::size_t size, std::uint64_t ring) noexcept {
  const std::uint64_t to_end = ring - head % ring;
  return size <= to_end ? size : to_end + size;
}

}  // namespace

void RingWriter::format(std::span<std::uint8_t> mapping, std::uint64_t epoch) noexcept {
  auto* header = new (mapping.data()) RingHeader{};
  header->version = kRingVersion;
  header->header_size = kRingHeaderSize;
  header->size = mapping.size() - kRingHeaderSize;
  header->epoch = epoch;
  header->next_sequence.store(1, std::memory_order_relaxed);
  header->pending_sequence.store(1, std::memory_order_relaxed);
  header->next_session.store(1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  header->magic = kRingMagic;
}

const char* RingWriter::check(std::span<const std::uint8_t> mapping) noexcept {
  const auto* header = reinterpret_cast<const RingHeader*>(mapping.data());
  if (header->magic != kRingMagic) return "it is not a tlswatch ring";
  if (header->version != kRingVersion) return "it was made by another version of this plugin";
  const std::uint64_t head = header->head.load(std::memory_order_relaxed);
  const std::uint64_t tail = header->tail.load(std::memory_order_relaxed);
  const bool sane = header->header_size == kRingHeaderSize &&
                    header->size == mapping.size() - kRingHeaderSize && tail <= head &&
                    head - tail <= header->size && head % kRecordAlignment == 0;
  return sane ? nullptr : "its header is damaged";
}

RingWriter::RingWriter(std::span<std::uint8_t> mapping) noexcept
    : header_(reinterpret_cast<RingHeader*>(mapping.data())),
      data_(mapping.subspan(kRingHeaderSize)),
      head_(header_->head.load(std::memory_order_relaxed)),
      tail_(header_->tail.load(std::memory_order_relaxed)),
      sequence_(std::max(header_->next_sequence.load(std::memory_order_relaxed),
                         header_->pending_sequence.load(std::memory_order_relaxed))) {
  header_->next_sequence.store(sequence_, std::memory_order_release);
}

bool RingWriter::has_room(std::size_t size) const noexcept {
  return head_ - tail_ + footprint(head_, size, data_.size()) <= data_.size();
}

bool RingWriter::publish(std::span<std::uint8_t> record) noexcept {
  const std::uint64_t sequence = sequence_++;
  if (!has_room(record.size())) {
    ++dropped_;
    header_->next_sequence.store(sequence_, std::memory_order_release);
    return false;
  }
  header_->pending_sequence.store(sequence_, std::memory_order_relaxed);
  store_le(record.subspan(8), sequence);

  std::uint64_t at = head_ % data_.size();
  if (at + record.size() > data_.size()) {
    const std::uint64_t gap = data_.size() - at;
    store_le(data_.subspan(at), static_cast<std::uint32_t>(gap));
    store_le(data_.subspan(at + 4), static_cast<std::uint32_t>(RecordType::padding));
    head_ += gap;
    at = 0;
  }
  std::memcpy(data_.data() + at, record.data(), record.size());
  head_ += record.size();
  header_->head.store(head_, std::memory_order_release);
  header_->next_sequence.store(sequence_, std::memory_order_release);
  return true;
}

void RingWriter::consumed(const RingCursor& cursor) noexcept {
  if (cursor.epoch != header_->epoch || cursor.position > head_ || cursor.position < tail_) return;
  tail_ = cursor.position;
  header_->tail.store(tail_, std::memory_order_release);
}

std::uint64_t RingWriter::next_session() noexcept {
  const std::uint64_t n = header_->next_session.load(std::memory_order_relaxed);
  header_->next_session.store(n + 1, std::memory_order_relaxed);
  return n;
}

}  // namespace tlswatch::wire
