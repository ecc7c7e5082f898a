#include "daemon/core/event/mfln.h"

#include <algorithm>
#include <array>

#include "daemon/core/tls/record_overhead.h"

namespace tlswatch::event {
namespace {

constexpr std::array<std::uint32_t, 4> kCountedLimits{512, 1024, 2048, 4096};

std::uint32_t longest(const MflnInput& in) {
  const std::uint32_t plain = in.traffic->largest_plain;
  if (in.traffic->largest_protected == 0) return plain;
  const auto inside =
      tls::plaintext_bytes(in.traffic->largest_protected, in.cipher_suite, in.version, in.encrypt_then_mac);
  return std::max<std::uint32_t>(plain, inside ? inside->least : 0);
}

std::optional<std::uint32_t> counted_above(const facts::Traffic& traffic, std::uint32_t limit) {
  for (std::size_t i = 0; i < kCountedLimits.size(); ++i) {
    if (kCountedLimits[i] >= limit) return traffic.over[i];
  }
  return std::nullopt;
}

}  // namespace

Mfln measure_mfln(const MflnInput& in) {
  Mfln out;
  if (in.requested != 0) out.requested = in.requested;
  if (in.negotiated != 0) out.negotiated = in.negotiated;
  if (in.traffic == nullptr) return out;
  if (in.traffic->largest_plain != 0 || in.traffic->largest_protected != 0) out.max_record_sent = longest(in);
  if (in.buffer_bytes) out.records_over_buffer = counted_above(*in.traffic, *in.buffer_bytes);
  if (in.negotiated == 0) return out;
  const bool too_long = out.max_record_sent.value_or(0) > in.negotiated ||
                        counted_above(*in.traffic, in.negotiated).value_or(0) != 0;
  out.honoured = !too_long;
  return out;
}

}  // namespace tlswatch::event
