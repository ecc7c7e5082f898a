#include "daemon/store/database.h"

namespace tlswatch::store {

Statement::Statement(Database& database, const char* sql) : database_(database) {
  if (database.failed()) return;
  const int code =
      sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) database.note(code);
}

bool Statement::next() {
  if (database_.failed() || handle_ == nullptr) return false;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.note(code);
  return false;
}

Database::~Database() {
  close();
}

bool Database::open(const std::string& file, bool read_only) {
  close();
  clear_error();
  const int flags =
      (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(handle_, 1);
    return true;
  }
  note(code);
  close();
  return false;
}

void Database::close() noexcept {
  statements_.clear();
  sqlite3_close(handle_);
  handle_ = nullptr;
}

Statement& Database::sql(const char* sql) {
  std::unique_ptr<Statement>& slot = statements_[sql];
  // One that could not be prepared while the database had failed is tried again.
  if (slot == nullptr || !slot->prepared()) slot = std::make_unique<Statement>(*this, sql);
  return *slot;
}

void Database::execute(const std::string& sql) {
  if (failed()) return;
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) note(code);
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement(*this, sql.c_str());
  return statement.next() ? statement.integer(0) : 0;
}

void Database::note(int code) {
  if (failed()) return;
  code_ = code;
  error_ = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
}

}  // namespace tlswatch::store
