#include "identity.h"

#include <openssl/ssl.h>

namespace tlswatch::plugin {
namespace {

/// The broker and its libraries take the first few indices; ours comes after them.
constexpr int kMaxForeignIndex = 16;

std::uint32_t bucket_of(const mosquitto* client, std::uint32_t buckets) noexcept {
  const auto bits = reinterpret_cast<std::uintptr_t>(client);
  return static_cast<std::uint32_t>((bits * 0x9E3779B97F4A7C15U) >> 40) & (buckets - 1);
}

/// Whether the record that `session` read last can be just this packet. What comes first on a connection
/// never is: a CONNECT, over websockets an HTTP request and a CONNECT. A client that splits its packets over
/// records, or joins several in one, is not found this way; a client of a plain listener is not taken for it
/// either.
bool could_be(const PublishFacts& publish, const Session& session) noexcept {
  const std::uint8_t before = publish.transport == wire::Transport::websockets ? 2 : 1;
  if (session.records_in <= before || session.last_in < session.overhead.most) return false;
  const std::uint32_t least = session.last_in - std::uint32_t{session.overhead.most};
  const std::uint32_t most = least + session.overhead.slack;
  return least <= publish.most && publish.least <= most;
}

}  // namespace

Session* Identity::search(const mosquitto* client) const noexcept {
  if (pool_ == nullptr || client == nullptr) return nullptr;
  std::uint32_t index = buckets_[bucket_of(client, kBuckets)];
  while (index != 0) {
    Session& session = pool_->at(index - 1);
    if (session.client == client) return &session;
    index = session.next_by_client == kNone ? 0 : session.next_by_client + 1;
  }
  return nullptr;
}

void Identity::attach(Session* session, mosquitto* client, wire::Evidence evidence) noexcept {
  if (session->client == client) {
    if (evidence > session->evidence) session->evidence = evidence;
    return;
  }
  detach(session);
  if (Session* other = search(client); other != nullptr)
    detach(other);  // it was wrong, or its end was missed
  session->client = client;
  session->evidence = evidence;
  std::uint32_t& head = buckets_[bucket_of(client, kBuckets)];
  session->next_by_client = head == 0 ? kNone : head - 1;
  head = session->self + 1;
}

void Identity::detach(Session* session) noexcept {
  if (session->client == nullptr) return;
  std::uint32_t& head = buckets_[bucket_of(session->client, kBuckets)];
  if (head == session->self + 1) {
    head = session->next_by_client == kNone ? 0 : session->next_by_client + 1;
  } else {
    for (std::uint32_t index = head; index != 0;) {
      Session& before = pool_->at(index - 1);
      if (before.next_by_client == session->self) {
        before.next_by_client = session->next_by_client;
        break;
      }
      index = before.next_by_client == kNone ? 0 : before.next_by_client + 1;
    }
  }
  session->client = nullptr;
  session->next_by_client = kNone;
}

bool Identity::learn_index(const Session* session, const mosquitto* client) noexcept {
  if (client_index_ >= 0 || session->ssl == nullptr) return false;
  for (int i = 0; i < kMaxForeignIndex; ++i) {
    if (SSL_get_ex_data(session->ssl, i) != client) continue;
    client_index_ = i;
    return true;
  }
  return false;
}

void Identity::bind_by_ex_data(Session* session) noexcept {
  if (client_index_ < 0) return;
  if (void* client = SSL_get_ex_data(session->ssl, client_index_)) {
    attach(session, static_cast<mosquitto*>(client), wire::Evidence::ex_data);
  }
}

Session* Identity::bind(mosquitto* client) noexcept {
  if (last_read_ != nullptr && last_read_->client != client) {
    learn_index(last_read_, client);
    bind_by_ex_data(last_read_);
  }
  return find(client);
}

Session* Identity::bind_publisher(const PublishFacts& publish) noexcept {
  if (Session* known = bind(publish.client); known != nullptr) return known;
  Session* const last = last_read_;
  if (last == nullptr || !fresh_ || last->client != nullptr) return nullptr;
  if (!same_address(publish.address, last->peer) || publish.certificate != last->peer_certificate)
    return nullptr;
  if (!could_be(publish, *last)) return nullptr;
  const bool proved = publish.certificate != nullptr;
  attach(last, publish.client, proved ? wire::Evidence::certificate : wire::Evidence::last_read);
  return last;
}

ClientFacts& Identity::expect_free(mosquitto* client, const Address& address) noexcept {
  has_pending_ = true;
  pending_address_ = address;
  pending_.client = client;
  return pending_;
}

const ClientFacts* Identity::on_free(Session* session) noexcept {
  if (!has_pending_) return nullptr;
  const bool same_client = session->client == pending_.client;
  if (!same_client) {
    // A plain client's DISCONNECT may be followed by the freeing of a websockets SSL, whose own came long
    // before.
    const bool other_transport =
        session->transport != wire::Transport::unknown && session->transport != pending_.transport;
    const bool certain = session->client != nullptr && session->evidence == wire::Evidence::ex_data;
    if (certain || other_transport || !same_address(pending_address_, session->peer)) return nullptr;
    detach(session);
  }
  has_pending_ = false;
  if (!same_client || session->evidence < wire::Evidence::disconnect_free) {
    session->evidence = wire::Evidence::disconnect_free;
  }
  return &pending_;
}

void Identity::forget(Session* session) noexcept {
  detach(session);
  if (last_read_ == session) last_read_ = nullptr;
}

}  // namespace tlswatch::plugin
