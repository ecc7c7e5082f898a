#include "link.h"

#include "clock.h"
#include "simcall.h"

namespace tlswatch {
namespace lx106 {
namespace {

constexpr int kIn = 0;
constexpr int kOut = 1;
constexpr uint8_t kApplicationData = 23;  // RFC 5246 section 6.2.1, ContentType
// A server that never stops sending does not keep the device from closing.
constexpr int kUnreadTurns = 16;
// Between two looks at the clock, which must not miss that its counter wrapped around.
constexpr uint32_t kWaitAtMostMs = 50000;

device::ConnectResult connect_answer;
uint32_t connect_ticks;
uint32_t data_ticks;

device::ConnectResult connect(void*, const char*, uint16_t, uint32_t) {
  connect_ticks = ticks();
  return connect_answer;
}

bool wait(bool (*ready)(int, uint32_t), int fd, uint32_t timeout_ms) {
  while (timeout_ms > kWaitAtMostMs) {
    if (ready(fd, kWaitAtMostMs)) return true;
    timeout_ms -= kWaitAtMostMs;
    now_ms();
  }
  return ready(fd, timeout_ms);
}

int read(void*, uint8_t* bytes, size_t n, uint32_t timeout_ms) {
  if (!wait(sim_wait_readable, kIn, timeout_ms)) return device::kTransportTimeout;
  const int got = sim_read(kIn, bytes, n);
  return got > 0 ? got : device::kTransportClosed;
}

int write(void*, const uint8_t* bytes, size_t n, uint32_t timeout_ms) {
  if (!wait(sim_wait_writable, kOut, timeout_ms)) return device::kTransportTimeout;
  const int sent = sim_write(kOut, bytes, n);
  if (sent <= 0) return device::kTransportClosed;
  if (data_ticks == 0 && bytes[0] == kApplicationData) data_ticks = ticks();
  return sent;
}

// What has come but was not read any more is taken: ending over it makes the host send a reset, and a broker
// would see a broken connection where a device has said no.
void close(void*) {
  uint8_t unread[256];
  for (int turn = 0; turn < kUnreadTurns && sim_wait_readable(kIn, 0); ++turn) {
    if (sim_read(kIn, unread, sizeof unread) <= 0) break;
  }
}

uint32_t clock(void*) {
  return now_ms();
}

bool entropy(void*, uint8_t* bytes, size_t n) {
  return host_random(bytes, n);
}

}  // namespace

bool host_random(void* bytes, size_t n) {
  const int fd = sim_open("/dev/urandom", kOpenRead);
  if (fd < 0) return false;
  size_t done = 0;
  while (done < n) {
    const int got = sim_read(fd, static_cast<uint8_t*>(bytes) + done, n - done);
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  sim_close(fd);
  return done == n;
}

device::Transport link_transport(device::ConnectResult answer) {
  connect_answer = answer;
  return device::Transport{nullptr, connect, read, write, close, clock, entropy};
}

uint32_t ticks_at_connect() {
  return connect_ticks;
}

uint32_t ticks_at_first_data() {
  return data_ticks;
}

}  // namespace lx106
}  // namespace tlswatch
