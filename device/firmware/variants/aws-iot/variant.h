// AWS IoT: ECDHE-RSA, checked by CA, the device has an EC P-256 key. Budgeted, too.
#ifndef TLSWATCH_FIRMWARE_VARIANT_H
#define TLSWATCH_FIRMWARE_VARIANT_H

#include "tlswatch_ca_x509.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace firmware {

constexpr uint16_t kMfln = 1024;
constexpr device::SuiteSetup kSuite = device::use_suite_ecdhe_rsa;
constexpr const char* kCipher = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
constexpr bool kByFingerprint = false;
constexpr bool kByCa = true;
constexpr device::ServerCheck (*kCaCheck)(device::CaTrust&) = device::ca_check_rsa;
constexpr bool kHasClientKey = true;
constexpr device::ClientAuthSetup kClientAuth = device::use_client_key_ec;

}  // namespace firmware
}  // namespace tlswatch

#endif
