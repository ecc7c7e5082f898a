#include "tlswatch_session.h"

#include <string.h>

#include "tlswatch_crc32.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kMagic = 0x31535754;  // "TWS1"

uint32_t checksum(const SavedSession& saved) {
  constexpr size_t kStart = offsetof(SavedSession, binding);
  return crc32(reinterpret_cast<const uint8_t*>(&saved) + kStart, sizeof saved - kStart);
}

}  // namespace

bool session_pack(const br_ssl_session_parameters& parameters, uint32_t binding, SavedSession* saved) {
  if (parameters.session_id_len == 0 || parameters.session_id_len > sizeof saved->session_id) return false;
  memset(saved, 0, sizeof *saved);
  saved->magic = kMagic;
  saved->binding = binding;
  saved->version = parameters.version;
  saved->cipher_suite = parameters.cipher_suite;
  saved->session_id_length = parameters.session_id_len;
  memcpy(saved->session_id, parameters.session_id, parameters.session_id_len);
  memcpy(saved->master_secret, parameters.master_secret, sizeof saved->master_secret);
  saved->crc = checksum(*saved);
  return true;
}

bool session_unpack(const SavedSession& saved, uint32_t binding, br_ssl_session_parameters* parameters) {
  if (saved.magic != kMagic || saved.crc != checksum(saved) || saved.binding != binding) return false;
  if (saved.session_id_length == 0 || saved.session_id_length > sizeof saved.session_id) return false;
  memset(parameters, 0, sizeof *parameters);
  parameters->version = saved.version;
  parameters->cipher_suite = saved.cipher_suite;
  parameters->session_id_len = saved.session_id_length;
  memcpy(parameters->session_id, saved.session_id, sizeof parameters->session_id);
  memcpy(parameters->master_secret, saved.master_secret, sizeof parameters->master_secret);
  return true;
}

void wipe(void* bytes, size_t n) {
  volatile uint8_t* p = static_cast<volatile uint8_t*>(bytes);
  for (size_t i = 0; i < n; ++i) p[i] = 0;
}

}  // namespace device
}  // namespace tlswatch
