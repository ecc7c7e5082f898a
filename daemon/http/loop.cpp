#include "daemon/http/loop.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

namespace tlswatch::http {

using State = Client::State;

Loop::Loop(const Listener& listener, const EventHub& hub, const Wake& wake, std::function<Tls()> tls,
           Times times)
    : listener_(listener), hub_(hub), wake_(wake), tls_(std::move(tls)), times_(times) {}

void Loop::stop() {
  stopping_ = true;
  wake_.signal();
}

void Loop::run(Workers& workers) {
  workers_ = &workers;
  while (!stopping_) {
    wait();
    const auto now = Clock::now();
    for (const auto& [id, events] : ready_) {
      const auto found = clients_.find(id);
      if (events != 0 && found != clients_.end()) turn(id, found->second, events, now);
    }
    if (knock_) accept_clients(now);
    take_replies(now);
    send_events(now);
    look_at_times(now);
    std::erase_if(clients_, [](const auto& one) { return one.second.state == State::gone; });
    streams_ = static_cast<std::size_t>(std::ranges::count_if(
        clients_, [](const auto& one) { return one.second.state == State::streaming; }));
  }
  clients_.clear();
}

int Loop::wait() {
  std::vector<pollfd> look{{wake_.fd(), POLLIN, 0}, {listener_.fd(), POLLIN, 0}};
  auto first = Clock::time_point::max();
  ready_.clear();
  for (const auto& [id, client] : clients_) {
    look.push_back({client.fd(), client.wanted(), 0});
    ready_.emplace_back(id, short{0});
    if (client.state != State::working) first = std::min(first, client.deadline);
    if (client.state == State::streaming) first = std::min(first, client.heartbeat);
  }
  int timeout_ms = -1;
  if (first != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
    timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }
  const int n = ::poll(look.data(), look.size(), timeout_ms);
  for (std::size_t i = 0; n > 0 && i < ready_.size(); ++i) ready_[i].second = look[i + 2].revents;
  knock_ = n > 0 && look[1].revents != 0;
  if (n > 0 && look[0].revents != 0) wake_.clear();
  return n;
}

/// Whoever keeps a connection and asks nothing makes room.
bool Loop::make_room() {
  if (clients_.size() < kMaxClients) return true;
  Client* oldest = nullptr;
  for (auto& [id, client] : clients_) {
    if (client.state == State::leaving) oldest = &client;
    if (client.state != State::reading || !client.idle()) continue;
    if (oldest == nullptr || client.deadline < oldest->deadline) oldest = &client;
  }
  if (oldest == nullptr) return false;
  oldest->state = State::gone;
  std::erase_if(clients_, [](const auto& one) { return one.second.state == State::gone; });
  return true;
}

void Loop::accept_clients(Clock::time_point now) {
  for (std::size_t i = 0; i < kMaxClients; ++i) {
    const int fd = listener_.accept();
    if (fd < 0) return;
    const Tls tls = tls_();
    Transport transport(fd, tls.get());
    if (make_room()) {
      clients_.try_emplace(next_id_++, std::move(transport), now + times_.head);
      continue;
    }
    if (tls == nullptr) {
      const Reply busy = refusal(503, "Too many clients are connected. Close some, or try again.");
      ::send(fd, busy.bytes.data(), busy.bytes.size(), MSG_NOSIGNAL);
    }
  }
}

void Loop::turn(Id id, Client& client, short events, Clock::time_point now) {
  switch (client.state) {
    case State::reading: return read(id, client, now);
    case State::working:
      if ((events & (POLLERR | POLLHUP)) != 0) client.state = State::gone;
      return;
    case State::writing: return write(id, client, now);
    case State::streaming:
      if (!client.read()) client.state = State::gone;
      if (client.state == State::streaming) send_stream(client, now);
      return;
    case State::leaving:
      if (!client.drain()) client.state = State::gone;
      return;
    case State::gone: return;
  }
}

void Loop::read(Id id, Client& client, Clock::time_point now) {
  const bool was_idle = client.idle();
  if (!client.read()) {
    client.state = State::gone;
    return;
  }
  if (was_idle && !client.idle() && client.requests != 0) client.deadline = now + times_.head;
  next_request(id, client, now);
}

void Loop::next_request(Id id, Client& client, Clock::time_point now) {
  if (auto head = client.take_head()) {
    ++client.requests;
    client.state = State::working;
    return workers_->put({id, std::move(*head), client.requests >= kMaxRequests});
  }
  if (client.head_too_long()) refuse(client, 431, "The request's headers are too long. Send fewer.", now);
}

void Loop::refuse(Client& client, int status, std::string_view sentence, Clock::time_point now) {
  client.send(refusal(status, sentence).bytes);
  client.close_after = true;
  client.state = State::writing;
  client.deadline = now + times_.leave;
}

void Loop::take_replies(Clock::time_point now) {
  for (const Workers::Done& done : workers_->take()) {
    const auto found = clients_.find(done.client);
    if (found == clients_.end() || found->second.state != State::working) continue;
    Client& client = found->second;
    if (done.reply.stream) {
      begin_stream(client, done.reply, now);
      continue;
    }
    client.send(done.reply.bytes);
    client.close_after = done.reply.close;
    client.state = State::writing;
    client.deadline = now + times_.reply;
    write(found->first, client, now);
  }
}

void Loop::write(Id id, Client& client, Clock::time_point now) {
  if (!client.flush()) {
    client.state = State::gone;
    return;
  }
  if (!client.all_sent()) return;
  if (client.close_after) {
    client.leave();
    client.state = State::leaving;
    client.deadline = now + times_.leave;
    return;
  }
  client.state = State::reading;
  client.deadline = now + (client.idle() ? times_.idle : times_.head);
  read(id, client, now);  // what came meanwhile, which TLS may hold already
}

void Loop::begin_stream(Client& client, const Reply& reply, Clock::time_point now) {
  if (streams_ >= kMaxStreams)
    return refuse(client, 503, "Too many clients follow the events. Close some, or try again.", now);
  ++streams_;
  client.state = State::streaming;
  client.next_event = hub_.begin_after(reply.last_event_id);
  client.send(reply.bytes);
  client.send(": tlswatch\n\n");
  client.deadline = now + times_.stuck;
  client.heartbeat = now + times_.heartbeat;
}

void Loop::send_events(Clock::time_point now) {
  std::vector<EventHub::Text> news;
  for (auto& [id, client] : clients_) {
    if (client.state != State::streaming) continue;
    news.clear();
    hub_.take(client.next_event, news);
    if (now >= client.heartbeat) client.send(": \n\n");
    for (const EventHub::Text& event : news) client.send(*event);
    if (now >= client.heartbeat || !news.empty()) client.heartbeat = now + times_.heartbeat;
    send_stream(client, now);
  }
}

void Loop::send_stream(Client& client, Clock::time_point now) {
  const std::size_t before = client.unsent();
  if (!client.flush() || client.unsent() > kMaxBehind) {
    client.state = State::gone;
    return;
  }
  if (client.all_sent() || client.unsent() < before) client.deadline = now + times_.stuck;
}

void Loop::look_at_times(Clock::time_point now) {
  for (auto& [id, client] : clients_) {
    if (client.state == State::working || now < client.deadline) continue;
    const bool half_a_head = client.state == State::reading && !client.idle();
    half_a_head ? refuse(client, 408, "The request did not come to its end in time.", now)
                : static_cast<void>(client.state = State::gone);
  }
}

}  // namespace tlswatch::http
