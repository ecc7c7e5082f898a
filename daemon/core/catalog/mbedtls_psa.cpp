#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// PSA Crypto's own statuses, which firmware on newer mbedTLS passes on.
// clang-format off
constexpr Row kRows[] = {
  {-153, own_key, "DATA_INVALID", "stored data is of another format than expected"},
  {-152, hardware, "DATA_CORRUPT", "stored data is damaged"},
  {-151, damaged, "CORRUPTION_DETECTED", "memory or data were found changed: a fault of hardware or firmware, or an attack"},
  {-150, damaged, "INVALID_PADDING", "decrypted data has bad padding"},
  {-149, damaged, "INVALID_SIGNATURE", "a signature or integrity check does not verify"},
  {-148, random, "INSUFFICIENT_ENTROPY", "there is not enough entropy"},
  {-147, hardware, "HARDWARE_FAILURE", "the crypto hardware failed"},
  {-146, hardware, "STORAGE_FAILURE", "the key storage failed"},
  {-145, hardware, "COMMUNICATION_FAILURE", "no connection to the secure element"},
  {-143, damaged, "INSUFFICIENT_DATA", "too little data came in"},
  {-142, hardware, "INSUFFICIENT_STORAGE", "no room in the key storage"},
  {-141, memory, "INSUFFICIENT_MEMORY", "no memory for a crypto operation"},
  {-140, own_key, "DOES_NOT_EXIST", "there is no key of that id"},
  {-139, misuse, "ALREADY_EXISTS", "a key of that id is there already"},
  {-138, key_large, "BUFFER_TOO_SMALL", "a buffer is too small for a result"},
  {-137, misuse, "BAD_STATE", "crypto was used before it was initialised, or out of order"},
  {-136, misuse, "INVALID_HANDLE", "a key handle is not valid"},
  {-135, misuse, "INVALID_ARGUMENT", "a crypto function was called with bad parameters"},
  {-134, not_built_in, "NOT_SUPPORTED", "an algorithm or key size is not supported"},
  {-133, own_key, "NOT_PERMITTED", "the key's policy does not allow this use"},
  {-132, internal, "GENERIC_ERROR", "an error without a name"},
};
// clang-format on

}  // namespace

std::span<const Row> mbedtls_psa() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
