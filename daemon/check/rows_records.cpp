#include <algorithm>

#include "daemon/check/rows.h"

namespace tlswatch::check {
namespace {

using catalog::Cause;

bool allows(const std::vector<std::uint16_t>& list, std::uint16_t value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

/// "longest record 844; of a long message 1024": the latter has kEchoBytes.
std::string records(const Attempt& attempt) {
  std::string out = "longest record " + std::to_string(longest_record(attempt, attempt.in_handshake));
  const std::uint32_t data = longest_record(attempt, attempt.in_data);
  if (attempt.mqtt == Mqtt::delivered) return out + "; of a long message " + std::to_string(data);
  if (data != 0) out += "; behind the handshake " + std::to_string(data);
  return out;
}

std::uint32_t longest(const Attempt& attempt) {
  return std::max(longest_record(attempt, attempt.in_handshake), longest_record(attempt, attempt.in_data));
}

}  // namespace

Row mfln(const View& view, std::size_t version_index, std::size_t size_index) {
  const std::uint16_t version = kMflnVersions[version_index];
  const std::uint16_t size = kMflnSizes[size_index];
  const Attempt& attempt = view.seen.mfln[version_index][size_index];
  const bool used = allows(view.profile().versions, version) && allows(view.profile().mfln, size);
  const bool needed = used && view.profile().mfln_required && size == view.seen.asked_mfln;
  const std::string wanted = needed ? "agreed, and kept"
                             : used ? "kept where agreed"
                                    : "not used by this profile";

  if (attempt.heard.version != version) {
    if (attempt.end == End::not_tried) {
      if (view.seen.shown == nullptr || view.seen.gave_up) return unknown(wanted, "not tried");
      const std::string seen = version_text(version) + " is not taken";  // no loss but where it is needed
      return needed ? unknown(wanted, seen) : ok(wanted, seen);
    }
    return used ? unknown(wanted, end_text(attempt)) : ok(wanted, end_text(attempt));
  }
  const std::uint16_t echoed = attempt.heard.mfln_echoed;
  if (attempt.heard.bad_mfln || (echoed != 0 && echoed != size)) {
    const std::string seen = "answered with " + (echoed == 0 ? "no size at all" : std::to_string(echoed));
    return used ? bad(wanted, seen, Cause::mfln_not_negotiated) : ok(wanted, seen);
  }
  if (echoed == 0) {
    const std::string seen = "not agreed, " + records(attempt);
    return needed ? bad(wanted, seen, Cause::mfln_not_negotiated) : ok(wanted, seen);
  }
  const std::string seen = "agreed, " + records(attempt);
  if (longest(attempt) <= size) return ok(wanted, seen);
  return used ? bad(wanted, seen, Cause::mfln_not_honoured) : ok(wanted, seen);
}

Row record_size(const View& view) {
  const Attempt& device = view.seen.device;
  const bool known = longest(device) != 0;
  Row row = by_rule(view, "record-size", known ? records(device) : "", Cause::record_too_large);
  if (row.state == State::bad) {
    row.seen = records(device);
    // Agreed and not kept is another fault than never agreed.
    if (view.facts.mfln_negotiated && view.facts.mfln_honoured == false) row.cause = Cause::mfln_not_honoured;
    return row;
  }
  if (row.state == State::ok && view.profile().buffer_bytes && device.mqtt != Mqtt::delivered)
    return unknown(row.wanted, row.seen + "; no long message came, which takes a login");
  return row;
}

}  // namespace tlswatch::check
