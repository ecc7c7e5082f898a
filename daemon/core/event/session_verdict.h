#pragma once

#include "daemon/core/event/events.h"
#include "daemon/core/fleet/session_table.h"
#include "daemon/core/policy/profile.h"

namespace tlswatch::event {

/// SessionVerdict: what the judge says of a session by what is known of it now.
struct SessionVerdict {
  Mfln mfln;
  policy::Judgement policy;
};

/// The profile for a session as it is known now, or null: none matches, or it is a check or a bridge of the
/// broker's own, which is no device.
const policy::Profile* profile_of(const policy::Profiles* profiles, const fleet::Session& session) noexcept;

/// Whether a profile recognises the client by what it shows of itself.
bool recognised(const policy::Profiles* profiles, const fleet::Session& session) noexcept;

/// Judges the session by `profile`, which may be null: then only its records are measured. Called whenever
/// more is known: after the handshake, when a login changes the profile, and at the end, when the records of
/// the whole session are counted.
SessionVerdict judge_session(const policy::Profile* profile, const fleet::Session& session);

}  // namespace tlswatch::event
