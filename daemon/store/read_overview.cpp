#include "daemon/store/limits.h"
#include "daemon/store/reader_impl.h"

// The fleet as a whole.
namespace tlswatch::store {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

}  // namespace

Reader::Answer<Totals> Reader::totals() {
  return impl_->answer<Totals>([&](Totals& out) {
    Database& database = impl_->database;
    Statement& counter = database.sql("SELECT key, value FROM meta").with();
    while (counter.next()) {
      const std::string_view key = counter.bytes(0);
      if (key == "devices") out.devices = counter.get<std::uint64_t>(1);
      if (key == "connected") out.connected = counter.get<std::uint64_t>(1);
      if (key == "failing") out.failing = counter.get<std::uint64_t>(1);
    }
    counter.reset();
    const auto number = [&](const char* sql) { return static_cast<std::uint64_t>(database.number(sql)); };
    out.out_of_policy = number(
        "SELECT sum(devices) FROM compliance WHERE value = 'violation' AND requirement = "
        "(SELECT id FROM word WHERE text = 'verdict')");
    out.open_incidents = number("SELECT count(*) FROM incident WHERE open = 1");
    out.newest_ns = number("SELECT max(at) FROM position");
    out.oldest_ns = number("SELECT at FROM line ORDER BY id LIMIT 1");
    Statement& ring = database.sql("SELECT id FROM ring").with();
    while (ring.next()) {
      const std::int64_t from = ring.integer(0) << kSessionBits;
      Statement& first =
          database.sql("SELECT started FROM session WHERE id >= ? AND id < ? ORDER BY id LIMIT 1")
              .with(from, from + (std::int64_t{1} << kSessionBits));
      if (first.next()) {
        const auto at = first.get<std::uint64_t>(0);
        if (out.oldest_ns == 0 || at < out.oldest_ns) out.oldest_ns = at;
      }
      first.reset();
    }
    ring.reset();
    out.bytes = number("PRAGMA page_count") * number("PRAGMA page_size");
  });
}

Reader::Answer<std::vector<CertificateRow>> Reader::certificates(std::size_t limit) {
  return impl_->answer<std::vector<CertificateRow>>([&](std::vector<CertificateRow>& out) {
    Statement& row =
        impl_->database
            .sql(
                "SELECT broker, listener, of_client, sha256, device, subject, issuer, key_algorithm, "
                "key_bits, not_after_s, last_seen FROM certificate ORDER BY not_after_s LIMIT ?")
            .with(std::min(limit, kMaxPage));
    while (row.next()) {
      CertificateRow certificate;
      certificate.broker = impl_->words.text(row.get<WordId>(0));
      certificate.listener_port = row.get<std::uint16_t>(1);
      certificate.of_client = row.get<bool>(2);
      certificate.sha256 = hex(row.bytes(3));
      certificate.outside_device_id = impl_->device_name(row.integer(4));
      certificate.outside_subject = row.text(5);
      certificate.outside_issuer = row.text(6);
      certificate.key_algorithm = impl_->words.text(row.get<WordId>(7));
      certificate.key_bits = row.get<std::uint32_t>(8);
      certificate.not_after_s = row.integer(9);
      certificate.last_seen_ns = row.get<std::uint64_t>(10);
      out.push_back(std::move(certificate));
    }
    row.reset();
  });
}

Reader::Answer<std::vector<ComplianceRow>> Reader::compliance(std::string_view broker) {
  return impl_->answer<std::vector<ComplianceRow>>([&](std::vector<ComplianceRow>& out) {
    Statement& row =
        impl_->database
            .sql("SELECT broker, profile, requirement, value, devices FROM compliance WHERE devices > 0")
            .with();
    while (row.next()) {
      const std::string_view of = impl_->words.text(row.get<WordId>(0));
      if (!broker.empty() && of != broker) continue;
      out.push_back({std::string(of), std::string(impl_->words.text(row.get<WordId>(1))),
                     std::string(impl_->words.text(row.get<WordId>(2))), row.text(3),
                     row.get<std::uint64_t>(4)});
    }
    row.reset();
  });
}

Reader::Answer<std::vector<HourRow>> Reader::hours(std::uint64_t since_ns, std::string_view broker) {
  return impl_->answer<std::vector<HourRow>>([&](std::vector<HourRow>& out) {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    Statement& row =
        impl_->database
            .sql(
                "SELECT from_s, broker, cause, count FROM hour WHERE from_s > ? - 3600 AND count > 0 "
                "ORDER BY from_s")
            .with(since_ns / kSecond);
    while (row.next()) {
      const std::string_view of = impl_->words.text(row.get<WordId>(1));
      if (!broker.empty() && of != broker) continue;
      out.push_back({row.get<std::uint64_t>(0) * kSecond, std::string(of),
                     std::string(impl_->words.text(row.get<WordId>(2))), row.get<std::uint64_t>(3)});
    }
    row.reset();
  });
}

}  // namespace tlswatch::store
