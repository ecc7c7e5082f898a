#pragma once

#include <string>
#include <vector>

namespace tlswatch::config {

/// Error: what is wrong in a file, where, and what would be right.
struct Error {
  std::string file;
  int line = 0;    ///< from 1; 0: about the file as a whole
  int column = 0;  ///< from 1
  std::string text;
};

using Errors = std::vector<Error>;

/// "tlswatch.yaml:3:7: unknown key `rign`; known here: name, ring, cursor, passwords".
std::string to_text(const Error& error);

}  // namespace tlswatch::config
