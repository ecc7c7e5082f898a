#include <algorithm>
#include <functional>

#include "daemon/core/text/utf8.h"
#include "daemon/store/limits.h"
#include "daemon/store/reader_impl.h"

// Lists of devices, and one device.
namespace tlswatch::store {
namespace {

/// Devices that one condition may leave to be looked at one by one. Where each leaves more, they are so many
/// that those to be shown are found soon in the order of the list.
constexpr std::size_t kMaxLookedAt = 10'000;
constexpr std::size_t kMaxTrigrams = 16;
constexpr std::size_t kTrigram = 3;

/// Brief: what a device is found and ordered by.
struct Brief {
  std::int64_t id = 0;
  bool failing = false;
  std::uint64_t last_seen_ns = 0;
};
#define TLSWATCH_STORE_BRIEF "id, failing, last_seen, broker, cause, profile, name, ip"

/// A question for each trigram of the text; empty where it has none.
std::string match_of(std::string_view search) {
  std::vector<std::size_t> starts;  // of its characters
  for (std::size_t i = 0; i < search.size(); ++i) {
    if ((static_cast<unsigned char>(search[i]) & 0xC0U) != 0x80U) starts.push_back(i);
  }
  starts.push_back(search.size());
  std::string out;
  const std::size_t last = std::min(starts.size(), kMaxTrigrams + kTrigram);
  for (std::size_t i = 0; i + kTrigram < last; ++i) {
    out += out.empty() ? "\"" : " AND \"";
    for (const char c : search.substr(starts[i], starts[i + kTrigram] - starts[i]))
      out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  return out;
}

/// The first text behind all that begin with this one.
std::string behind(std::string text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) == 0xFF) text.pop_back();
  if (!text.empty()) text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

/// Finder: the devices that a filter asks for, in the list's order.
class Finder {
 public:
  Finder(Database& database, const Words& words, const Filter& filter)
      : database_(database), filter_(filter), search_(text::to_utf8(filter.search, kMaxDeviceId)) {
    known_ = word(words, filter.broker, broker_) && word(words, filter.cause, cause_) &&
             word(words, filter.profile, profile_);
  }

  std::vector<Brief> find(std::size_t limit, const std::optional<ListPlace>& after) {
    if (!known_) return {};
    if (auto few = candidates()) return in_order(*few, limit, after);
    return walk(limit, after);
  }

 private:
  static bool word(const Words& words, std::string_view text, WordId& out) {
    if (text.empty()) return true;
    const auto id = words.find(text);
    out = id.value_or(0);
    return id.has_value();
  }

  /// The devices of the narrowest condition; nothing where each of them leaves too many.
  std::optional<std::vector<std::int64_t>> candidates() {
    if (!search_.empty()) {
      if (auto found = searched()) return found;
    }
    if (cause_ != 0) {
      if (auto found =
              few(database_.sql("SELECT id FROM device WHERE cause = ? AND cause <> 0").with(cause_)))
        return found;
    }
    if (broker_ != 0) return few(database_.sql("SELECT id FROM device WHERE broker = ?").with(broker_));
    return std::nullopt;
  }

  std::optional<std::vector<std::int64_t>> few(Statement& statement) {
    std::vector<std::int64_t> out;
    while (out.size() <= kMaxLookedAt && statement.next()) out.push_back(statement.integer(0));
    statement.reset();
    if (out.size() > kMaxLookedAt) return std::nullopt;
    return out;
  }

  /// By a part of the id, or its beginning where it is too short for that, or by the address's.
  std::optional<std::vector<std::int64_t>> searched() {
    const std::string match = match_of(search_);
    auto out =
        match.empty()
            ? few(database_.sql("SELECT id FROM device WHERE name >= ? AND name < ?")
                      .with(Bytes{search_}, Bytes{behind(search_)}))
            : few(database_.sql("SELECT rowid FROM device_text WHERE device_text MATCH ?").with(match));
    if (!out) return out;
    const auto there =
        few(database_.sql("SELECT id FROM device WHERE ip >= ? AND ip < ?").with(search_, behind(search_)));
    if (!there) return there;
    out->insert(out->end(), there->begin(), there->end());
    std::ranges::sort(*out);
    out->erase(std::unique(out->begin(), out->end()), out->end());
    return out;
  }

  bool fits(const Statement& row) const {
    if (filter_.open_only && !row.get<bool>(1)) return false;
    if (row.get<std::uint64_t>(2) < filter_.since_ns) return false;
    if (broker_ != 0 && row.get<WordId>(3) != broker_) return false;
    if (cause_ != 0 && row.get<WordId>(4) != cause_) return false;
    if (profile_ != 0 && row.get<WordId>(5) != profile_) return false;
    if (search_.empty()) return true;
    return has_part(text::to_utf8(row.bytes(6), 2 * kMaxDeviceId), search_) ||
           row.bytes(7).starts_with(search_);
  }

  std::vector<Brief> in_order(const std::vector<std::int64_t>& ids, std::size_t limit,
                              const std::optional<ListPlace>& after) {
    const auto key = [](const Brief& b) { return std::tuple(!b.failing, ~b.last_seen_ns, b.id); };
    std::vector<Brief> out;
    for (const std::int64_t id : ids) {
      Statement& row = database_.sql("SELECT " TLSWATCH_STORE_BRIEF " FROM device WHERE id = ?").with(id);
      if (!row.next() || !fits(row)) continue;
      const Brief brief{id, row.get<bool>(1), row.get<std::uint64_t>(2)};
      if (!after || key(brief) > key({after->id, after->first, after->at_ns})) out.push_back(brief);
      row.reset();
    }
    std::ranges::sort(out, {}, key);
    if (out.size() > limit) out.resize(limit);
    return out;
  }

  std::vector<Brief> walk(std::size_t limit, const std::optional<ListPlace>& after) {
    std::vector<Brief> out;
    for (const bool failing : {true, false}) {
      if (!failing && filter_.open_only) break;
      if (after && failing && !after->first) continue;
      const bool from_place = after && after->first == failing;
      const std::uint64_t to = from_place ? after->at_ns : UINT64_MAX >> 1;
      const std::int64_t id = from_place ? after->id : -1;
      Statement& row =
          profile_ == 0
              ? database_.sql(
                    "SELECT " TLSWATCH_STORE_BRIEF
                    " FROM device INDEXED BY device_order WHERE failing = ?1 AND last_seen <= ?2 AND "
                    "last_seen >= ?3 AND ?4 = 0 ORDER BY last_seen DESC, id")
              : database_.sql(
                    "SELECT " TLSWATCH_STORE_BRIEF
                    " FROM device INDEXED BY device_profile WHERE profile = ?4 AND failing = ?1 AND "
                    "last_seen <= ?2 AND last_seen >= ?3 ORDER BY last_seen DESC, id");
      row.with(failing, to, filter_.since_ns, profile_);
      while (out.size() < limit && row.next()) {
        const Brief brief{row.integer(0), failing, row.get<std::uint64_t>(2)};
        if (from_place && brief.last_seen_ns == to && brief.id <= id) continue;
        if (fits(row)) out.push_back(brief);
      }
      row.reset();
    }
    return out;
  }

  Database& database_;
  const Filter& filter_;
  std::string search_;
  WordId broker_ = 0, cause_ = 0, profile_ = 0;
  bool known_ = true;
};

}  // namespace

DeviceRow Reader::Impl::to_row(const DeviceRecord& d) {
  DeviceRow out;
  out.broker = words.text(d.broker);
  out.outside_id = d.name;
  out.state = d.failing ? DeviceState::failing : d.connected() ? DeviceState::connected : DeviceState::gone;
  out.first_seen_ns = d.first_seen_ns;
  out.last_seen_ns = d.last_seen_ns;
  out.last_success_ns = d.last_success_ns;
  out.last_failure_ns = d.last_failure_ns;
  out.sessions = d.sessions;
  out.failures = d.failures;
  out.ip = d.ip;
  out.ja4 = d.ja4;
  out.outside_firmware = d.firmware;
  out.tls = to_tls(d.facts, words);
  out.policy = to_policy(d.facts, words);
  out.cause = words.text(d.cause);
  out.incident = incident_name(d.incident);
  return out;
}

Reader::Answer<Page<DeviceRow>> Reader::devices(const Filter& filter, std::size_t limit,
                                                std::string_view after) {
  const auto place = to_place(after);
  if (!after.empty() && !place) return std::string("this list has no such place; begin it anew");
  limit = std::clamp<std::size_t>(limit, 1, kMaxPage);
  return impl_->answer<Page<DeviceRow>>([&](Page<DeviceRow>& out) {
    std::vector<Brief> found = Finder(impl_->database, impl_->words, filter).find(limit + 1, place);
    if (found.size() > limit) {
      const Brief& last = found[limit - 1];
      out.next = to_text({last.failing, last.last_seen_ns, last.id});
      found.resize(limit);
    }
    for (const Brief& brief : found) {
      Statement& row =
          impl_->database.sql("SELECT " TLSWATCH_STORE_DEVICE " FROM device WHERE id = ?").with(brief.id);
      if (row.next()) out.rows.push_back(impl_->to_row(read_device(row)));
      row.reset();
    }
  });
}

Reader::Answer<std::vector<DeviceRow>> Reader::device(std::string_view id, std::string_view broker) {
  return impl_->answer<std::vector<DeviceRow>>([&](std::vector<DeviceRow>& out) {
    Statement& row =
        impl_->database.sql("SELECT " TLSWATCH_STORE_DEVICE " FROM device WHERE name = ?").with(Bytes{id});
    while (row.next()) {
      DeviceRow device = impl_->to_row(read_device(row));
      if (broker.empty() || device.broker == broker) out.push_back(std::move(device));
    }
    row.reset();
  });
}

}  // namespace tlswatch::store
