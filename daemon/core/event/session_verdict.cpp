#include "daemon/core/event/session_verdict.h"

#include "daemon/core/event/mfln.h"

namespace tlswatch::event {
namespace {

policy::SessionFacts policy_facts(const fleet::Session& session, const Mfln& mfln) {
  policy::SessionFacts out;
  out.established = session.handshake_seen && session.established;
  out.version = session.version;
  out.cipher_suite = session.cipher_suite;
  out.chain_bytes = session.server_chain_bytes;
  out.mfln_requested = mfln.requested;
  out.mfln_negotiated = mfln.negotiated;
  out.mfln_honoured = mfln.honoured;
  out.max_record_sent = mfln.max_record_sent;
  out.records_over_buffer = mfln.records_over_buffer;
  if (!session.server_leaf) return out;
  out.key_algorithm = session.server_leaf->key_algorithm;
  out.key_bits = session.server_leaf->key_bits;
  out.key_curve = session.server_leaf->key_curve;
  out.signature = session.server_leaf->signature_algorithm;
  return out;
}

policy::Who shown_by(const fleet::Session& session) noexcept {
  policy::Who who;
  who.listener_port = session.local ? session.local->port : std::uint16_t{0};
  who.client_id = session.device_id;
  who.mfln_requested = session.mfln_requested;
  who.user = session.user;
  who.address = session.peer;
  if (session.ja4) who.ja4 = session.ja4->view();
  if (session.client_leaf) {
    who.certificate_subject = session.client_leaf->subject;
    who.certificate_issuer = session.client_leaf->issuer;
  }
  return who;
}

}  // namespace

const policy::Profile* profile_of(const policy::Profiles* profiles, const fleet::Session& session) noexcept {
  if (profiles == nullptr || session.no_device()) return nullptr;
  return policy::select(*profiles, shown_by(session));
}

bool recognised(const policy::Profiles* profiles, const fleet::Session& session) noexcept {
  return profiles != nullptr && !session.no_device() && policy::recognises(*profiles, shown_by(session));
}

SessionVerdict judge_session(const policy::Profile* profile, const fleet::Session& session) {
  SessionVerdict out;
  out.mfln = measure_mfln({session.mfln_requested, session.mfln_negotiated, session.version,
                           session.cipher_suite, session.encrypt_then_mac,
                           profile != nullptr ? profile->buffer_bytes : std::optional<std::uint32_t>{},
                           session.traffic ? &*session.traffic : nullptr});
  if (profile != nullptr) out.policy = policy::judge(*profile, policy_facts(session, out.mfln));
  return out;
}

}  // namespace tlswatch::event
