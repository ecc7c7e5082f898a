#include "daemon/config/profiles.h"

#include <algorithm>
#include <optional>

#include "daemon/config/names.h"
#include "daemon/config/yaml_reader.h"

namespace tlswatch::config {
namespace {

constexpr std::int64_t kMaxKeyBits = 65536;
constexpr std::size_t kMaxName = 64;
constexpr std::int64_t kMaxBuffer = 16384;
/// A handshake message's length has 24 bits (RFC 5246 section 7.4).
constexpr std::int64_t kMaxChain = 0xFFFFFF;

const std::vector<std::string_view> kMflnNames{"512", "1024", "2048", "4096"};

class ProfilesReader {
 public:
  ProfilesReader(const std::string& file, policy::Profiles& out, Errors& errors)
      : r_(file, errors), out_(out) {}

  void read() {
    const auto root = r_.load();
    if (!root) return;
    r_.map(*root, "a profile file",
           {{"profiles", true,
             [this](const Node& n) { r_.list(n, "profiles", [this](const Node& p) { profile(p); }); }},
            {"match", false,
             [this](const Node& n) { r_.list(n, "match", [this](const Node& m) { match(m); }); }}});
  }
  /// Once all files are read.
  void check_matches() {
    for (const auto& [node, name] : match_names_) {
      if (out_.find(name) == nullptr) r_.fail(node, "no profile is called `" + name + "`");
    }
  }

 private:
  void profile(const Node& node) {
    policy::Profile p;
    r_.map(node, "a profile",
           {{"name", true, [&](const Node& n) { p.name = r_.text(n, "name", kMaxName).value_or(""); }},
            {"about", false, [&](const Node& n) { r_.text(n, "about"); }},
            {"versions", false, [&](const Node& n) { p.versions = versions(r_, n); }},
            {"ciphers", false, [&](const Node& n) { p.cipher_suites = cipher_suites(r_, n); }},
            {"server_keys", false,
             [&](const Node& n) {
               r_.list(n, "server_keys", [&](const Node& k) { p.server_keys.push_back(key_limit(k)); });
             }},
            {"signatures", false, [&](const Node& n) { p.signatures = r_.texts(n, "signatures"); }},
            {"mfln", false, [&](const Node& n) { mfln(n, p); }},
            {"buffer", false,
             [&](const Node& n) {
               if (const auto v = r_.integer(n, "buffer", 512, kMaxBuffer))
                 p.buffer_bytes = static_cast<std::uint32_t>(*v);
             }},
            {"chain", false, [&](const Node& n) {
               if (const auto v = r_.integer(n, "chain", 1, kMaxChain))
                 p.chain_bytes = static_cast<std::uint32_t>(*v);
             }}});
    if (out_.find(p.name) != nullptr) r_.fail(node, "two profiles are called `" + p.name + "`");
    out_.profiles.push_back(std::move(p));
  }

  policy::KeyLimit key_limit(const Node& node) {
    policy::KeyLimit out;
    r_.map(node, "a server key",
           {{"type", true,
             [&](const Node& n) {
               const std::vector<std::string_view> kTypes{"RSA", "RSA-PSS", "EC", "Ed25519", "Ed448", "DSA"};
               if (const auto v = r_.choice(n, "type", kTypes)) out.algorithm = kTypes[*v];
             }},
            {"max_bits", false,
             [&](const Node& n) {
               out.max_bits =
                   static_cast<std::uint32_t>(r_.integer(n, "max_bits", 1, kMaxKeyBits).value_or(0));
             }},
            {"curves", false, [&](const Node& n) { out.curves = r_.texts(n, "curves"); }}});
    return out;
  }

  std::uint16_t mfln_size(const Node& node) {
    const auto v = r_.choice(node, "an MFLN size", kMflnNames);
    return v ? static_cast<std::uint16_t>(512U << *v) : std::uint16_t{0};
  }

  void mfln(const Node& node, policy::Profile& p) {
    r_.map(node, "mfln",
           {{"sizes", true,
             [&](const Node& n) {
               r_.list(
                   n, "sizes", [&](const Node& s) { p.mfln.push_back(mfln_size(s)); }, true);
             }},
            {"required", false,
             [&](const Node& n) { p.mfln_required = r_.boolean(n, "required").value_or(false); }}});
  }

  void match(const Node& node) {
    policy::Match out;
    r_.map(node, "a match",
           {{"profile", true,
             [&](const Node& n) {
               out.profile = r_.text(n, "profile").value_or("");
               match_names_.emplace_back(n, out.profile);
             }},
            {"listener_port", false,
             [&](const Node& n) {
               r_.list(
                   n, "listener_port",
                   [&](const Node& p) {
                     if (const auto v = r_.integer(p, "listener_port", 1, 65535))
                       out.listener_ports.push_back(static_cast<std::uint16_t>(*v));
                   },
                   true);
             }},
            {"client_id", false, [&](const Node& n) { out.client_ids = r_.texts(n, "client_id"); }},
            {"user", false, [&](const Node& n) { out.users = r_.texts(n, "user"); }},
            {"address", false, [&](const Node& n) { addresses(n, out); }},
            {"ja4", false, [&](const Node& n) { out.ja4s = r_.texts(n, "ja4"); }},
            {"certificate_subject", false,
             [&](const Node& n) { out.certificate_subjects = r_.texts(n, "certificate_subject"); }},
            {"certificate_issuer", false,
             [&](const Node& n) { out.certificate_issuers = r_.texts(n, "certificate_issuer"); }},
            {"asks_mfln", false, [&](const Node& n) {
               r_.list(
                   n, "asks_mfln", [&](const Node& s) { out.mfln_requested.push_back(asked(s)); }, true);
             }}});
    out_.matches.push_back(std::move(out));
  }

  void addresses(const Node& node, policy::Match& out) {
    r_.list(
        node, "address",
        [&](const Node& n) {
          const auto text = r_.text(n, "an address");
          if (!text) return;
          const auto range = policy::parse_address_range(*text);
          if (!range)
            return r_.fail(n, "an address must be such as 10.1.0.0/16, 2001:db8::/32 or 10.0.0.7, and is `" +
                                  *text + "`");
          out.addresses.push_back(*range);
        },
        true);
  }

  std::uint16_t asked(const Node& node) {
    return node.IsScalar() && node.Scalar() == "none" ? std::uint16_t{0} : mfln_size(node);
  }

  Reader r_;
  policy::Profiles& out_;
  std::vector<std::pair<Node, std::string>> match_names_;
};

}  // namespace

Result<policy::Profiles, Errors> load_profiles(const std::vector<std::string>& files) {
  Errors errors;
  policy::Profiles out;
  std::vector<ProfilesReader> readers;
  readers.reserve(files.size());
  for (const std::string& file : files) readers.emplace_back(file, out, errors).read();
  for (ProfilesReader& reader : readers) reader.check_matches();
  if (!errors.empty()) return errors;
  return out;
}

}  // namespace tlswatch::config
