#pragma once

#include <string>
#include <vector>

#include "daemon/config/error.h"
#include "daemon/core/diagnose/knowledge.h"
#include "plugin/wire/result.h"

namespace tlswatch::config {

/// Reads knowledge files (daemon/knowledge/knowledge.yaml explains the form) one behind the other: rows of an
/// earlier file are tried first. All errors at once: unknown fields and cause ids, two rows of one name, a
/// row without a condition.
Result<diagnose::Knowledge, Errors> load_knowledge(const std::vector<std::string>& files);

}  // namespace tlswatch::config
