// The plain broker with the smallest buffers: MFLN 512.
#ifndef TLSWATCH_FIRMWARE_VARIANT_H
#define TLSWATCH_FIRMWARE_VARIANT_H

#include "tlswatch_ca_x509.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace firmware {

constexpr uint16_t kMfln = 512;
constexpr device::SuiteSetup kSuite = device::use_suite_rsa;
constexpr const char* kCipher = "TLS_RSA_WITH_AES_128_GCM_SHA256";
constexpr bool kByFingerprint = true;
constexpr bool kByCa = false;
constexpr device::ServerCheck (*kCaCheck)(device::CaTrust&) = nullptr;
constexpr bool kHasClientKey = false;
constexpr device::ClientAuthSetup kClientAuth = nullptr;

}  // namespace firmware
}  // namespace tlswatch

#endif
