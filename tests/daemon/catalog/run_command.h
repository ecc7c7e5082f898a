#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace tlswatch::test {

struct Ran {
  int exit_code = -1;
  std::string out;  ///< standard output alone, unless the command line redirects
};

/// Runs the built `tlswatch` with arguments as a shell reads them.
inline Ran tlswatch(const std::string& arguments) {
  FILE* const pipe = popen((std::string(TLSWATCH_COMMAND) + ' ' + arguments).c_str(), "r");
  Ran ran;
  std::array<char, 4096> block;
  std::size_t n = 0;
  while ((n = fread(block.data(), 1, block.size(), pipe)) > 0) ran.out.append(block.data(), n);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

}  // namespace tlswatch::test
