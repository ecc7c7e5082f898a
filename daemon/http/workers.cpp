#include "daemon/http/workers.h"

#include <exception>
#include <utility>

namespace tlswatch::http {

Workers::Workers(std::size_t count, std::function<Parser::Handler()> make_handler,
                 std::function<void()> on_done)
    : make_handler_(std::move(make_handler)), on_done_(std::move(on_done)) {
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::put(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  more_.notify_one();
}

std::vector<Workers::Done> Workers::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

void Workers::work() {
  Parser parser(make_handler_());
  std::unique_lock lock(mutex_);
  while (true) {
    more_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Reply reply;
    try {
      reply = parser.reply(job.head, job.last);
    } catch (const std::exception&) {  // no memory for this one answer
      reply = refusal(503, "There is no memory for this answer. Ask for less.");
    }
    lock.lock();
    done_.push_back({job.client, std::move(reply)});
    on_done_();
  }
}

}  // namespace tlswatch::http
