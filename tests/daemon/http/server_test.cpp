// The listener on real sockets: who is slow, who is many, who has no token, and the end.
#include "daemon/http/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "http/client.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

using namespace std::chrono_literals;
using http::Server;

constexpr std::string_view kGet = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view kFollow = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

class Listening : public testing::Test {
 protected:
  void start(http::Times times = {}) {
    where = (dir / "http.sock").string();
    server = std::make_unique<Server>(settings(where, times));
    const auto trouble = server->start();
    ASSERT_FALSE(trouble.has_value()) << trouble.value_or("");
  }
  http::ServerSettings settings(const std::string& listen, http::Times times = {}) {
    http::ServerSettings out;
    out.listen = listen;
    out.times = times;
    out.facts.version = "1.2.3";
    out.facts.metrics = [] { return std::string(300'000, 'm'); };
    out.facts.trouble = [] { return std::string(); };
    return out;
  }
  Client connect() const { return Client(where); }

  TempDir dir;
  std::string where;
  std::unique_ptr<Server> server;
};

TEST_F(Listening, answers_one_request_after_the_other_on_one_connection) {
  start();
  Client client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    EXPECT_EQ(client.response().status, 200);
  }
}

TEST_F(Listening, answers_requests_that_came_at_once_in_their_order) {
  start();
  Client client = connect();
  client.send(std::string(kGet) + "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(client.response().status, 200);
  EXPECT_EQ(client.response().status, 404);
  EXPECT_EQ(client.response().status, 200);
}

TEST_F(Listening, takes_a_request_byte_by_byte) {
  start();
  Client client = connect();
  for (const char c : kGet) client.send({&c, 1});
  EXPECT_EQ(client.response().status, 200);
}

TEST_F(Listening, sends_a_long_answer_whole_to_who_reads_late) {
  start();
  Client client = connect();
  client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.response().body.size(), 300'000U);
  EXPECT_TRUE(client.closed());
}

struct CutCase {
  const char* name;
  std::string head;
  int status;
};
TEST_F(Listening, cuts_off_whoever_sends_what_nobody_reads) {
  start();
  const CutCase cases[] = {
      {"too many headers", "GET / HTTP/1.1\r\nHost: localhost\r\n" + std::string(20'000, 'a'), 431},
      {"a body", "POST /api/v1/devices HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{\"a\": 12}",
       405},
      {"what is no HTTP", "EHLO example\r\n\r\n", 400},
      {"a long address", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414},
  };
  for (const CutCase& one : cases) {
    Client client = connect();
    client.send(one.head);
    EXPECT_EQ(client.response().status, one.status) << one.name;
    EXPECT_TRUE(client.closed()) << one.name;
  }
}

TEST_F(Listening, waits_for_half_a_request_only_so_long) {
  start({.head = 50ms, .idle = 50ms, .leave = 50ms});
  Client half = connect();
  half.send("GET / HTTP/1.1\r\nHost: loc");
  Client silent = connect();
  Client idle = connect();
  idle.send(kGet);
  EXPECT_EQ(idle.response().status, 200);
  EXPECT_EQ(half.response().status, 408);
  EXPECT_TRUE(half.closed());
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(idle.closed());
}

TEST_F(Listening, serves_others_while_as_many_as_may_come_are_slow) {
  start();
  std::vector<Client> slow;
  for (std::size_t i = 0; i < http::kMaxClients; ++i) {
    slow.push_back(connect());
    if (i < http::kMaxClients / 2) slow.back().send("GET / HTTP/1.1\r\nX: ");
  }
  for (int i = 0; i < 10; ++i) {
    Client client = connect();
    client.send(kGet);
    EXPECT_EQ(client.response().status, 200) << "who asks nothing makes room";
  }
}

TEST_F(Listening, refuses_who_comes_when_all_places_are_taken) {
  start();
  std::vector<Client> slow;
  for (std::size_t i = 0; i < http::kMaxClients; ++i) {
    slow.push_back(connect());
    slow.back().send("GET / HTTP/1.1\r\nX: ");
  }
  slow.back().send("y\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(slow.back().response().status, 200) << "all of them are in now";
  slow.back().send("GET / HTTP/1.1\r\nX: ");
  Client late = connect();
  EXPECT_EQ(late.response().status, 503);
}

TEST_F(Listening, shows_events_as_they_happen_to_all_who_follow) {
  start();
  std::vector<Client> clients;
  for (std::size_t i = 0; i < http::kMaxStreams; ++i) {
    clients.push_back(connect());
    clients.back().send(kFollow);
    ASSERT_TRUE(clients.back().receive_until(": tlswatch\n\n")) << i;
  }
  Client one_too_many = connect();
  one_too_many.send(kFollow);
  EXPECT_EQ(one_too_many.response().status, 503);
  server->events().post("e:1:1", "diagnosis", "{\"a\":1}\n");
  for (Client& client : clients)
    EXPECT_TRUE(client.receive_until("id: e:1:1\nevent: diagnosis\ndata: {\"a\":1}\n\n"));
}

TEST_F(Listening, goes_on_after_the_last_event_that_a_client_has_seen) {
  start();
  for (int i = 1; i <= 3; ++i) server->events().post("e:1:" + std::to_string(i), "diagnosis", "{}");
  Client client = connect();
  client.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: e:1:1\r\n\r\n");
  EXPECT_TRUE(client.receive_until("id: e:1:2\nevent: diagnosis\ndata: {}\n\nid: e:1:3\n"));
}

TEST_F(Listening, says_something_to_a_quiet_stream) {
  start({.heartbeat = 20ms});
  Client client = connect();
  client.send(kFollow);
  EXPECT_TRUE(client.receive_until(": tlswatch\n\n: \n\n: \n\n"));
}

TEST_F(Listening, drops_a_client_that_does_not_keep_up_and_keeps_the_others) {
  start();
  Client good = connect();
  good.send(kFollow);
  ASSERT_TRUE(good.receive_until(": tlswatch"));
  Client slow = connect();
  slow.send(kFollow);
  ASSERT_TRUE(slow.receive_until(": tlswatch"));
  const std::string line = "{\"a\":\"" + std::string(16'000, 'x') + "\"}";
  for (int i = 0; i < 200; ++i) {
    const std::string id = "e:1:" + std::to_string(i);
    server->events().post(id, "diagnosis", line);
    ASSERT_TRUE(good.receive_until("id: " + id + "\n")) << "posting waits for nobody, and this one reads";
  }
  EXPECT_TRUE(slow.closed()) << "3 MB behind";
  EXPECT_TRUE(good.receive_until("\n\n"));
}

TEST_F(Listening, ends_at_once_whatever_its_clients_do) {
  start();
  std::vector<Client> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(connect());
    clients.back().send(i % 2 == 0 ? kFollow : "GET / HTT");
  }
  ASSERT_TRUE(clients.front().receive_until(": tlswatch"));
  const auto before = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  EXPECT_TRUE(clients.front().closed());
  EXPECT_FALSE(std::filesystem::exists(where));
}

TEST_F(Listening, says_that_the_place_is_taken) {
  start();
  const auto trouble = Server(settings(where)).start();
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find("Address already in use; end the program that listens there"), std::string::npos)
      << *trouble;
  Client client = connect();
  client.send(kGet);
  EXPECT_EQ(client.response().status, 200) << "the first one goes on";
}

TEST_F(Listening, takes_the_place_of_a_socket_that_nobody_listens_at) {
  where = (dir / "http.sock").string();
  {
    http::Listener dead(where);
    ASSERT_FALSE(dead.open());
    std::filesystem::create_hard_link(where, where + "2");
  }
  std::filesystem::rename(where + "2", where);
  start();
  EXPECT_EQ(std::filesystem::status(where).permissions(), std::filesystem::perms(0660));
}

struct TokenCase {
  const char* name;
  std::string content;
  int mode;
  const char* trouble;  ///< a part of it; empty: it is good
};
TEST_F(Listening, reads_a_token_that_is_one) {
  const TokenCase cases[] = {
      {"good", std::string(32, 'a') + "\n", 0600, ""},
      {"the group may read it", std::string(32, 'a'), 0640, ""},
      {"too short", "secret\n", 0600, "must hold one line of 16 to 512 characters"},
      {"empty", "", 0600, "must hold one line"},
      {"two lines", std::string(32, 'a') + "\n" + std::string(32, 'b') + "\n", 0600, "must hold one line"},
      {"too long", std::string(600, 'a'), 0600, "must hold one line"},
      {"everybody may read it", std::string(32, 'a'), 0644, "can be read by everybody"},
  };
  for (const TokenCase& one : cases) {
    auto with_token = settings((dir / "token.sock").string());
    with_token.token_file = (dir / "token").string();
    write_file(dir / "token", one.content);
    ::chmod(with_token.token_file.c_str(), static_cast<mode_t>(one.mode));
    const auto trouble = Server(with_token).start();
    EXPECT_EQ(trouble.has_value(), *one.trouble != '\0') << one.name << ": " << trouble.value_or("");
    EXPECT_NE(trouble.value_or("").find(one.trouble), std::string::npos) << one.name << ": " << *trouble;
    EXPECT_EQ(trouble.value_or("").find("secret"), std::string::npos);
  }
  auto without = settings((dir / "token.sock").string());
  without.token_file = (dir / "none").string();
  EXPECT_NE(Server(without).start().value_or("").find("No such file"), std::string::npos);
}

TEST_F(Listening, reads_the_token_again_when_it_is_told_to) {
  where = (dir / "http.sock").string();
  auto with_token = settings(where);
  with_token.token_file = (dir / "token").string();
  const auto draw = [&](char letter) {
    write_file(dir / "token", std::string(32, letter));
    ::chmod(with_token.token_file.c_str(), 0600);
  };
  draw('a');
  server = std::make_unique<Server>(with_token);
  ASSERT_FALSE(server->start().has_value());
  const auto status = [&](char letter) {
    Client client = connect();
    client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + std::string(32, letter) +
                "\r\n\r\n");
    return client.response().status;
  };
  EXPECT_EQ(status('a'), 200);
  EXPECT_EQ(status('b'), 401);
  draw('b');
  EXPECT_FALSE(server->reload().has_value());
  EXPECT_EQ(status('a'), 401);
  EXPECT_EQ(status('b'), 200);
  write_file(dir / "token", "short");
  EXPECT_TRUE(server->reload().has_value());
  EXPECT_EQ(status('b'), 200) << "the old one stays";
}

}  // namespace
}  // namespace tlswatch::test
