#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http/parser.h"

namespace tlswatch::http {

/// Workers: threads that make replies of heads. They touch no socket and wait for no client.
class Workers {
 public:
  struct Job {
    std::uint64_t client = 0;
    std::string head;
    bool last = false;  ///< the connection ends after it
  };
  struct Done {
    std::uint64_t client = 0;
    Reply reply;
  };

  /// make_handler  called once in each thread: what it makes is that thread's own
  /// on_done       called by a worker when there is something to take
  Workers(std::size_t count, std::function<Parser::Handler()> make_handler, std::function<void()> on_done);
  /// Ends after the requests that are being answered.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void put(Job job);
  std::vector<Done> take();

 private:
  void work();

  std::function<Parser::Handler()> make_handler_;
  std::function<void()> on_done_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Job> jobs_;
  std::vector<Done> done_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tlswatch::http
