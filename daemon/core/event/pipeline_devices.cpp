#include <algorithm>

#include "daemon/core/diagnose/fits.h"
#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/event/sender.h"
#include "daemon/core/report/report.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::event {
namespace {

/// 2024-01-01: older than any device that runs this. A clock that was never set stands near 1970, where its
/// system starts to count, or in 2000, as some real-time clocks do.
constexpr std::uint64_t kEarliestBelievableUnixS = 1'704'067'200;
/// 2106-02-07: a device counts seconds in 32 bits.
constexpr std::uint64_t kLatestBelievableUnixS = std::uint64_t{1} << 32;

/// A device counts whole seconds, and sends its report a moment after it has formatted it.
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kSharpBeforeNs = 5 * kSecond;
constexpr std::uint64_t kSharpAfterNs = 3 * kSecond;
/// A clock without NTP: how wrong it may be.
constexpr std::uint64_t kClockErrorNs = 15 * 60 * kSecond;

/// tlswatch/report/<client id>: the last level names the device.
std::string_view topic_id(std::string_view topic) noexcept {
  const std::size_t slash = topic.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : topic.substr(slash + 1);
}

std::string_view phase_name(device::Phase phase) noexcept {
  return device::kPhaseNames[static_cast<std::size_t>(phase)];
}

std::string report_message(const DeviceReport& e) {
  std::string out = "Device " + text::to_utf8(e.outside_device_id) + " reports ";
  out += e.name ? *e.name : "code " + std::to_string(e.code);
  out.append(" (").append(e.stack).append(" ") += std::to_string(e.code) + ")";
  if (e.count > 1) out += ", " + std::to_string(e.count) + " times";
  return out;
}

/// Where the clock was not set, how long ago it happened tells the time, if the device knew that.
std::optional<std::uint64_t> when(const report::ReportEntry& entry, std::uint64_t record_unix_ns) {
  if (entry.at_unix_s != 0) return entry.at_unix_s;
  const std::uint64_t now_s = record_unix_ns / 1'000'000'000;
  if (entry.ago_s && *entry.ago_s <= now_s) return now_s - *entry.ago_s;
  return std::nullopt;
}

DeviceReport make_entry(const report::Report& report, const report::ReportEntry& entry, const Sender& sender,
                        std::string_view topic, std::uint64_t time_unix_ns, const catalog::Answer& answer) {
  DeviceReport out;
  out.source = sender.source;
  out.outside_device_id = sender.id;
  out.era = report.era;
  out.seq = entry.seq;
  out.boot = report.boot;
  out.outside_firmware = report.firmware;
  out.outside_topic_id = topic_id(topic);
  out.relayed = sender.relayed;
  out.stack = catalog::stack_name(entry.stack);
  out.phase = phase_name(entry.phase);
  out.code = entry.code;
  out.detail = entry.detail;
  if (answer.known()) {
    out.name = answer.name;
    out.meaning = std::string(answer.meaning);
  }
  out.count = entry.count;
  out.at_unix_s = when(entry, time_unix_ns);
  out.heap = entry.heap_bytes;
  return out;
}

/// A report comes by a session that got through: what that one shows counts, too.
diagnose::DeviceSymptoms symptoms_of(const DeviceReport& line, const report::ReportEntry& entry,
                                     const fleet::Session* session) {
  diagnose::DeviceSymptoms out;
  out.stack = line.stack;
  out.phase = line.phase;
  out.code = line.code;
  out.detail = line.detail;
  out.clock_set = entry.at_unix_s >= kEarliestBelievableUnixS;
  out.count = entry.count;
  out.recovered = !line.relayed;
  if (session == nullptr) return out;
  out.now_cipher = session->cipher_suite;
  if (session->server_leaf) out.now_server_key = session->server_leaf->key_algorithm;
  return out;
}

/// A report that names another id than its sender's proves nothing about the sender's failures.
bool foreign_topic(const DeviceReport& e) noexcept {
  return !e.outside_topic_id.empty() && e.outside_topic_id != e.outside_device_id;
}

/// A report over a bridge, or about another id, says something about that device and proves nothing about it.
std::string_view reported_id(const DeviceReport& e) noexcept {
  const bool foreign = e.relayed && !e.outside_topic_id.empty();
  return foreign ? e.outside_topic_id : e.outside_device_id;
}

/// When the last failure of a row was, as well as the device could tell.
fleet::ReportedRow row_of(const report::ReportEntry& entry, std::uint64_t told_ns) {
  fleet::ReportedRow out;
  out.count = entry.count;
  out.last_to_ns = told_ns;
  out.reaches_broker = entry.phase == device::Phase::tls || entry.phase == device::Phase::mqtt;
  const auto minus = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
  if (entry.ago_s) {
    const std::uint64_t at = minus(told_ns, *entry.ago_s * kSecond);
    out.sharp = true;
    out.at_ns = at;
    out.last_from_ns = minus(at, kSharpBeforeNs);
    out.last_to_ns = std::min(told_ns, at + kSharpAfterNs);
  } else if (entry.at_unix_s >= kEarliestBelievableUnixS && entry.at_unix_s < kLatestBelievableUnixS) {
    const std::uint64_t at = entry.at_unix_s * kSecond;
    out.last_from_ns = minus(at, kClockErrorNs);
    out.last_to_ns = std::min(told_ns, at + kClockErrorNs);
  }
  return out;
}

}  // namespace

struct Pipeline::Entry {
  const report::ReportEntry& told;
  const Sender& sender;
  const fleet::Session* session;  ///< that brought it; null: not known
  std::uint64_t first_part;
  catalog::Answer answer;
  DeviceReport line;
  std::uint32_t news = 0;  ///< failures that it tells of for the first time
  DeviceSide device() const { return {symptoms_of(line, told, session), answer}; }
  bool own() const { return !foreign_topic(line) && !line.relayed; }
};

void Pipeline::on(const Context& context, const facts::DeviceReport& record) {
  if (!record.payload) {
    ++counters_.unreadable_reports;
    return;
  }
  const auto report = report::read_report(record.payload->bytes);
  if (!report) {
    ++counters_.unreadable_reports;
    const std::string who_sent = record.client_id ? " from " + text::to_utf8(record.client_id->text()) : "";
    notices_.push_back({true, "broker " + std::string(context.broker.name) + ": a device report" + who_sent +
                                  " cannot be read, ignoring: " + report.error().what});
    return;
  }
  counters_.unknown_entries += report->skipped_entries;
  const fleet::Session* session = known_session(context);
  const Sender sender =
      sender_of(record, session, session != nullptr ? who(context.broker, *session) : Who{});
  const std::string_view topic = record.topic ? record.topic->text() : std::string_view{};
  std::vector<Entry> entries;
  std::uint64_t first_part = 0;
  for (const report::ReportEntry& told : report->entries) {
    catalog::Answer answer = answer_to(told.code, told.stack, told.detail);
    DeviceReport line = make_entry(*report, told, sender, topic, context.record.time_unix_ns, answer);
    const std::uint32_t news = news_of(sender, context.broker.index, line.era, told);
    if (news != 0)
      entries.push_back({told, sender, session, first_part, std::move(answer), std::move(line), news});
    if (news == 0) ++counters_.repeated_entries;
    first_part += part::kReportStride;
  }
  const std::vector<fleet::Match> matches = match_entries(context, sender, entries);
  for (std::size_t i = 0; i < entries.size(); ++i) take_entry(context, entries[i], matches[i]);
}

std::vector<fleet::Match> Pipeline::match_entries(const Context& context, const Sender& sender,
                                                  const std::vector<Entry>& entries) {
  fleet::Device* const device = fleet_.devices().find(context.broker.index, sender.id);
  const bool own = std::ranges::all_of(entries, &Entry::own);
  if (device == nullptr || !own) return std::vector<fleet::Match>(entries.size());
  std::vector<fleet::ReportedRow> rows;
  for (const Entry& entry : entries) {
    rows.push_back(row_of(entry.told, context.record.time_unix_ns));
    rows.back().fits = [device = entry.device()](const fleet::Failure& failure) {
      return diagnose::fits(failure.symptoms.view(), device.symptoms, device.answer);
    };
  }
  return fleet_.match(*device, rows);
}

void Pipeline::take_entry(const Context& context, Entry& e, const fleet::Match& match) {
  e.line.session = context.session();
  e.line.header = context.header(Outcome::failure, report_message(e.line), e.first_part);
  context.emit(e.line);

  Diagnosis out;
  if (!e.line.session.empty()) out.sessions.push_back(e.line.session);
  out.outside_device_id = reported_id(e.line);
  out.source = e.sender.source;
  out.who = e.line.relayed ? Who{How::unknown, Proof::none} : e.sender.who;
  out.identity_confidence = out.who.how == How::unknown ? 0 : 1;
  DeviceSide device = e.device();
  device.symptoms.unseen = match.unseen;
  claim(context, match, out);
  const fleet::Failure* const last =
      match.failures.empty() ? nullptr : fleet_.ledger().find(match.failures.back());
  const diagnose::Rule* const rule = conclude(last, &device, out);
  out.header = context.header(Outcome::failure, diagnosis_message(out), e.first_part + part::kDiagnosis);
  const Header first = context.header(Outcome::failure, {});
  LinesOut lines{first, context.emit, e.first_part + part::kDiagnosis + 1};
  if (last != nullptr) {
    recount(match.failures, lines, out);
  } else if (!e.own() || e.session == nullptr || (rule != nullptr && rule->benign)) {
    context.emit(out);
  } else {
    // No session of the broker's is known to be it: what the device counted is taken as told.
    fleet::CountedAs as = counted_as(*e.session, out);
    as.subject = std::string(e.line.stack) + " " + std::to_string(e.line.code);
    out.listener_port = as.port;
    count(as, e.news, lines, out);
  }
  if (e.own() && e.session != nullptr) recover(*e.session, lines);
}

}  // namespace tlswatch::event
