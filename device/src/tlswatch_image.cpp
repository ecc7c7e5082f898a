#include "tlswatch_image.h"

#include <string.h>

namespace tlswatch {
namespace device {

void image_drop_oldest(Image& image, size_t n) {
  ImageLife* life = image.life + 1;
  if (image.prior != 0) {
    image.prior = static_cast<uint8_t>(image.prior - n);
    --life;
  }
  life->first_seq += static_cast<uint32_t>(n);
  const size_t left = image.used - n;
  image.used = static_cast<uint8_t>(left);
  memmove(image.entries, image.entries + n, left * sizeof *image.entries);
}

Entry image_entry(const Image& image, size_t i) {
  const ImageEntry& stored = image.entries[i];
  const bool prior = i < image.prior;
  const ImageLife& life = image.life[prior ? 0 : 1];
  const uint32_t stack = image_kind_stack(stored.kind);
  Entry entry;
  entry.failure.stack = stack < kStackCount ? static_cast<Stack>(stack) : Stack::tasmota;
  entry.failure.phase = static_cast<Phase>(image_kind_phase(stored.kind));
  entry.failure.code = stored.code;
  entry.failure.detail = image_kind_detail(stored.kind);
  entry.era = life.era;
  entry.seq = life.first_seq + static_cast<uint32_t>(prior ? i : i - image.prior);
  entry.time = stored.time;
  entry.prior = prior;
  entry.count = stored.count;
  entry.heap = stored.heap * kHeapUnit;
  return entry;
}

}  // namespace device
}  // namespace tlswatch
