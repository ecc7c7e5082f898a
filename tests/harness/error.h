// What the harness throws when the test bench itself does not work: a port that cannot be bound, a program
// that is missing, a broker that does not come up. GoogleTest turns it into a failure of the test that met
// it, so no test passes because its bench was broken.
#pragma once

#include <stdexcept>
#include <string>

namespace tlswatch::harness {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tlswatch::harness
