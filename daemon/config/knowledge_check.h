#pragma once

#include <string>
#include <vector>

#include "daemon/config/error.h"
#include "daemon/core/diagnose/knowledge.h"

/// Checks of knowledge as a whole. Private to daemon/config.
namespace tlswatch::config {

/// Where each rule stands, in the rules' order; its text is empty.
using Places = std::vector<Error>;

/// Adds an error for each rule that can never be reached, and one that names all causes without a rule, at
/// the end of `last_file`.
///
/// A rule that an earlier one covers (diagnose::covers) is an error within one file. Between two files it
/// depends on the earlier one: where that alone names every cause, as the shipped one does, it is the base,
/// and the later rule was meant to change it and stands too late: an error. Else the earlier file is an
/// operator's, put before the base to change it: what it covers there is meant to be covered, and nothing is
/// said.
void check_knowledge(const diagnose::Knowledge& knowledge, const Places& places, const std::string& last_file,
                     Errors& errors);

}  // namespace tlswatch::config
