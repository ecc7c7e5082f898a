#include <algorithm>
#include <cmath>

#include "daemon/core/diagnose/fits.h"
#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/event/sender.h"

// Who is behind a session: what the pipeline tells core/fleet, and what it asks.
namespace tlswatch::event {
namespace {

/// A certificate or PSK that was shown and not proved, since the handshake failed before that: by the name in
/// it; and where it has been this one client's in good sessions.
constexpr double kClaimedConfidence = 0.5;
constexpr double kOwnedConfidence = 0.95;

constexpr std::uint64_t kSecond = 1'000'000'000;
/// What is said over UDP is said within so much of the failure, by the daemon's clock and the broker's.
constexpr std::uint64_t kAtOnceNs = 5 * kSecond;

std::string_view as_key(const std::array<std::uint8_t, 32>& sha256) noexcept {
  return {reinterpret_cast<const char*>(sha256.data()), sha256.size()};
}

/// A credential names its owner, or, where it was never seen in a good session, whom it says.
bool name_by_credential(fleet::Credentials& credentials, std::uint32_t broker, std::string_view credential,
                        std::string_view says, How how, Diagnosis& out) {
  const fleet::Credentials::Owner* owner = credentials.owner(broker, credential);
  if (owner != nullptr && owner->shared) return false;
  if (owner == nullptr && !credentials.names_clients(broker)) return false;
  out.outside_device_id = owner != nullptr ? std::string_view(owner->id) : says;
  if (out.outside_device_id.empty()) return false;
  out.who = {how, Proof::none};
  out.identity_confidence = owner != nullptr ? kOwnedConfidence : kClaimedConfidence;
  return true;
}

bool is_exact(How how) noexcept {
  switch (how) {
    case How::session:
    case How::client_certificate:
    case How::psk:
    case How::broker_log: return true;
    case How::report:
    case How::inferred:
    case How::unknown: return false;
  }
  return false;
}

Inference judge_inference(const fleet::Failure& failure, const std::string& id) noexcept {
  if (!failure.inferred) return Inference::none;
  return failure.thought == id ? Inference::confirmed : Inference::refuted;
}

}  // namespace

void Pipeline::meet(fleet::Session& session, std::uint64_t now_unix_ns) {
  if (session.no_device() || session.device_id.empty()) return;
  if (session.met_as == session.device_id && !again_) return;
  const std::uint32_t broker = session.key.broker;
  if (!session.met_as.empty() && !again_) fleet_.disconnected(broker, session.met_as, now_unix_ns);
  session.met_as = session.device_id;
  const fleet::Arrival arrival{fleet::place_of(broker, session.peer), fleet::hello_id(session.ja4),
                               now_unix_ns};
  again_ ? fleet_.succeeded(broker, arrival.hello) : fleet_.connected(session.device_id, arrival);
  if (session.client_certificate && session.client_leaf) {
    const CertificateFacts& leaf = *session.client_leaf;
    credentials_.shown(broker, as_key(leaf.sha256), session.device_id);
    if (!leaf.common_name.empty()) credentials_.name_was(broker, leaf.common_name == session.device_id);
  }
  if (session.external_psk) {
    credentials_.shown(broker, session.psk_identity, session.device_id);
    credentials_.name_was(broker, session.psk_identity == session.device_id);
  }
}

void Pipeline::part_with(fleet::Session& session, std::uint64_t now_unix_ns) {
  if (!session.met_as.empty() && !again_)
    fleet_.disconnected(session.key.broker, session.met_as, now_unix_ns);
  session.met_as.clear();
}

fleet::Suspicion Pipeline::name_stranger(const fleet::Session& session, std::string_view psk_identity,
                                         std::uint64_t now_unix_ns, Diagnosis& out) {
  const std::uint32_t broker = session.key.broker;
  const auto& leaf = session.client_leaf;
  if (leaf && name_by_credential(credentials_, broker, as_key(leaf->sha256), leaf->common_name,
                                 How::client_certificate, out))
    return {};
  if (!psk_identity.empty() &&
      name_by_credential(credentials_, broker, psk_identity, psk_identity, How::psk, out))
    return {};
  const fleet::Suspicion suspicion =
      fleet_.suspect({fleet::place_of(broker, session.peer), fleet::hello_id(session.ja4), now_unix_ns});
  for (const fleet::Suspect& suspect : suspicion.likeliest) {
    if (out.outside_device_id.empty() && suspect.share >= fleet::kLikely) {
      out.outside_device_id = suspect.device->id;
      out.who = {How::inferred, Proof::none};
      out.identity_confidence = std::round(suspect.share * 1000) / 1000;
    } else if (out.outside_candidates.size() < kMaxCandidates) {
      out.outside_candidates.push_back(suspect.device->id);
    }
  }
  return suspicion;
}

void Pipeline::remember_failure(const fleet::Session& session, const Concluded& concluded,
                                const Diagnosis& diagnosis, fleet::CountedAs counted) {
  const std::uint64_t now_unix_ns = diagnosis.header.time_unix_ns;
  fleet::Failure failure;
  failure.session = session.key;
  failure.place = fleet::place_of(session.key.broker, session.peer);
  failure.hello = fleet::hello_id(session.ja4);
  failure.from_ns = session.first_seen_unix_ns != 0 ? session.first_seen_unix_ns : now_unix_ns;
  failure.to_ns = now_unix_ns;
  failure.symptoms = diagnose::KeptSymptoms(concluded.symptoms);
  failure.standing = concluded.standing;
  failure.thought = diagnosis.outside_device_id;
  failure.how = static_cast<std::uint8_t>(diagnosis.who.how);
  failure.confidence = diagnosis.identity_confidence;
  failure.inferred = diagnosis.who.how == How::inferred;
  failure.file = concluded.suspicion.file;
  if (failure.inferred) failure.by_odds = concluded.suspicion.by_odds;
  failure.crowd = concluded.suspicion.crowd;
  failure.counted = std::move(counted);
  again_ ? fleet_.recall(std::move(failure)) : fleet_.failed(std::move(failure));
}

std::uint32_t Pipeline::news_of(const Sender& sender, std::uint32_t broker, std::uint32_t era,
                                const report::ReportEntry& entry) {
  fleet::Device* const device = sender.relayed ? nullptr : fleet_.devices().find(broker, sender.id);
  if (device == nullptr || again_) return entry.count;
  for (fleet::Device::Told& told : device->told) {
    if (told.era != era || told.seq == 0) continue;
    if (entry.seq < told.seq) return 0;
    const std::uint32_t known = entry.seq == told.seq ? told.count : 0;
    if (entry.seq == told.seq && entry.count <= known) return 0;
    told = {era, entry.seq, entry.count};
    return entry.count - known;
  }
  std::rotate(device->told.begin(), device->told.end() - 1, device->told.end());
  device->told.front() = {era, entry.seq, entry.count};
  return entry.count;
}

void Pipeline::claim(const Context& context, const fleet::Match& match, Diagnosis& out) {
  const fleet::Device* const device = fleet_.devices().find(context.broker.index, out.outside_device_id);
  if (device == nullptr) return;
  if (match.failures.empty()) return fleet_.settle(*device, match);
  out.sessions.clear();
  out.sessions_failed = true;
  bool all_exact = true;
  How exact_how = How::report;
  for (const std::uint64_t number : match.failures) {
    const fleet::Failure& failure = *fleet_.ledger().find(number);
    if (out.sessions.size() < kMaxSessionsNamed)
      out.sessions.push_back(
          fleet::session_text({context.broker.name, failure.session.epoch}, failure.session.number));
    exact_how = static_cast<How>(failure.how);
    all_exact = all_exact && failure.thought == device->id && is_exact(exact_how);
    const Inference inference = judge_inference(failure, device->id);
    if (inference != Inference::none && out.inference != Inference::refuted) out.inference = inference;
  }
  fleet_.settle(*device, match);
  out.who.how = all_exact ? exact_how : How::report;
  out.identity_confidence = 1;
}

fleet::Match Pipeline::overhear(const Header& header, const fleet::Place& place, const DeviceSide& told,
                                Diagnosis& out) {
  if (!place.known()) return {};
  const std::uint64_t now = header.time_unix_ns;
  fleet::Match match = fleet_.match_at(
      place, now - std::min(now, kAtOnceNs), now + kAtOnceNs, [&](const fleet::Failure& failure) {
        return diagnose::fits(failure.symptoms.view(), told.symptoms, told.answer);
      });
  if (match.failures.empty()) {
    overheard_.open(place) = {told.symptoms, now, true};
    return match;
  }
  const fleet::Failure& failure = *fleet_.ledger().find(match.failures.front());
  out.sessions_failed = true;
  out.sessions = {fleet::session_text({header.broker, failure.session.epoch}, failure.session.number)};
  out.outside_device_id = failure.thought;
  if (!failure.thought.empty()) out.who = {How::inferred, Proof::none};
  out.identity_confidence = failure.confidence;
  return match;
}

const diagnose::DeviceSymptoms* Pipeline::heard_from(const fleet::Session& session,
                                                     const diagnose::BrokerSymptoms& seen,
                                                     std::uint64_t now_unix_ns) {
  Overheard* const said = overheard_.find(fleet::place_of(session.key.broker, session.peer));
  if (said == nullptr || !said->waits || now_unix_ns > said->at_unix_ns + kAtOnceNs) return nullptr;
  if (!diagnose::fits(seen, said->told, answer_to(said->told))) return nullptr;
  said->waits = false;
  return &said->told;
}

}  // namespace tlswatch::event
