// The emulated device's memories, each a file: RTC user memory, which survives a reset, and flash.
//
// rtc.bin    the ESP8266's 512 bytes of RTC user memory, in blocks of 4. It is written block by block, as the
//            chip does it: who ends QEMU in between has cut the power in mid-write.
// flash.bin  the recorder's image at 0, a session at 128, learnt fingerprints at 256, as on the host.
#ifndef TLSWATCH_LX106_STORAGE_H
#define TLSWATCH_LX106_STORAGE_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace lx106 {

constexpr size_t kRtcBlockBytes = 4;
constexpr uint32_t kRtcBytes = 512;
/// Blocks 64 to 95 hold the recorder's image, as on the ESP8266 under Tasmota; a session may follow it.
constexpr uint32_t kRtcImageBlock = 64;
constexpr uint32_t kRtcSessionBlock = 96;

constexpr uint32_t kFlashImageOffset = 0;
constexpr uint32_t kFlashSessionOffset = 128;
constexpr uint32_t kFlashLearntOffset = 256;

/// Opens or creates the file.
bool open_rtc();
bool open_flash();

/// n is a multiple of 4. False where the file is shorter, or on an I/O error.
bool rtc_load(uint32_t block, void* bytes, size_t n);
bool rtc_save(uint32_t block, const void* bytes, size_t n);
bool flash_load(uint32_t offset, void* bytes, size_t n);
bool flash_save(uint32_t offset, const void* bytes, size_t n);

}  // namespace lx106
}  // namespace tlswatch

#endif
