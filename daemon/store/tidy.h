#pragma once

#include <cstdint>

#include "daemon/store/batch.h"
#include "daemon/store/writer.h"

namespace tlswatch::store {

/// One step of retention, within a transaction: removes at most about `rows` rows of what is older than it
/// may be, beyond a limit, or oldest while the file is too large.
///
/// returns  whether nothing is left to do
bool tidy(Database& database, Kept& kept, const Retention& retention, std::uint64_t now_unix_ns,
          std::size_t rows);

}  // namespace tlswatch::store
