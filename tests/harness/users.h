// The users that the programs under test run as.
#pragma once

#include <sys/types.h>

namespace tlswatch::harness {

struct User {
  uid_t uid;
  gid_t gid;
};

/// Whether the tests may start programs as other users.
bool am_root();

/// self is the user that runs the tests.
User self();

/// broker_user is `mosquitto` where the tests run as root and that user exists, else self().
///
/// The broker is started as that user directly instead of letting it drop its privileges: a process that
/// changes its user loses its parent-death signal, and would outlive a test that was killed.
User broker_user();

/// stranger is `nobody` with its own group: somebody who is neither broker nor root. Only with am_root().
User stranger();

}  // namespace tlswatch::harness
