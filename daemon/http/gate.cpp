#include "daemon/http/gate.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

#include "daemon/core/wire/loopback.h"

namespace tlswatch::http {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest(std::string_view text) {
  Digest out{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data());
  return out;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// What shows nothing of the fleet: the page's own files, and whether the daemon is well.
bool is_public(std::string_view path) noexcept {
  return path == "/" || path.starts_with("/assets/") || path == "/healthz" || path == "/api/openapi.json";
}

bool is_port(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool names_loopback(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool in_brackets = host.starts_with('[');
  const std::size_t end = in_brackets ? host.find(']') : std::min(colon, host.size());
  if (end == std::string_view::npos) return false;
  const std::string_view rest = host.substr(in_brackets ? end + 1 : end);
  if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return false;
  std::string name(in_brackets ? host.substr(1, end - 1) : host.substr(0, end));
  std::ranges::transform(name, name.begin(), lower);
  return facts::is_loopback(name);
}

bool Gate::has_token(std::string_view authorization) const {
  constexpr std::string_view kScheme = "Bearer ";
  if (!same_word(authorization.substr(0, kScheme.size()), kScheme)) return false;
  const Digest given = digest(authorization.substr(kScheme.size()));
  const Digest wanted = digest(token_);
  return CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

std::optional<Response> Gate::check(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    Response out = refuse(405, "Nothing can be changed here. Ask with GET or HEAD.");
    out.headers.emplace_back("Allow", "GET, HEAD");
    return out;
  }
  if (request.hosts.size() != 1) return refuse(400, "Send one Host header.");
  if (token_.empty()) {
    if (any_host_ || names_loopback(request.hosts.front())) return std::nullopt;
    return refuse(
        403, "This listener answers to localhost, 127.0.0.1 and [::1] only. Use one of them in the address.");
  }
  if (is_public(request.path) || has_token(request.authorization)) return std::nullopt;
  Response out =
      refuse(401, "Send the token of `http: token_file` in the header `Authorization: Bearer TOKEN`.");
  out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tlswatch\"");
  return out;
}

}  // namespace tlswatch::http
