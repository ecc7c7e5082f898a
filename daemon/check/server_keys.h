#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/check/target.h"
#include "daemon/check/trust.h"
#include "plugin/wire/result.h"

namespace tlswatch::check {

/// The certificates of a live server, one for each kind of key: a server may show an RSA key to one client
/// and an EC key to another. Nothing is verified.
///
/// server_name  SNI
/// timeout      of each step of at most three connections
/// errors       why there is none, for people
Result<std::vector<Der>, std::string> server_keys(const Target& target, const std::string& server_name,
                                                  std::chrono::milliseconds timeout);

}  // namespace tlswatch::check
