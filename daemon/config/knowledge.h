#pragma once

#include <string>
#include <vector>

#include "daemon/config/error.h"
#include "daemon/core/diagnose/knowledge.h"
#include "plugin/wire/result.h"

namespace tlswatch::config {

/// Rules of all knowledge files at most.
inline constexpr std::size_t kMaxRules = 4096;

/// Reads knowledge files (daemon/knowledge/knowledge.yaml explains the form) one behind the other: rows of an
/// earlier file are tried first.
///
/// errors  all at once, each with its place: unknown fields, names and cause ids, two rows of one name, a row
///         without a condition or with two that exclude each other, an `or` that says nothing, more than
///         kMaxRules. Only where there is none of these: a row that can never be reached, and causes of the
///         contract that no row names (knowledge_check.h)
Result<diagnose::Knowledge, Errors> load_knowledge(const std::vector<std::string>& files);

}  // namespace tlswatch::config
