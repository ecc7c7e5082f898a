#pragma once

#include "daemon/config/config.h"

namespace tlswatch::config {

/// Where the shipped profiles and knowledge are: in `../share/tlswatch` beside the program's folder, which is
/// right for an installed tree and for a build tree; else where the build was told to install them.
Shipped shipped_files();

}  // namespace tlswatch::config
