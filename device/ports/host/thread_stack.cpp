#include "thread_stack.h"

#include <pthread.h>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_DEFINED(address, n) ((void)(address), (void)(n))
#endif

namespace tlswatch::device::host {
namespace {

struct Job {
  void (*call)(void*);
  void* argument;
};

void* run(void* argument) {
  const Job& job = *static_cast<Job*>(argument);
  job.call(job.argument);
  return nullptr;
}

}  // namespace

void switch_stack_thread(void* memory, std::size_t n, void (*call)(void* argument), void* argument) {
  Job job = {call, argument};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  const bool started = pthread_attr_setstack(&attributes, memory, n) == 0 &&
                       pthread_create(&thread, &attributes, run, &job) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return call(argument);
  pthread_join(thread, nullptr);
  // To valgrind a stack is gone with its thread; to us it is the caller's memory, with traces to be read.
  VALGRIND_MAKE_MEM_DEFINED(memory, n);
}

}  // namespace tlswatch::device::host
