// The daemon's event log, as a test reads it.
#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "wait.h"

namespace tlswatch::harness {

/// Event is one line of the log; fields are named by their path, as in "tlswatch.mfln.negotiated".
class Event {
 public:
  explicit Event(std::string line);

  const std::string& line() const { return line_; }
  const rapidjson::Value& json() const { return *json_; }

  /// nullptr where the line has no such field.
  const rapidjson::Value* find(std::string_view path) const;
  /// The string at `path`; empty where there is none.
  std::string text(std::string_view path) const;
  /// The number at `path`; nothing where there is none, or null.
  std::optional<std::int64_t> number(std::string_view path) const;

  std::string action() const { return text("event.action"); }
  std::string session() const { return text("tlswatch.session"); }

 private:
  std::string line_;
  std::shared_ptr<rapidjson::Document> json_;
};

/// EventLog follows DIR/events.json, by whole lines. Every line is checked against the schema when it is
/// read; the first bad one (no JSON, no valid event, an event.id seen before) is a failure of the test, named
/// by its path.
class EventLog {
 public:
  explicit EventLog(std::filesystem::path file) : file_(std::move(file)) {}

  /// Reads what has been added; returns all events so far.
  const std::vector<Event>& read();

  /// Reads until `holds` is true of all events so far.
  /// returns  false at the deadline; the test says then what it missed
  bool wait_for(const std::function<bool(const std::vector<Event>&)>& holds,
                std::chrono::milliseconds deadline = kPatience);

  /// How many events of that action there are so far.
  std::size_t count(const std::string& action);

  /// Bytes after the last line's end: something half written.
  std::string torn_tail() const;

 private:
  void take(const std::string& line);

  std::filesystem::path file_;
  std::size_t consumed_ = 0;
  bool failed_ = false;
  std::vector<Event> events_;
  std::unordered_set<std::string> ids_;
  std::unordered_map<std::string, std::size_t> counts_;  // by action
};

}  // namespace tlswatch::harness
