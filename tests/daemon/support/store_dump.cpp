#include "store_dump.h"

#include <gtest/gtest.h>

#include <sstream>

#include "daemon/store/reader.h"

namespace tlswatch::test {
namespace {

template <typename T>
T got(Result<T, std::string> answer) {
  EXPECT_TRUE(answer.ok()) << answer.error();
  return answer.ok() ? std::move(*answer) : T{};
}

void dump(std::ostream& out, const store::SessionRow& s) {
  out << "  session " << s.id << " how " << s.identity_how << " from " << s.started_ns << " to " << s.ended_ns
      << " at " << s.ip << ":" << s.port << (s.established ? " established " : " failed at ") << s.stage
      << " " << s.tls.cipher << " " << s.end_reason << " " << s.bytes_in << "/" << s.bytes_out << " cause "
      << s.cause << "\n";
}

void dump(std::ostream& out, const store::LineRow& line) {
  out << "  line " << line.action << " " << line.session << " " << line.json << "\n";
}

}  // namespace

std::string dump_store(const std::string& file) {
  auto opened = store::Reader::open(file);
  EXPECT_TRUE(opened.ok()) << opened.error();
  if (!opened) return {};
  store::Reader& reader = *opened;
  std::ostringstream out;
  const store::Totals totals = got(reader.totals());
  out << totals.devices << " devices, " << totals.connected << " connected, " << totals.failing
      << " failing, " << totals.open_incidents << " open incidents\n";
  for (const store::DeviceRow& d : got(reader.devices({}, store::kMaxPage)).rows) {
    out << "device " << d.outside_id << " state " << static_cast<int>(d.state) << " seen " << d.first_seen_ns
        << " to " << d.last_seen_ns << " good " << d.last_success_ns << " bad " << d.last_failure_ns
        << " sessions " << d.sessions << " failures " << d.failures << " at " << d.ip << " cause " << d.cause
        << " in " << d.incident << " firmware " << d.outside_firmware << "\n";
    for (const store::SessionRow& s : got(reader.sessions(d.broker, d.outside_id, store::kMaxPage)))
      dump(out, s);
    for (const store::LineRow& line : got(reader.lines(d.broker, d.outside_id, store::kMaxPage)))
      dump(out, line);
  }
  for (const store::SessionRow& s : got(reader.sessions_at("edge-1", "10.0.0.7", store::kMaxPage)))
    dump(out, s);
  for (const store::IncidentRow& i : got(reader.incidents({}, store::kMaxPage)).rows) {
    out << "incident " << i.id << " " << i.cause << (i.open ? " open" : " over at ") << i.resolved_ns
        << " devices " << i.devices << " failures " << i.failures << " reopened " << i.reopened << " last "
        << i.last_seen_ns << "\n";
    for (const store::VictimRow& v : got(reader.victims(i.id, store::kMaxPage)))
      out << "  victim " << v.outside_device_id << " at " << v.ip << " failures " << v.failures
          << (v.failing ? " failing\n" : "\n");
    for (const store::LineRow& line : got(reader.incident_lines(i.id, store::kMaxPage))) dump(out, line);
  }
  for (const store::HourRow& h : got(reader.hours(0)))
    out << "hour " << h.from_ns << " " << h.cause << " " << h.count << "\n";
  for (const store::ComplianceRow& c : got(reader.compliance()))
    out << "compliance " << c.profile << " " << c.requirement << " " << c.value << " " << c.devices << "\n";
  return out.str();
}

}  // namespace tlswatch::test
