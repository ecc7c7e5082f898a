#include "users.h"

#include <pwd.h>
#include <unistd.h>

#include "error.h"

namespace tlswatch::harness {

bool am_root() {
  return geteuid() == 0;
}

User self() {
  return {geteuid(), getegid()};
}

User broker_user() {
  if (!am_root()) return self();
  const passwd* entry = getpwnam("mosquitto");
  return entry == nullptr ? self() : User{entry->pw_uid, entry->pw_gid};
}

User stranger() {
  const passwd* entry = getpwnam("nobody");
  if (entry == nullptr || !am_root()) throw Error("a second user needs root, and the user nobody");
  return {entry->pw_uid, entry->pw_gid};
}

}  // namespace tlswatch::harness
