// The fingerprint of a server key that Tasmota compares, computed here once more, with OpenSSL alone: a test
// of our device must not take the expected value from our device.
#pragma once

#include <filesystem>
#include <string>

namespace tlswatch::harness {

/// Tasmota's fingerprint, version 2, of the RSA key in the PEM certificate at `path`: the SHA-1 of u32be(7)
/// "ssh-rsa" u32be(length of e) e u32be(length of n) n. 40 hexadecimal digits. Throws Error for another key.
std::string key_fingerprint(const std::filesystem::path& path);

}  // namespace tlswatch::harness
