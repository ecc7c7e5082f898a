#include "daemon/store/words.h"

#include "daemon/store/limits.h"

namespace tlswatch::store {

void Words::load(Database& database) {
  texts_.assign(1, {});
  ids_.clear();
  Statement& all = database.sql("SELECT id, text FROM word ORDER BY id").with();
  while (all.next()) {
    const auto id = all.get<std::size_t>(0);
    if (id == 0 || id > kMaxWords) continue;
    if (texts_.size() <= id) texts_.resize(id + 1);
    texts_[id] = all.text(1);
    ids_[texts_[id]] = static_cast<WordId>(id);
  }
  all.reset();
}

WordId Words::of(Database& database, std::string_view text) {
  if (text.empty()) return 0;
  if (const auto known = find(text)) return *known;
  if (texts_.size() > kMaxWords) return 0;
  const auto id = static_cast<WordId>(texts_.size());
  database.sql("INSERT INTO word(id, text) VALUES(?, ?)").with(id, text).run();
  texts_.emplace_back(text);
  ids_[texts_.back()] = id;
  return id;
}

std::optional<WordId> Words::find(std::string_view text) const {
  const auto found = ids_.find(std::string(text));
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view Words::text(WordId id) const noexcept {
  return id < texts_.size() ? std::string_view(texts_[id]) : std::string_view{};
}

}  // namespace tlswatch::store
