#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/store/database.h"

namespace tlswatch::store {

/// Migration: brings a file of version N (its place in the list) to version N + 1. A step that was released
/// is never changed: a new one is added behind it.
struct Migration {
  const char* what;
  const char* sql;
};
std::span<const Migration> migrations() noexcept;

/// The version that this program writes (PRAGMA user_version): one for each migration.
inline std::int64_t schema_version() noexcept {
  return static_cast<std::int64_t>(migrations().size());
}

/// Brings an open file up to date, each step in a transaction of its own.
///
/// returns  what is wrong, a sentence without the file's name: it is newer than this program, or
///          database.error(); empty: nothing
std::string migrate(Database& database, std::span<const Migration> steps = migrations());

/// The sentence for a file of another version than this program's; empty where it is the same.
std::string version_trouble(std::int64_t version, std::int64_t known = schema_version());

}  // namespace tlswatch::store
