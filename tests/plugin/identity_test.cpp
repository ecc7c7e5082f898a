#include "plugin/identity.h"

#include <gtest/gtest.h>

#include <memory>

namespace tlswatch::plugin {
namespace {

/// Names for pointers that nobody dereferences.
mosquitto* client(std::uintptr_t n) {
  return reinterpret_cast<mosquitto*>(n * 64);
}

constexpr std::uint16_t kPacket = 40;

/// A broker in small: sessions that read, clients that speak and leave.
class IdentityTest : public testing::Test {
 protected:
  IdentityTest() {
    EXPECT_TRUE(pool_.reserve(64, 1));
    identity_->start(pool_);
  }
  Session* open(const char* address) {
    Session* const s = pool_.take();
    s->peer = parse_address(address);
    s->overhead = {24, 0};
    s->last_in = kPacket + 24;
    s->records_in = 2;
    return s;
  }
  Session* speaks(mosquitto* c, const char* address, std::uint32_t packet = kPacket) {
    return identity_->bind_publisher(
        {c, parse_address(address), nullptr, wire::Transport::mqtt, packet, packet});
  }
  void leaves(mosquitto* c, const char* address, wire::Transport transport = wire::Transport::mqtt) {
    ClientFacts& facts = identity_->expect_free(c, parse_address(address));
    facts.transport = transport;
  }

  SessionPool pool_;
  std::unique_ptr<Identity> identity_ = std::make_unique<Identity>();
};

TEST_F(IdentityTest, TheLastThatReadIsTheOneThatSpeaks) {
  Session* const a = open("10.0.0.1");
  Session* const b = open("10.0.0.1");
  identity_->on_read(a);
  identity_->on_read(b);
  EXPECT_EQ(speaks(client(1), "10.0.0.1"), b);
  EXPECT_EQ(b->evidence, wire::Evidence::last_read);
  EXPECT_EQ(identity_->find(client(1)), b);
  EXPECT_EQ(a->client, nullptr);
}

TEST_F(IdentityTest, ItIsFoundAgainWhenOthersReadLater) {
  Session* const a = open("10.0.0.1");
  Session* const b = open("10.0.0.2");
  identity_->on_read(a);
  speaks(client(1), "10.0.0.1");
  identity_->on_read(b);
  EXPECT_EQ(identity_->find(client(1)), a);
  EXPECT_EQ(speaks(client(1), "10.0.0.1"), a);
  EXPECT_EQ(b->client, nullptr);
}

TEST_F(IdentityTest, AnotherAddressIsAnotherClient) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  EXPECT_EQ(speaks(client(1), "10.0.0.2"), nullptr);
  EXPECT_EQ(a->client, nullptr);
}

TEST_F(IdentityTest, WhatWasReadBeforeTheLoopTurnedIsStale) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  identity_->on_turn();
  EXPECT_EQ(speaks(client(1), "10.0.0.1"), nullptr)
      << "a client of a plain listener must not get a TLS session";
}

TEST_F(IdentityTest, ARecordOfAnotherLengthIsAnotherClients) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  EXPECT_EQ(speaks(client(1), "10.0.0.1", kPacket + 1), nullptr);
  EXPECT_EQ(speaks(client(1), "10.0.0.1", kPacket - 1), nullptr);
  a->overhead = {24, 15};  // CBC: the padding hides up to 15 bytes
  EXPECT_EQ(speaks(client(1), "10.0.0.1", kPacket + 16), nullptr);
  EXPECT_EQ(speaks(client(1), "10.0.0.1", kPacket + 15), a);
}

TEST_F(IdentityTest, TheFirstRecordIsNoPublish) {
  Session* const a = open("10.0.0.1");
  a->records_in = 1;
  identity_->on_read(a);
  EXPECT_EQ(speaks(client(1), "10.0.0.1"), nullptr) << "it is a CONNECT, whatever its length";
  a->records_in = 2;
  EXPECT_EQ(
      identity_->bind_publisher({client(1), a->peer, nullptr, wire::Transport::websockets, kPacket, kPacket}),
      nullptr)
      << "and over websockets an HTTP request comes before";
  EXPECT_EQ(speaks(client(1), "10.0.0.1"), a);
}

TEST_F(IdentityTest, ABoundSessionIsNobodyElses) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  speaks(client(1), "10.0.0.1");
  EXPECT_EQ(speaks(client(2), "10.0.0.1"), nullptr);
}

TEST_F(IdentityTest, TheCertificateProvesOrRefutes) {
  const auto* const certificate = reinterpret_cast<const X509*>(std::uintptr_t{0x1000});
  const auto* const other = reinterpret_cast<const X509*>(std::uintptr_t{0x2000});
  Session* const a = open("10.0.0.1");
  a->peer_certificate = certificate;
  identity_->on_read(a);
  const auto publishes = [&](const X509* shown) {
    return identity_->bind_publisher(
        {client(1), parse_address("10.0.0.1"), shown, wire::Transport::mqtt, kPacket, kPacket});
  };
  EXPECT_EQ(publishes(other), nullptr);
  EXPECT_EQ(publishes(nullptr), nullptr) << "the broker knows no certificate of a plain listener's client";
  EXPECT_EQ(publishes(certificate), a);
  EXPECT_EQ(a->evidence, wire::Evidence::certificate);
}

TEST_F(IdentityTest, TheNextFreedAfterADisconnectIsItsOwn) {
  Session* const a = open("10.0.0.1");
  leaves(client(1), "10.0.0.1");
  const ClientFacts* const facts = identity_->on_free(a);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(facts->client, client(1));
  EXPECT_EQ(a->evidence, wire::Evidence::disconnect_free);
}

TEST_F(IdentityTest, ADisconnectCorrectsAWrongGuess) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  speaks(client(1), "10.0.0.1");
  leaves(client(2), "10.0.0.1");
  const ClientFacts* const facts = identity_->on_free(a);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(facts->client, client(2));
  EXPECT_EQ(identity_->find(client(1)), nullptr);
}

TEST_F(IdentityTest, ADisconnectNeverOverrulesTheBrokersOwnPointer) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  speaks(client(1), "10.0.0.1");
  a->evidence = wire::Evidence::ex_data;
  leaves(client(2), "10.0.0.1");
  EXPECT_EQ(identity_->on_free(a), nullptr);
}

TEST_F(IdentityTest, APlainClientsDisconnectDoesNotNameALaterWebsocketsSession) {
  Session* const ws = open("10.0.0.1");
  ws->transport = wire::Transport::websockets;
  leaves(client(1), "10.0.0.1", wire::Transport::mqtt);
  EXPECT_EQ(identity_->on_free(ws), nullptr);
}

TEST_F(IdentityTest, ADisconnectCountsForOneSessionAndOneTurn) {
  Session* const a = open("10.0.0.1");
  Session* const b = open("10.0.0.1");
  leaves(client(1), "10.0.0.1");
  EXPECT_NE(identity_->on_free(a), nullptr);
  EXPECT_EQ(identity_->on_free(b), nullptr);
  leaves(client(2), "10.0.0.1");
  identity_->on_turn();
  EXPECT_EQ(identity_->on_free(b), nullptr);
}

TEST_F(IdentityTest, AReusedPointerIsANewClient) {
  Session* const a = open("10.0.0.1");
  identity_->on_read(a);
  speaks(client(1), "10.0.0.1");
  identity_->forget(a);
  pool_.give_back(a);
  EXPECT_EQ(identity_->find(client(1)), nullptr);
  Session* const b = open("10.0.0.9");
  identity_->on_read(b);
  EXPECT_EQ(speaks(client(1), "10.0.0.9"), b);
}

TEST_F(IdentityTest, ManyClientsInFewBucketsAreKeptApart) {
  SessionPool pool;
  ASSERT_TRUE(pool.reserve(5000, 1));
  auto identity = std::make_unique<Identity>();
  identity->start(pool);
  std::vector<Session*> sessions;
  for (std::uintptr_t i = 1; i <= 5000; ++i) {
    Session* const s = pool.take();
    s->peer = parse_address("10.0.0.1");
    identity->on_read(s);
    s->last_in = kPacket;
    s->records_in = 2;
    ASSERT_EQ(identity->bind_publisher(
                  {client(i * 4096), s->peer, nullptr, wire::Transport::mqtt, kPacket, kPacket}),
              s);
    sessions.push_back(s);
  }
  for (std::uintptr_t i = 1; i <= 5000; i += 2) identity->forget(sessions[i - 1]);
  for (std::uintptr_t i = 1; i <= 5000; ++i) {
    EXPECT_EQ(identity->find(client(i * 4096)), i % 2 == 1 ? nullptr : sessions[i - 1]) << i;
  }
}

}  // namespace
}  // namespace tlswatch::plugin
