#include "daemon/store/store.h"

#include <algorithm>
#include <cstdio>

namespace tlswatch::store {
namespace {

/// While there is nothing to remove.
constexpr std::chrono::seconds kBetweenTidies{30};
/// Rows that one step removes.
constexpr std::size_t kSmallStep = 512, kLargestStep = 4096;

}  // namespace

std::optional<std::string> Store::start(std::uint64_t now_unix_ns) {
  const auto trouble = writer_.open(settings_.file);
  if (!trouble) return std::nullopt;
  if (trouble->kind == Trouble::Kind::in_use) return name() + " cannot be used: " + trouble->text;
  meet(*trouble, now_unix_ns);
  return std::nullopt;
}

void Store::meet(const Trouble& trouble, std::uint64_t now_unix_ns) {
  switch (trouble.kind) {
    case Trouble::Kind::corrupt: put_aside(trouble.text, now_unix_ns); return;
    case Trouble::Kind::foreign:
      off_ = true;
      messages_.push_back({true, name() + " cannot be used: " + trouble.text + "; going on without it"});
      return;
    case Trouble::Kind::no_room:
    case Trouble::Kind::in_use:
    case Trouble::Kind::other: say(trouble.text); return;
  }
}

void Store::put_aside(const std::string& why, std::uint64_t now_unix_ns) {
  writer_.close();
  const std::string aside = settings_.file + ".corrupt-" + std::to_string(now_unix_ns / 1'000'000'000);
  bool moved = true;
  for (const char* const part : {"", "-wal", "-shm"}) {
    const int wrong = std::rename((settings_.file + part).c_str(), (aside + part).c_str());
    moved = moved && (wrong == 0 || *part != '\0');
  }
  if (!moved) return say(why + ", and it cannot be moved aside");
  messages_.push_back(
      {true, name() + " is damaged (" + why + "): it is now " + aside + ", a new one begins"});
  begun_anew_ = true;
  if (const auto trouble = writer_.open(settings_.file)) say(trouble->text);
}

void Store::say(const std::string& trouble) {
  writer_.close();
  if (said_ == trouble) return;
  said_ = trouble;
  messages_.push_back({true, name() + " cannot be written: " + trouble +
                                 "; the event log goes on, the latest events wait in memory"});
}

void Store::well_again() {
  const std::uint64_t missed = writer_.missed() - missed_said_;
  if (said_.empty() && missed == 0) return;
  missed_said_ = writer_.missed();
  said_.clear();
  messages_.push_back(
      {false, name() + " is written again; " +
                  (missed == 0 ? "it misses nothing" : "it misses " + std::to_string(missed) + " events")});
}

void Store::turn(incident::Changes changes, std::uint64_t now_unix_ns) {
  if (off_) return;
  writer_.add(std::move(changes));
  if (!writer_.is_open()) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_try_) return;
    next_try_ = now + settings_.retry;
    if (const auto trouble = writer_.open(settings_.file)) return meet(*trouble, now_unix_ns);
  }
  if (const auto trouble = writer_.commit()) return meet(*trouble, now_unix_ns);
  well_again();
  tidy(now_unix_ns);
}

void Store::tidy(std::uint64_t now_unix_ns) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_tidy_) return;
  // As much as came goes, too: under load a step that was always small would never catch up.
  const std::uint64_t came = writer_.written() - std::exchange(tidied_at_, writer_.written());
  const std::size_t rows = std::min<std::size_t>(kSmallStep + came, kLargestStep);
  const Writer::Tidied tidied = writer_.tidy(settings_.retention, now_unix_ns, rows);
  if (tidied.done) next_tidy_ = now + kBetweenTidies;
  if (tidied.trouble) meet(*tidied.trouble, now_unix_ns);
}

}  // namespace tlswatch::store
