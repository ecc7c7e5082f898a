#include "event_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "error.h"
#include "files.h"
#include "schema.h"

namespace tlswatch::harness {

Event::Event(std::string line) : line_(std::move(line)), json_(std::make_shared<rapidjson::Document>()) {
  if (json_->Parse(line_.c_str()).HasParseError() || !json_->IsObject())
    throw Error("not an object: " + line_);
}

const rapidjson::Value* Event::find(std::string_view path) const {
  const rapidjson::Value* at = json_.get();
  while (at != nullptr && !path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!at->IsObject()) return nullptr;
    const auto member = at->FindMember(
        rapidjson::Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    at = member == at->MemberEnd() ? nullptr : &member->value;
  }
  return at;
}

std::string Event::text(std::string_view path) const {
  const rapidjson::Value* value = find(path);
  return value != nullptr && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                               : "";
}

std::optional<std::int64_t> Event::number(std::string_view path) const {
  const rapidjson::Value* value = find(path);
  return value != nullptr && value->IsInt64() ? std::optional(value->GetInt64()) : std::nullopt;
}

const std::vector<Event>& EventLog::read() {
  std::ifstream in(file_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(consumed_));
  for (std::string line; std::getline(in, line) && !in.eof();) {
    consumed_ += line.size() + 1;
    take(line);
  }
  return events_;
}

void EventLog::take(const std::string& line) {
  std::string wrong;
  try {
    Event event(line);
    wrong = schema_violations(event.json());
    const std::string id = event.text("event.id");
    if (!ids_.insert(id).second) wrong += (wrong.empty() ? "" : "; ") + ("event.id twice: " + id);
    ++counts_[event.action()];
    events_.push_back(std::move(event));
  } catch (const Error& error) {
    wrong = error.what();
  }
  if (wrong.empty() || failed_) return;
  failed_ = true;  // the first one tells it; the rest would only bury it
  ADD_FAILURE() << "event log, line " << events_.size() << ": " << wrong << "\n" << line;
}

bool EventLog::wait_for(const std::function<bool(const std::vector<Event>&)>& holds,
                        std::chrono::milliseconds deadline) {
  return wait_until([&] { return holds(read()); }, deadline);
}

std::size_t EventLog::count(const std::string& action) {
  read();
  return counts_[action];
}

std::string EventLog::torn_tail() const {
  const std::string all = read_file(file_);
  const std::size_t end = all.rfind('\n');
  return end == std::string::npos ? all : all.substr(end + 1);
}

}  // namespace tlswatch::harness
