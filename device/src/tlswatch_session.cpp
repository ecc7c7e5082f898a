#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_crc32.h"
#include "tlswatch_session.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint8_t kFormat = 1;

void put_u32(uint8_t* to, uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<uint8_t>(value >> (8 * i));
}

void checksum(const SavedSession& saved, uint32_t binding, uint8_t (&out)[4]) {
  uint8_t bound[4];
  put_u32(bound, binding);
  const uint8_t* rest = reinterpret_cast<const uint8_t*>(&saved) + sizeof saved.check;
  put_u32(out, crc32(rest, sizeof saved - sizeof saved.check, crc32(bound, sizeof bound)));
}

bool load(const Store& store, uint32_t binding, br_ssl_session_parameters* parameters) {
  SavedSession saved;
  const bool good =
      store.load(store.context, &saved, sizeof saved) && session_unpack(saved, binding, parameters);
  wipe(&saved, sizeof saved);
  return good;
}

void keep(const Store& store, uint32_t binding, const br_ssl_session_parameters* parameters) {
  SavedSession saved;
  if (parameters == nullptr || !session_pack(*parameters, binding, &saved)) memset(&saved, 0, sizeof saved);
  store.save(store.context, &saved, sizeof saved);
  wipe(&saved, sizeof saved);
}

}  // namespace

const SessionKeeping kSessionKeeping = {load, keep};

bool session_pack(const br_ssl_session_parameters& parameters, uint32_t binding, SavedSession* saved) {
  if (parameters.session_id_len == 0 || parameters.session_id_len > sizeof saved->session_id) return false;
  saved->cipher_suite[0] = static_cast<uint8_t>(parameters.cipher_suite & 0xFF);
  saved->cipher_suite[1] = static_cast<uint8_t>(parameters.cipher_suite >> 8);
  saved->format = kFormat;
  saved->session_id_length = parameters.session_id_len;
  memcpy(saved->session_id, parameters.session_id, sizeof saved->session_id);
  memcpy(saved->master_secret, parameters.master_secret, sizeof saved->master_secret);
  checksum(*saved, binding, saved->check);
  return true;
}

bool session_unpack(const SavedSession& saved, uint32_t binding, br_ssl_session_parameters* parameters) {
  uint8_t check[4];
  checksum(saved, binding, check);
  if (saved.format != kFormat || memcmp(check, saved.check, sizeof check) != 0) return false;
  if (saved.session_id_length == 0 || saved.session_id_length > sizeof saved.session_id) return false;
  parameters->version = BR_TLS12;
  parameters->cipher_suite = static_cast<uint16_t>(saved.cipher_suite[0] | (saved.cipher_suite[1] << 8));
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

#endif
