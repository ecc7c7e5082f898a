#pragma once

#include <stdexcept>
#include <utility>

#include "daemon/config/knowledge.h"

namespace tlswatch::diagnose {

/// The shipped knowledge, read once.
inline const Knowledge& shipped() {
  static const Knowledge kKnowledge = [] {
    auto result = config::load_knowledge({TLSWATCH_SHIPPED_KNOWLEDGE});
    if (!result) throw std::runtime_error(config::to_text(result.error().front()));
    return std::move(*result);
  }();
  return kKnowledge;
}

}  // namespace tlswatch::diagnose
