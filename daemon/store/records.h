#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/database.h"
#include "daemon/store/rows.h"
#include "daemon/store/words.h"

/// The rows of the tables as the Writer changes them. Private to daemon/store.
namespace tlswatch::store {

/// Facts: what a session negotiated, and what its profile says of that. Numbers as TLS has them.
struct Facts {
  std::uint16_t version = 0, cipher = 0, cipher_bits = 0, curve = 0;
  bool resumed = false;
  std::optional<std::uint16_t> mfln_requested, mfln_negotiated;
  std::optional<std::uint32_t> max_record;
  std::optional<bool> honoured;
  WordId key_algorithm = 0;
  std::uint32_t key_bits = 0;
  WordId profile = 0;
  std::uint8_t verdict = 0;  ///< 0: not judged; else policy::Verdict plus 1
  std::string violations;    ///< one a line

  bool operator==(const Facts&) const = default;
};
inline constexpr int kFactsColumns = 14;
/// Names them, in the order of bind_facts() and read_facts().
#define TLSWATCH_STORE_FACTS                                                                     \
  "version,cipher,cipher_bits,curve,resumed,mfln_requested,mfln_negotiated,max_record,honoured," \
  "key_algorithm,key_bits,profile,verdict,violations"
#define TLSWATCH_STORE_FACTS_VALUES "?,?,?,?,?,?,?,?,?,?,?,?,?,?"

/// Binds them from `index` on; the index behind them.
int bind_facts(Statement& statement, int index, const Facts& facts);
Facts read_facts(const Statement& statement, int column);
Tls to_tls(const Facts& facts, const Words& words);
Policy to_policy(const Facts& facts, const Words& words);

/// How an identity is known, as event::How counts it.
struct SessionRecord {
  std::int64_t id = 0;
  WordId broker = 0;
  std::int64_t device = 0;  ///< 0: nobody's
  std::uint8_t how = 0;
  std::uint64_t started_ns = 0, ended_ns = 0, handshake_ns = 0;
  std::string ip;
  std::uint16_t port = 0, listener_port = 0;
  std::string server_name, ja4;
  bool established = false;
  std::uint8_t stage = 0;
  Facts facts;
  std::string alerts;  ///< two bytes each: wire::Direction, description
  std::string openssl;
  WordId reason = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  WordId cause = 0;
  std::int64_t incident = 0;

  bool open() const noexcept { return established && ended_ns == 0; }
  bool loose() const noexcept { return device == 0 && !open(); }

  // Not columns.
  bool fresh = false, dirty = false;
};
#define TLSWATCH_STORE_SESSION                                                                 \
  "id,broker,device,how,started,ended,handshake,ip,port,listener,server_name,ja4,established," \
  "stage," TLSWATCH_STORE_FACTS ",alerts,openssl,reason,bytes_in,bytes_out,cause,incident"
SessionRecord read_session(const Statement& statement);
/// Writes it whole.
void save(Database& database, const SessionRecord& record);

struct DeviceRecord {
  std::int64_t id = 0;
  WordId broker = 0;
  std::string name;
  std::uint64_t first_seen_ns = 0, last_seen_ns = 0, last_success_ns = 0, last_failure_ns = 0;
  std::uint64_t sessions = 0, failures = 0, open = 0;
  bool failing = false;
  std::string ip, ja4, firmware;
  WordId cause = 0;
  std::int64_t incident = 0;
  std::int64_t good_session = 0;  ///< its latest one that came through
  Facts facts;                    ///< of that
  // For core/fleet, which knows it again after a start.
  std::string good_ip, good_ja4, ja4_before;
  std::uint64_t connected_before_ns = 0, gone_ns = 0, gone_before_ns = 0;
  bool stayed = false;
  std::uint16_t sure = 0;  ///< per mille: that the first of its row of failures was its own
  struct Told {
    std::uint32_t era = 0, seq = 0, count = 0;
  };
  std::array<Told, 2> told{};

  bool connected() const noexcept { return open != 0; }

  // Not columns.
  bool fresh = false, dirty = false, recheck = false;
  std::uint64_t given = 0;  ///< sessions + failures as they were loaded
  struct Was {
    bool connected = false, failing = false, known = false, through = false;
    std::string ip;
    WordId cause = 0;
    Facts facts;
  } was;  ///< as loaded, for what is counted and indexed by it
  void remember();
};
#define TLSWATCH_STORE_DEVICE                                                                            \
  "id,broker,name,first_seen,last_seen,last_success,last_failure,sessions,failures,open,failing,ip,ja4," \
  "firmware,cause,incident,good_session," TLSWATCH_STORE_FACTS                                           \
  ",good_ip,good_ja4,ja4_before,connected_before,gone,gone_before,stayed,told,sure"
DeviceRecord read_device(const Statement& statement);
void save(Database& database, const DeviceRecord& record);

}  // namespace tlswatch::store
