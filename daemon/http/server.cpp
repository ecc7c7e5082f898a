#include "daemon/http/server.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace tlswatch::http {
namespace {

constexpr std::size_t kLeastToken = 16;
constexpr std::size_t kMostToken = 512;

struct Token {
  std::string text{};
  std::string trouble{};  ///< a sentence that says nothing of the token itself; empty: it is good
};

Token read_token(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0)
    return {.trouble = "http: token_file " + file + ": " + std::strerror(errno)};
  if ((about.st_mode & (S_IROTH | S_IWOTH)) != 0)
    return {.trouble =
                "http: token_file " + file + " can be read by everybody; chmod o-rw it and draw a new token"};
  std::ifstream in(file, std::ios::binary);
  std::string token(kMostToken + 2, '\0');
  in.read(token.data(), static_cast<std::streamsize>(token.size()));
  if (in.bad() || (!in && !in.eof()))
    return {.trouble = "http: token_file " + file + " cannot be read by this user"};
  token.resize(static_cast<std::size_t>(in.gcount()));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  const bool plain = std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
  if (!plain || token.size() < kLeastToken || token.size() > kMostToken)
    return {.trouble = "http: token_file " + file +
                       " must hold one line of 16 to 512 characters without spaces, such as "
                       "`openssl rand -hex 32` makes"};
  return {.text = std::move(token)};
}

}  // namespace

Server::Server(ServerSettings settings) : settings_(std::move(settings)), listener_(settings_.listen) {}

Server::~Server() {
  hub_.on_news({});
  if (loop_) loop_->stop();
  if (thread_.joinable()) thread_.join();
}

Result<std::shared_ptr<const Server::Access>, std::string> Server::read_access() const {
  std::string token;
  if (!settings_.token_file.empty()) {
    auto read = read_token(settings_.token_file);
    if (!read.trouble.empty()) return read.trouble;
    token = std::move(read.text);
  }
  Loop::Tls tls;
  if (!settings_.certificate.empty()) {
    auto loaded = TlsContext::load(settings_.certificate, settings_.key);
    if (!loaded) return loaded.error();
    tls = std::make_shared<const TlsContext>(std::move(*loaded));
  }
  return std::shared_ptr<const Access>(
      std::make_shared<const Access>(Access{Gate(std::move(token), listener_.is_unix()), std::move(tls)}));
}

std::shared_ptr<const Server::Access> Server::access() const {
  const std::lock_guard lock(mutex_);
  return access_;
}

std::optional<std::string> Server::reload() {
  auto read = read_access();
  if (!read) return read.error();
  const std::lock_guard lock(mutex_);
  access_ = std::move(*read);
  return std::nullopt;
}

Parser::Handler Server::make_handler() {
  return [this, api = std::make_shared<Api>(settings_.facts)](const Request& request) {
    auto refusal = access()->gate.check(request);
    return refusal ? std::move(*refusal) : api->answer(request);
  };
}

std::optional<std::string> Server::start() {
  if (auto trouble = reload()) return trouble;
  if (auto trouble = listener_.open()) return trouble;
  hub_.on_news([this] { wake_.signal(); });
  loop_ = std::make_unique<Loop>(
      listener_, hub_, wake_, [this] { return access()->tls; }, settings_.times);
  workers_ = std::make_unique<Workers>(
      kWorkers, [this] { return make_handler(); }, [this] { wake_.signal(); });
  thread_ = std::thread([this] { loop_->run(*workers_); });
  return std::nullopt;
}

}  // namespace tlswatch::http
