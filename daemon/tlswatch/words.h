#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/store/rows.h"

/// Single facts of the store in words: each is what a cell, or a part of a sentence, shows.
namespace tlswatch::cli {

/// "12,345".
std::string grouped(std::uint64_t number);

/// "1 device", "3 devices"; `many` where the plural is none with an s.
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

/// "1024, kept", "1024, NOT KEPT", "none"; empty where no handshake is known.
std::string mfln_words(const store::Tls& tls);

/// "RSA 2048"; empty where it is not known.
std::string key_words(const store::Tls& tls);

/// "TLS 1.2, TLS_RSA_WITH_AES_128_GCM_SHA256, 128 bits, MFLN 1024, kept"; empty where no handshake is known.
std::string tls_words(const store::Tls& tls);

/// "8 ms", "1.3 s"; empty for 0.
std::string took_words(std::uint64_t duration_ns);

/// "10.0.0.7:41022", "[fe80::7]:41022"; without a port where it is 0.
std::string address_words(std::string_view ip, std::uint16_t port);

/// An incident's id without its broker's name: what `tlswatch incident` takes where it is one's alone.
std::string_view short_incident(std::string_view id);

/// An outside text, clean, as one word of a shell's command line: in single quotes where it needs them.
std::string shell_word(std::string_view outside);

}  // namespace tlswatch::cli
