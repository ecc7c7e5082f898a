#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "draft.h"
#include "plugin/wire/ring_reader.h"
#include "plugin/wire/ring_writer.h"

namespace tlswatch::test {

inline constexpr std::uint64_t kEpoch = 0x18ea98da0fba6ee3;

/// RingFile is a ring in a file, mapped and written as the plugin does it.
class RingFile {
 public:
  /// Makes a new ring, in the place of one that is there; throws std::runtime_error.
  explicit RingFile(const std::filesystem::path& path, std::uint64_t size = wire::kMinRingSize,
                    std::uint64_t epoch = kEpoch);
  ~RingFile();
  RingFile(const RingFile&) = delete;
  RingFile& operator=(const RingFile&) = delete;

  wire::RingWriter& writer() { return *writer_; }
  /// Another run of the plugin goes on with the same file.
  void restart_writer() { writer_ = std::make_unique<wire::RingWriter>(mapping_); }
  bool publish(Draft& draft) { return writer_->publish(draft.finish()); }
  std::span<std::uint8_t> mapping() { return mapping_; }
  wire::RingHeader& header() { return *reinterpret_cast<wire::RingHeader*>(mapping_.data()); }

 private:
  std::span<std::uint8_t> mapping_;
  std::unique_ptr<wire::RingWriter> writer_;
};

/// Reads a mapped ring as the daemon reads a file.
wire::ReadAt reader_of(std::span<const std::uint8_t> bytes);

}  // namespace tlswatch::test
