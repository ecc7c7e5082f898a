#pragma once

#include "daemon/core/wire/facts.h"

namespace tlswatch::facts {

/// Decodes one checked record (plugin/wire/FORMAT.md) into plain facts.
///
/// record   as wire::read_record gave it
/// returns  views into the record's bytes; never allocates, never fails: a section that does not fit its
/// layout
///          is left out and counted, so one bad section costs itself and not the event
Event decode(const wire::Record& record) noexcept;

}  // namespace tlswatch::facts
