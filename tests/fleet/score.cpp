#include "score.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace tlswatch::fleet_sim {
namespace {

Level level_of(event::How how) noexcept {
  switch (how) {
    case event::How::session:
    case event::How::client_certificate:
    case event::How::psk:
    case event::How::broker_log: return Level::exact;
    case event::How::report: return Level::confirmed;
    case event::How::inferred: return Level::inferred;
    case event::How::unknown: return Level::unknown;
  }
  return Level::unknown;
}

template <typename Statement>
void count(Tally& tally, const Statement& statement, bool outsider) {
  ++tally.statements;
  tally.right += statement.right ? 1U : 0U;
  tally.other_name += statement.other_name ? 1U : 0U;
  tally.among_five += statement.among_five ? 1U : 0U;
  tally.outsiders += outsider ? 1U : 0U;
}

std::size_t decile_at(double confidence) noexcept {
  return static_cast<std::size_t>(std::clamp(confidence * kDeciles, 0.0, kDeciles - 1.0));
}

void pool(Tally& into, const Tally& run) {
  into.statements += run.statements;
  into.right += run.right;
  into.other_name += run.other_name;
  into.outsiders += run.outsiders;
  into.among_five += run.among_five;
}

}  // namespace

Decile decile_of(const std::vector<Cluster>& clusters) {
  Decile out;
  std::uint64_t right = 0;
  double confidence = 0;
  for (const Cluster& cluster : clusters) {
    out.count += cluster.count;
    right += cluster.right;
    confidence += cluster.confidence;
  }
  out.devices = clusters.size();
  if (out.count == 0) return out;
  const auto all = static_cast<double>(out.count);
  out.share = static_cast<double>(right) / all;
  out.confidence = confidence / all;
  double squares = 0;
  for (const Cluster& cluster : clusters) {
    const double off = static_cast<double>(cluster.right) - out.share * static_cast<double>(cluster.count);
    squares += off * off;
  }
  // Where all were alike, one device more that is not is what could have been missed.
  const double one_device = all / static_cast<double>(out.devices);
  out.standard_error = std::max(std::sqrt(squares), one_device) / all;
  return out;
}

void pool(Result& into, const Result& run) {
  into.failed += run.failed;
  into.folded += run.folded;
  for (std::size_t i = 0; i < kLevels; ++i) {
    pool(into.first[i], run.first[i]);
    pool(into.last[i], run.last[i]);
    into.folded_right[i] += run.folded_right[i];
  }
  pool(into.sure_first, run.sure_first);
  pool(into.sure_last, run.sure_last);
  pool(into.identified, run.identified);
  pool(into.elsewhere, run.elsewhere);
  into.outsiders += run.outsiders;
  into.outsiders_named_first += run.outsiders_named_first;
  into.outsiders_named_last += run.outsiders_named_last;
  into.confirmed += run.confirmed;
  into.refuted += run.refuted;
  for (std::size_t i = 0; i < kDeciles; ++i) {
    into.clusters[i].insert(into.clusters[i].end(), run.clusters[i].begin(), run.clusters[i].end());
  }
}

std::uint64_t session_number(std::string_view session) noexcept {
  const std::size_t colon = session.rfind(':');
  if (colon == std::string_view::npos) return 0;
  std::uint64_t out = 0;
  const char* const end = session.data() + session.size();
  const auto [at, error] = std::from_chars(session.data() + colon + 1, end, out);
  return error == std::errc{} && at == end ? out : 0;
}

void Score::take(const event::Event& event) {
  if (const auto* identified = std::get_if<event::MqttIdentified>(&event)) take(*identified);
  if (const auto* diagnosis = std::get_if<event::Diagnosis>(&event)) take(*diagnosis);
}

void Score::take(const event::MqttIdentified& event) {
  const Ledger::Session* session = ledger_.session(session_number(event.session));
  const auto id = ledger_.id(event.outside_device_id);
  Statement out;
  if (session != nullptr && id && session->device == id->device) {
    out.right = session->id == id->number;  // its own CONNECT has just said so
    out.other_name = !out.right;
  }
  out.among_five = out.right;
  count(so_far_.identified, out, session != nullptr && session->device == kNobody);
}

Score::Statement Score::judge(const event::Diagnosis& event, const Ledger::Session& session) const {
  Statement out;
  out.confidence = event.identity_confidence;
  const auto is_it = [&](std::string_view text) {
    const auto id = ledger_.id(text);
    return id && id->device == session.device;
  };
  if (!event.outside_device_id.empty()) {
    out.level = level_of(event.who.how);
    const auto id = ledger_.id(event.outside_device_id);
    out.right = is_it(event.outside_device_id);
    out.other_name = out.right && id->number != session.id;
  }
  if (out.level == Level::unknown) out.right = out.other_name = false;
  out.among_five = out.right || std::ranges::any_of(event.outside_candidates, is_it);
  return out;
}

void Score::take(const event::Diagnosis& event) {
  so_far_.confirmed += event.inference == event::Inference::confirmed ? 1U : 0U;
  so_far_.refuted += event.inference == event::Inference::refuted ? 1U : 0U;
  for (const std::string& name : event.sessions) {
    const std::uint64_t number = session_number(name);
    const Ledger::Session* session = ledger_.session(number);
    if (session == nullptr) continue;
    const Statement said = judge(event, *session);
    if (!session->failed && session->device != kNobody) {
      if (said.level <= Level::confirmed) count(so_far_.elsewhere, said, false);
      continue;
    }
    const auto [told, is_first] = told_.try_emplace(number);
    if (is_first) told->second.first = said;
    told->second.last = said;
  }
}

Result Score::result() const {
  Result out = so_far_;
  std::array<std::map<std::uint64_t, Cluster>, kDeciles> clusters;
  std::unordered_map<std::uint32_t, Statement> latest;  // by device; numbers grow with time
  for (std::uint64_t number = 1; number <= ledger_.sessions(); ++number) {
    const Ledger::Session& session = *ledger_.session(number);
    const auto told = told_.find(number);
    const bool outsider = session.device == kNobody;
    if (outsider) ++out.outsiders;
    if (!outsider && !session.failed) continue;
    if (!outsider) ++out.failed;
    if (told == told_.end()) {
      if (outsider) continue;
      ++out.folded;
      const auto before = latest.find(session.device);
      if (before != latest.end() && before->second.right) {
        ++out.folded_right[static_cast<std::size_t>(before->second.level)];
      }
      continue;
    }
    const auto& [first, last] = told->second;
    latest[session.device] = last;
    out.outsiders_named_first += outsider && first.level != Level::unknown ? 1U : 0U;
    out.outsiders_named_last += outsider && last.level != Level::unknown ? 1U : 0U;
    if (outsider && first.level == Level::unknown && last.level == Level::unknown) continue;
    // An outsider that is given a device's name is a wrong statement of that level.
    if (!outsider || first.level != Level::unknown) {
      count(out.first[static_cast<std::size_t>(first.level)], first, outsider);
    }
    if (!outsider || last.level != Level::unknown) {
      count(out.last[static_cast<std::size_t>(last.level)], last, outsider);
    }
    if (last.level == Level::inferred && last.confidence >= kSure) count(out.sure_last, last, outsider);
    if (first.level != Level::inferred) continue;
    if (first.confidence >= kSure) count(out.sure_first, first, outsider);
    // Each session of an outsider is a draw of its own.
    Cluster& cluster = clusters[decile_at(first.confidence)][outsider ? number << 32 : session.device];
    ++cluster.count;
    cluster.right += first.right ? 1U : 0U;
    cluster.confidence += first.confidence;
  }
  for (std::size_t i = 0; i < kDeciles; ++i) {
    for (const auto& [whose, cluster] : clusters[i]) out.clusters[i].push_back(cluster);
  }
  return out;
}

}  // namespace tlswatch::fleet_sim
