#include "story.h"

#include <cstdio>
#include <cstdlib>

#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/x509/sha256.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::uint64_t time_at(int at_s) {
  return kTime + static_cast<std::uint64_t>(at_s) * kSecond;
}

event::Pipeline::Settings settings(const policy::Profiles& profiles, const diagnose::Knowledge& knowledge) {
  event::Pipeline::Settings out;
  out.profiles = &profiles;
  out.knowledge = &knowledge;
  out.tools.sha256 = x509::sha256;
  out.folded_too = true;
  return out;
}

template <typename T>
T loaded(Result<T, config::Errors> result) {
  if (!result) std::abort();  // other tests say what is wrong with the shipped files
  return std::move(*result);
}

std::string_view how_name(event::How how) {
  switch (how) {
    case event::How::session: return "session";
    case event::How::client_certificate: return "certificate";
    case event::How::psk: return "psk";
    case event::How::broker_log: return "log";
    case event::How::report: return "report";
    case event::How::inferred: return "inferred";
    case event::How::unknown: return "unknown";
  }
  return "?";
}

std::string numbers(const std::vector<std::string>& sessions) {
  std::string out;
  for (const std::string& session : sessions) {
    if (!out.empty()) out += ",";
    out += "s" + session.substr(session.rfind(':') + 1);
  }
  return out;
}

}  // namespace

Story::Story()
    : profiles_(loaded(config::load_profiles({TLSWATCH_SHIPPED_PROFILES}))),
      knowledge_(loaded(config::load_knowledge({TLSWATCH_SHIPPED_KNOWLEDGE}))),
      pipeline_(settings(profiles_, knowledge_)) {}

void Story::take(Draft& draft) {
  pipeline_.take(broker_, 0x77, draft.record(++sequence_), [this](const event::Event& e) { note(e); });
}

void Story::note(const event::Event& e) {
  if (listener_) listener_(e);
  metrics_.count(e);
  if (const auto* d = std::get_if<event::Diagnosis>(&e); d != nullptr && !d->folded) {
    std::string line = numbers(d->sessions) + " ";
    line += d->outside_device_id.empty() ? "nobody" : d->outside_device_id;
    line.append(" (").append(how_name(d->who.how)).append("): ").append(d->cause);
    if (d->inference == event::Inference::confirmed) line += ", confirmed";
    if (d->inference == event::Inference::refuted) line += ", refuted";
    if (d->count > 1) line += ", " + std::to_string(d->count) + " times";
    diagnoses_.push_back(line);
  }
  if (const auto* i = std::get_if<event::Incident>(&e)) {
    static constexpr const char* kSteps[] = {"none", "opened", "reopened", "resolved"};
    const auto [name, fresh] = names_.try_emplace(i->incident, "i" + std::to_string(names_.size() + 1));
    std::string line = name->second + " " + kSteps[static_cast<int>(i->step)] + ": ";
    line.append(i->cause).append(", ") += std::to_string(i->devices) + " devices, ";
    line += std::to_string(i->failures) + " failures";
    if (!i->merged_into.empty()) line += ", merged";
    incidents_.push_back(line);
  }
}

Story& Story::connects(const Visit& visit, std::string_view id) {
  Draft handshake(wire::RecordType::handshake, visit.session, time_at(visit.at_s));
  handshake.address(wire::Section::peer_address, {10, 0, 0, visit.house}, 41000).local().role();
  handshake.outcome({.suite = visit.suite}).timing(5'000'000, 4'000'000);
  handshake.bytes(wire::Section::client_hello, client_hello({.suites = {visit.suite}}));
  take(handshake);
  Draft identified(wire::RecordType::identified, visit.session, time_at(visit.at_s));
  identified.role().identity(wire::Evidence::ex_data).text(wire::Section::client_id, id);
  take(identified);
  return *this;
}

Story& Story::leaves(const Visit& visit, std::string_view id) {
  Draft end(wire::RecordType::session_end, visit.session, time_at(visit.at_s));
  end.address(wire::Section::peer_address, {10, 0, 0, visit.house}, 41000).role();
  end.identity(wire::Evidence::ex_data).text(wire::Section::client_id, id).disconnect(0);
  take(end);
  return *this;
}

Story& Story::fails(const Visit& visit, Way way) {
  Draft draft(wire::RecordType::handshake, visit.session, time_at(visit.at_s));
  draft.address(wire::Section::peer_address, {10, 0, 0, visit.house}, 42000).local().role();
  draft.timing(900'000'000, 800'000'000).tcp(8);
  const auto hello = client_hello({.suites = {visit.suite}});
  switch (way) {
    case Way::silence:
      draft.failed(wire::Stage::certificate_sent).bytes(wire::Section::client_hello, hello);
      draft.openssl(0x0A000126, "unexpected eof while reading").alert(wire::Direction::sent, 2, 50);
      break;
    case Way::no_shared_cipher:
      draft.failed(wire::Stage::client_hello).bytes(wire::Section::client_hello, hello);
      draft.openssl(0x0A0000C1, "no shared cipher").alert(wire::Direction::sent, 2, 40);
      break;
    case Way::no_certificate:
      draft.failed(wire::Stage::client_certificate).bytes(wire::Section::client_hello, hello);
      draft.openssl(0x0A0000C7, "peer did not return a certificate").alert(wire::Direction::sent, 2, 40);
      break;
    case Way::plain_mqtt:
      draft.failed(wire::Stage::connected).openssl(0x0A00010B, "wrong version number");
      draft.text(wire::Section::first_bytes, {"\x10\x10\x00\x04M", 5});
      break;
    case Way::http:
      draft.failed(wire::Stage::connected).openssl(0x0A00009C, "http request");
      draft.text(wire::Section::first_bytes, "GET /");
      break;
  }
  take(draft);
  return *this;
}

Story& Story::reports(const Visit& visit, std::string_view id, const Told& told) {
  std::string ago;
  if (told.ago_s >= 0) ago = ",\"ago\":" + std::to_string(told.ago_s);
  std::array<char, 256> payload{};
  std::snprintf(payload.data(), payload.size(),
                R"({"v":1,"era":%u,"boot":3,"fw":"14.2","up":5,"errs":[{"s":"%s","seq":%u,"ph":"tls",)"
                R"("c":%d,"d":0,"n":%d,"t":0%s}]})",
                told.era, std::string(told.stack).c_str(), told.seq, told.code, told.count, ago.c_str());
  Draft draft(wire::RecordType::device_report, visit.session, time_at(visit.at_s));
  draft.identity(wire::Evidence::ex_data).text(wire::Section::client_id, id);
  const std::string topic_id(told.topic_id.empty() ? id : told.topic_id);
  draft.text(wire::Section::topic, "tlswatch/report/" + topic_id)
      .text(wire::Section::payload, payload.data());
  take(draft);
  return *this;
}

Story& Story::says(int at_s, int house, std::string_view line) {
  facts::Address from;
  from.bytes = {10, 0, 0, static_cast<std::uint8_t>(house)};
  from.size = 4;
  pipeline_.take_syslog(broker_, {"edge-1/syslog", 1, ++sequence_}, time_at(at_s), from,
                        "<134>plug ESP-" + std::string(line), [this](const event::Event& e) { note(e); });
  return *this;
}

Story& Story::loses_events(int at_s) {
  pipeline_.lost(broker_, 0x77, sequence_ + 1, sequence_ + 5, time_at(at_s), [](const event::Event&) {});
  sequence_ += 5;
  return *this;
}

}  // namespace tlswatch::test
