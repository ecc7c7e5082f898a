#include "daemon/core/broker_log/log_join.h"

#include <algorithm>
#include <span>

#include "daemon/core/text/fnv1a.h"

namespace tlswatch::broker_log {
namespace {

bool within(std::uint64_t at_ns, const Span& span) noexcept {
  return at_ns + kSlackNs >= span.from_ns && at_ns <= span.to_ns + kSlackNs;
}

bool overlap(const Span& a, const Span& b) noexcept {
  return a.from_ns <= b.to_ns + kSlackNs && b.from_ns <= a.to_ns + kSlackNs;
}

Login login_of(const Connected& line) {
  return {std::string(line.outside_id), std::string(line.outside_user), line.keepalive_s};
}

}  // namespace

std::size_t LogJoin::Hash::operator()(const facts::Address& address) const noexcept {
  return text::fnv1a(std::span(address.bytes).first(address.size), text::kFnv1aStart ^ address.port);
}

std::optional<Login> LogJoin::established(const fleet::SessionKey& session, const facts::Address& address,
                                          std::uint64_t at_ns) {
  Peer& peer = peers_.open(address);
  peer.earlier_end_ns = peer.has_session ? std::max(peer.ended_ns, peer.since_ns) : 0;
  peer.has_session = true;
  peer.session = session;
  peer.since_ns = at_ns;
  peer.ended_ns = 0;
  peer.named = false;
  if (!peer.login) return std::nullopt;
  // A line from before this handshake is about an earlier connection, or one without TLS.
  const bool mine = peer.written.to_ns + kSlackNs >= at_ns;
  const bool other_too = peer.earlier_end_ns != 0 && peer.written.from_ns <= peer.earlier_end_ns + kSlackNs;
  const bool clear = mine && !peer.unclear && !other_too;
  if (mine && !clear) ++counters_.ambiguous;
  std::optional<Login> out = clear ? std::move(peer.login) : std::nullopt;
  peer.login.reset();
  peer.unclear = false;
  if (!out) return std::nullopt;
  peer.named = true;
  ++counters_.joined;
  return out;
}

std::optional<Named> LogJoin::connected(const Connected& line, const Span& written) {
  Peer& peer = peers_.open(line.peer);
  const bool possible = peer.has_session && !peer.named && peer.since_ns <= written.to_ns + kSlackNs &&
                        (peer.ended_ns == 0 || peer.ended_ns + kSlackNs >= written.from_ns);
  if (possible) {
    if (peer.earlier_end_ns != 0 && written.from_ns <= peer.earlier_end_ns + kSlackNs) {
      ++counters_.ambiguous;
      return std::nullopt;
    }
    peer.named = true;
    ++counters_.joined;
    return Named{peer.session, peer.since_ns};
  }
  peer.unclear = peer.login.has_value() && (peer.unclear || overlap(peer.written, written));
  peer.login = login_of(line);
  peer.written = written;
  return std::nullopt;
}

void LogJoin::left(const Left& line, const Span& written) {
  while (!ends_.empty() &&
         (ends_.size() >= kMaxEnds || ends_.front().written.to_ns + kKeepEndsNs < written.from_ns)) {
    ends_.pop_front();
  }
  ends_.push_back({std::string(line.outside_id), line.reason, written});
}

std::string_view LogJoin::ended(const fleet::SessionKey& session, const facts::Address& address,
                                std::string_view id, std::uint64_t at_ns) {
  if (Peer* peer = peers_.find(address); peer != nullptr && peer->has_session && peer->session == session) {
    peer->ended_ns = at_ns;
  }
  // Lines come in the order of their times: what is over is passed at once.
  const auto recent = std::partition_point(
      ends_.begin(), ends_.end(), [&](const End& end) { return end.written.to_ns + kSlackNs < at_ns; });
  const auto about = [&](const End& end) { return end.outside_id == id && within(at_ns, end.written); };
  const auto first = std::find_if(recent, ends_.end(), about);
  if (first == ends_.end()) return {};
  const bool agree = std::all_of(first, ends_.end(),
                                 [&](const End& end) { return !about(end) || end.reason == first->reason; });
  const std::string_view reason = agree ? first->reason : std::string_view();
  if (!agree) ++counters_.ambiguous;
  // One line is about one session; those that follow are about the next of that name.
  if (agree) ends_.erase(first);
  if (!reason.empty()) ++counters_.ends;
  return reason;
}

void LogJoin::restarted() {
  ends_.clear();
}

}  // namespace tlswatch::broker_log
