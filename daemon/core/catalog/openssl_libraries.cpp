#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// clang-format off
// openssl/err.h, ERR_LIB_..., with the names that its error lines show.
constexpr Library kLibraries[] = {
  {1,  internal, "unknown library", "an error of no library"},
  {2,  socket, "system library", "the operating system refused"},
  {3,  internal, "bignum routines", "big-number arithmetic failed"},
  {4,  own_key, "rsa routines", "an RSA operation failed"},
  {5,  no_group, "Diffie-Hellman routines", "Diffie-Hellman failed"},
  {6,  not_built_in, "digital envelope routines", "a key, cipher or hash could not be used"},
  {7,  memory, "memory buffer routines", "a buffer could not grow"},
  {8,  internal, "object identifier routines", "an object identifier is not known"},
  {9,  stored_file, "PEM routines", "a PEM file could not be read"},
  {10, own_key, "dsa routines", "a DSA operation failed"},
  {11, stored_file, "x509 certificate routines", "a certificate or store could not be used"},
  {13, stored_file, "asn1 encoding routines", "a certificate or key could not be parsed"},
  {14, misuse, "configuration file routines", "OpenSSL's configuration file could not be used"},
  {15, internal, "common libcrypto routines", "libcrypto failed"},
  {16, key_type, "elliptic curve routines", "an elliptic-curve operation failed"},
  {20, handshake_broken, "SSL routines", "TLS failed"},
  {21, handshake_broken, "SSL23 routines", "TLS failed"},
  {22, handshake_broken, "SSL2 routines", "TLS failed"},
  {23, handshake_broken, "SSL3 routines", "TLS failed"},
  {30, internal, "RSAref routines", "an RSA operation failed"},
  {31, internal, "PROXY routines", "a proxy certificate failed"},
  {32, tcp, "BIO routines", "a file or connection could not be used"},
  {33, stored_file, "PKCS7 routines", "PKCS#7 data could not be read"},
  {34, chain_malformed, "X509 V3 routines", "a certificate's extension could not be used"},
  {35, stored_file, "PKCS12 routines", "a PKCS#12 file could not be read"},
  {36, random, "random number generator", "the random generator failed"},
  {37, misuse, "DSO support routines", "a shared library could not be loaded"},
  {38, hardware, "engine routines", "a crypto engine failed"},
  {39, ocsp, "OCSP routines", "OCSP failed"},
  {40, own_key, "UI routines", "a password could not be asked for"},
  {41, handshake_broken, "compression routines", "compression failed"},
  {42, damaged, "ECDSA routines", "an ECDSA operation failed"},
  {43, no_group, "ECDH routines", "ECDH failed"},
  {44, stored_file, "STORE routines", "a certificate or key could not be loaded"},
  {45, not_for_tls, "FIPS routines", "the FIPS module failed"},
  {46, not_for_tls, "CMS routines", "CMS data could not be used"},
  {47, not_for_tls, "time stamp routines", "a time stamp could not be used"},
  {48, internal, "HMAC routines", "HMAC failed"},
  {49, not_for_tls, "JPAKE routines", "J-PAKE failed"},
  {50, rejected, "CT routines", "certificate transparency failed"},
  {51, internal, "ASYNC routines", "asynchronous work failed"},
  {52, internal, "KDF routines", "a key derivation failed"},
  {53, key_type, "SM2 routines", "an SM2 operation failed"},
  {54, not_for_tls, "ESS routines", "a signing certificate could not be used"},
  {55, misuse, "Property routines", "a property of the configuration could not be read"},
  {56, not_for_tls, "CRMF routines", "CRMF data could not be used"},
  {57, not_built_in, "Provider routines", "a provider could not do the operation"},
  {58, not_for_tls, "CMP routines", "CMP failed"},
  {59, internal, "ENCODER routines", "a key could not be written"},
  {60, stored_file, "DECODER routines", "a certificate or key is of no known format"},
  {61, not_for_tls, "HTTP routines", "an HTTP request of OpenSSL's failed"},
  {128, misuse, "User defined functions", "the program's own library failed"},
};

// x509err.h, pemerr.h, evperr.h, asn1err.h, rsaerr.h, proverr.h, bioerr.h: what a TLS client or broker meets.
constexpr LibraryReason kReasons[] = {
  {4, 120, key_small, "RSA_R_KEY_SIZE_TOO_SMALL", "the key is too small"},
  {4, 138, damaged, "RSA_R_INVALID_PADDING", "the padding is wrong: another key, or changed bytes"},
  {6, 100, own_key, "EVP_R_BAD_DECRYPT", "the password of a private key is wrong, or data was changed"},
  {6, 127, own_key, "EVP_R_EXPECTING_AN_RSA_KEY", "the key is no RSA key"},
  {6, 142, own_key, "EVP_R_EXPECTING_A_EC_KEY", "the key is no EC key"},
  {6, 156, not_built_in, "EVP_R_UNSUPPORTED_ALGORITHM", "the algorithm is not supported"},
  {9, 101, own_key, "PEM_R_BAD_DECRYPT", "the password of a private key is wrong"},
  {9, 102, stored_file, "PEM_R_BAD_END_LINE", "the END line is wrong or missing"},
  {9, 104, own_key, "PEM_R_BAD_PASSWORD_READ", "the private key has a password and none was given"},
  {9, 108, stored_file, "PEM_R_NO_START_LINE", "there is no BEGIN line, or not of the kind that was looked for"},
  {11, 101, misuse, "X509_R_CERT_ALREADY_IN_HASH_TABLE", "the certificate is loaded already"},
  {11, 116, own_key, "X509_R_KEY_VALUES_MISMATCH", "certificate and private key do not belong together"},
  {11, 115, own_key, "X509_R_KEY_TYPE_MISMATCH", "certificate and private key are of different kinds"},
  {11, 136, stored_file, "X509_R_NO_CERTIFICATE_OR_CRL_FOUND", "the file holds no certificate"},
  {13, 123, stored_file, "ASN1_R_HEADER_TOO_LONG", "the file is cut off or of another format"},
  {13, 155, stored_file, "ASN1_R_TOO_LONG", "a length is beyond the data: the file is cut off or damaged"},
  {13, 168, stored_file, "ASN1_R_WRONG_TAG", "the file is of another kind than expected"},
  {32, 103, tcp, "BIO_R_CONNECT_ERROR", "the TCP connection was refused or did not come about"},
  {32, 110, tcp, "BIO_R_NBIO_CONNECT_ERROR", "the TCP connection was refused or did not come about"},
  {32, 128, stored_file, "BIO_R_NO_SUCH_FILE", "there is no such file"},
  {32, 142, dns, "BIO_R_LOOKUP_RETURNED_NOTHING", "the name could not be resolved"},
  {32, 147, timeout, "BIO_R_CONNECT_TIMEOUT", "the TCP connection did not come about in time"},
  {57, 100, own_key, "PROV_R_BAD_DECRYPT", "the password of a private key is wrong, or data was changed"},
};

// err.h, ERR_R_..., without their flags. A topic of `none` leaves it to the library.
constexpr Row kCommon[] = {
  {256, memory, "MALLOC_FAILURE", "no memory"},
  {257, misuse, "SHOULD_NOT_HAVE_BEEN_CALLED", "a function was called that may not be"},
  {258, misuse, "PASSED_NULL_PARAMETER", "a parameter is missing"},
  {259, internal, "INTERNAL_ERROR", "an internal error"},
  {260, not_built_in, "DISABLED", "the function was left out of this build"},
  {261, internal, "INIT_FAIL", "it could not be initialised"},
  {262, misuse, "PASSED_INVALID_ARGUMENT", "a parameter is not valid"},
  {263, internal, "OPERATION_FAIL", "the operation failed"},
  {264, internal, "INVALID_PROVIDER_FUNCTIONS", "a provider is broken"},
  {265, none, "INTERRUPTED_OR_CANCELLED", "the operation was broken off"},
  {266, stored_file, "NESTED_ASN1_ERROR", "a certificate or key could not be parsed"},
  {267, stored_file, "MISSING_ASN1_EOS", "a structure does not end"},
  {268, not_built_in, "UNSUPPORTED", "the algorithm is old or not supported"},
  {269, not_built_in, "FETCH_FAILED", "no provider offers it"},
  {270, misuse, "INVALID_PROPERTY_DEFINITION", "a property is malformed"},
  {271, internal, "UNABLE_TO_GET_READ_LOCK", "a lock could not be had"},
  {272, internal, "UNABLE_TO_GET_WRITE_LOCK", "a lock could not be had"},
};

constexpr Row kErrno[] = {
  {2, stored_file, "ENOENT", "there is no such file: a certificate's or key's path is wrong"},
  {4, again, "EINTR", "a call was interrupted"},
  {5, reset, "EIO", "input or output failed"},
  {9, misuse, "EBADF", "the socket is not open"},
  {11, again, "EAGAIN", "no data has come yet"},
  {12, memory, "ENOMEM", "no memory"},
  {13, stored_file, "EACCES", "a file may not be read by this user: look at its owner and mode"},
  {22, misuse, "EINVAL", "a parameter is not valid"},
  {23, socket, "ENFILE", "the system has no file handles left"},
  {24, socket, "EMFILE", "the process has no file handles left"},
  {32, reset, "EPIPE", "the other side has closed the connection already"},
  {100, tcp, "ENETDOWN", "the network is down"},
  {101, tcp, "ENETUNREACH", "the network cannot be reached"},
  {103, reset, "ECONNABORTED", "the connection was broken off"},
  {104, reset, "ECONNRESET", "the connection was reset by the other side"},
  {107, socket, "ENOTCONN", "the socket is not connected"},
  {110, timeout, "ETIMEDOUT", "the other side did not answer in time"},
  {111, tcp, "ECONNREFUSED", "nothing listens on that port, or a firewall refuses"},
  {113, tcp, "EHOSTUNREACH", "the host cannot be reached"},
};
// clang-format on

}  // namespace

std::span<const Library> openssl_libraries() noexcept {
  return kLibraries;
}

std::span<const LibraryReason> openssl_library_reasons() noexcept {
  return kReasons;
}

std::span<const Row> openssl_common() noexcept {
  return kCommon;
}

std::span<const Row> system_errors() noexcept {
  return kErrno;
}

}  // namespace tlswatch::catalog
