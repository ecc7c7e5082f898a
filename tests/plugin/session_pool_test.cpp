#include "plugin/session_pool.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace tlswatch::plugin {
namespace {

TEST(SessionPool, GivesNoMoreThanItHasAndTakesBack) {
  SessionPool pool;
  ASSERT_TRUE(pool.reserve(16, 2));
  std::set<Session*> taken;
  for (int i = 0; i < 16; ++i) taken.insert(pool.take());
  EXPECT_EQ(taken.size(), 16U);
  EXPECT_EQ(taken.count(nullptr), 0U);
  EXPECT_EQ(pool.take(), nullptr);

  Session* const back = *taken.begin();
  pool.give_back(back);
  EXPECT_EQ(pool.take(), back);
  EXPECT_EQ(pool.take(), nullptr);
}

TEST(SessionPool, GivesClearedSessions) {
  SessionPool pool;
  ASSERT_TRUE(pool.reserve(16, 2));
  Session* const session = pool.take();
  session->number = 7;
  session->alert_count = 3;
  session->identified = true;
  pool.give_back(session);
  Session* const again = pool.take();
  ASSERT_EQ(again, session);
  EXPECT_EQ(again->number, 0U);
  EXPECT_EQ(again->alert_count, 0);
  EXPECT_FALSE(again->identified);
  EXPECT_EQ(again->fd, -1);
}

TEST(SessionPool, GivesTheLastBufferBackFirst) {
  SessionPool pool;
  ASSERT_TRUE(pool.reserve(16, 3));
  HandshakeBuffer* const a = pool.take_buffer();
  HandshakeBuffer* const b = pool.take_buffer();
  pool.give_back(a);
  EXPECT_EQ(pool.take_buffer(), a) << "memory that was never in use stays untouched";
  EXPECT_NE(pool.take_buffer(), b);
  EXPECT_EQ(pool.take_buffer(), nullptr);
}

TEST(SessionPool, GivesClearedBuffers) {
  SessionPool pool;
  ASSERT_TRUE(pool.reserve(16, 1));
  HandshakeBuffer* const buffer = pool.take_buffer();
  buffer->client_hello.size = 9;
  buffer->client_hello.cut = true;
  buffer->error_reason[0] = 'x';
  pool.give_back(buffer);
  EXPECT_EQ(pool.take_buffer()->client_hello.size, 0);
  EXPECT_FALSE(buffer->client_hello.cut);
  EXPECT_EQ(buffer->error_reason[0], '\0');
}

}  // namespace
}  // namespace tlswatch::plugin
