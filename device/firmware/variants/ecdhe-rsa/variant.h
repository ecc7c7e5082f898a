// Forward secrecy; the server is checked by fingerprint or, where the settings name none, by CA.
#ifndef TLSWATCH_FIRMWARE_VARIANT_H
#define TLSWATCH_FIRMWARE_VARIANT_H

#include "tlswatch_ca_x509.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace firmware {

constexpr uint16_t kMfln = 1024;
constexpr device::SuiteSetup kSuite = device::use_suite_ecdhe_rsa;
constexpr const char* kCipher = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
constexpr bool kByFingerprint = true;
constexpr bool kByCa = true;
constexpr device::ServerCheck (*kCaCheck)(device::CaTrust&) = device::ca_check_rsa;
constexpr bool kHasClientKey = false;
constexpr device::ClientAuthSetup kClientAuth = nullptr;

}  // namespace firmware
}  // namespace tlswatch

#endif
