#include "daemon/core/tls/client_hello.h"

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/extension_reader.h"
#include "daemon/core/tls/grease.h"
#include "daemon/core/tls/message_reader.h"

namespace tlswatch::tls {
namespace {

constexpr std::uint8_t kMsgType = 1;
constexpr std::size_t kMaxSessionId = 32;
constexpr std::uint8_t kHostName = 0;  // RFC 6066 section 3, NameType

/// Takes what an extension reader found; false where it found nothing.
template <typename To, typename From>
bool set(To& to, const std::optional<From>& from) noexcept {
  if (!from) return false;
  to = *from;
  return true;
}

/// RFC 6066 section 3. A list without a host_name is well-formed, and then there is no name.
bool read_server_name(ClientHello& hello, Bytes body) noexcept {
  hello.has_server_name = true;
  Cursor c(body);
  Cursor names(c.vector16());
  if (!c.done()) return false;
  while (names.left() != 0) {
    const std::uint8_t type = names.u8();
    const std::string_view name = wire::as_text(names.vector16());
    if (!names.ok()) return false;
    if (type == kHostName && hello.server_name.empty()) hello.server_name = name;
  }
  return true;
}

bool read_key_shares(ClientHello& hello, Bytes body) noexcept {
  Cursor c(body);
  const KeyShareList shares(c.vector16());
  if (!c.done() || !shares.well_formed()) return false;
  hello.key_shares = shares;
  return true;
}

/// RFC 8446 section 4.2.11; the binders behind the identities prove nothing to us.
bool read_psk_identities(ClientHello& hello, Bytes body) noexcept {
  Cursor c(body);
  const PskIdentityList identities(c.vector16());
  c.vector16();
  if (!c.done() || !identities.well_formed()) return false;
  hello.psk_identities = identities;
  return true;
}

bool read_session_ticket(ClientHello& hello, Bytes body) noexcept {
  hello.has_session_ticket = true;
  hello.offers_session_ticket = !body.empty();
  return true;
}

bool set_flag(bool& flag, Bytes body) noexcept {
  flag = true;
  return body.empty();
}

enum class Read : std::uint8_t { good, malformed, unknown, repeated };

/// Notes extensions that come twice (RFC 8446 section 4.2 forbids it): a bit for each known type.
class Seen {
 public:
  bool again(unsigned bit) noexcept {
    const bool before = (bits_ >> bit & 1U) != 0;
    bits_ |= 1U << bit;
    return before;
  }

 private:
  std::uint32_t bits_ = 0;
};

constexpr int bit_of(std::uint16_t type) noexcept {
  switch (type) {
    case kServerName: return 0;
    case kMaxFragmentLength: return 1;
    case kSupportedGroups: return 2;
    case kSignatureAlgorithms: return 3;
    case kAlpn: return 4;
    case kEncryptThenMac: return 5;
    case kExtendedMasterSecret: return 6;
    case kRecordSizeLimit: return 7;
    case kSessionTicket: return 8;
    case kPreSharedKey: return 9;
    case kEarlyData: return 10;
    case kSupportedVersions: return 11;
    case kKeyShare: return 12;
    case kRenegotiationInfo: return 13;
    default: return -1;
  }
}

bool read_known(ClientHello& hello, const Extension& extension) noexcept {
  const Bytes body = extension.body;
  switch (extension.type) {
    case kServerName: return read_server_name(hello, body);
    case kMaxFragmentLength: return set(hello.max_fragment_length, read_max_fragment_length(body));
    case kSupportedGroups: return set(hello.supported_groups, read_numbers(body, 2));
    case kSignatureAlgorithms: return set(hello.signature_algorithms, read_numbers(body, 2));
    case kAlpn: return set(hello.alpn, read_protocols(body));
    case kEncryptThenMac: return set_flag(hello.encrypt_then_mac, body);
    case kExtendedMasterSecret: return set_flag(hello.extended_master_secret, body);
    case kRecordSizeLimit: return set(hello.record_size_limit, read_number(body));
    case kSessionTicket: return read_session_ticket(hello, body);
    case kPreSharedKey: return read_psk_identities(hello, body);
    case kEarlyData: return set_flag(hello.early_data, body);
    case kSupportedVersions: return set(hello.supported_versions, read_numbers(body, 1));
    case kKeyShare: return read_key_shares(hello, body);
    case kRenegotiationInfo:
      hello.secure_renegotiation = true;
      return body.size() == 1 + std::size_t{body.empty() ? std::uint8_t{0} : body[0]};
    default: return true;
  }
}

Read read_extension(ClientHello& hello, const Extension& extension, Seen& seen) noexcept {
  const int bit = bit_of(extension.type);
  if (bit < 0) return is_grease(extension.type) ? Read::good : Read::unknown;
  if (seen.again(static_cast<unsigned>(bit))) return Read::repeated;
  return read_known(hello, extension) ? Read::good : Read::malformed;
}

void read_extensions(ClientHello& hello) noexcept {
  Seen seen;
  for (const Extension& extension : hello.extensions) {
    switch (read_extension(hello, extension, seen)) {
      case Read::good: break;
      case Read::malformed: ++hello.malformed_extensions; break;
      case Read::unknown: ++hello.unknown_extensions; break;
      case Read::repeated: ++hello.repeated_extensions; break;
    }
  }
}

}  // namespace

std::uint16_t ClientHello::highest_version() const noexcept {
  std::uint16_t highest = 0;
  for (const std::uint16_t version : supported_versions) {
    if (!is_grease(version) && version > highest) highest = version;
  }
  return highest != 0 ? highest : legacy_version;
}

Result<ClientHello, ParseError> parse_client_hello(Bytes message, bool cut) noexcept {
  MessageReader r(message, kMsgType, kMaxClientHello, cut);
  ClientHello hello;
  hello.legacy_version = r.be16();
  hello.random = r.take(32);
  hello.session_id = r.vector8();
  if (hello.session_id.size() > kMaxSessionId) r.fail(ParseError::bad_length);
  const Bytes suites = r.vector16();
  if (suites.size() % 2 != 0 && !r.cut()) r.fail(ParseError::bad_length);
  hello.cipher_suites = NumberList(suites);
  hello.compression_methods = r.vector8();
  // Extensions are optional up to TLS 1.2: the message may end here.
  if (!r.at_end()) hello.extensions = ExtensionList(r.vector16());
  if (!r.at_end()) r.fail(ParseError::bad_length);
  hello.cut = r.cut();
  if (!hello.cut && !hello.extensions.well_formed()) r.fail(ParseError::bad_length);
  if (const auto error = r.error()) return *error;
  read_extensions(hello);
  if (hello.cipher_suites.contains(kEmptyRenegotiationInfoScsv)) hello.secure_renegotiation = true;
  return hello;
}

}  // namespace tlswatch::tls
