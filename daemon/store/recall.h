#pragma once

#include "daemon/store/memory.h"
#include "daemon/store/records.h"

namespace tlswatch::store {

/// Tells `to` what the file knows. Private to daemon/store.
void recall(Database& database, const Words& words, const Recall& to);

}  // namespace tlswatch::store
