#include "compare.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "error.h"
#include "event_log.h"

namespace tlswatch::scenarios {
namespace {

using harness::Event;
using rapidjson::Value;

std::string text_of(const Value* value) {
  if (value == nullptr) return "nothing";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
  value->Accept(out);
  return buffer.GetString();
}

const Value* member_of(const Value& object, const Value& name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

void compare(const Value* expected, const Value* seen, const std::string& path,
             std::vector<std::string>& found) {
  if (expected != nullptr && seen != nullptr && *expected == *seen) return;
  const bool objects = expected != nullptr && seen != nullptr && expected->IsObject() && seen->IsObject();
  const bool arrays = expected != nullptr && seen != nullptr && expected->IsArray() && seen->IsArray() &&
                      expected->Size() == seen->Size();
  if (objects) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& member : expected->GetObject()) {
      compare(&member.value, member_of(*seen, member.name), prefix + member.name.GetString(), found);
    }
    for (const auto& member : seen->GetObject()) {
      if (member_of(*expected, member.name) != nullptr) continue;
      compare(nullptr, &member.value, prefix + member.name.GetString(), found);
    }
  } else if (arrays) {
    for (rapidjson::SizeType i = 0; i < expected->Size(); ++i) {
      compare(&(*expected)[i], &(*seen)[i], path + "[" + std::to_string(i) + "]", found);
    }
  } else {
    found.push_back(path + ": expected " + text_of(expected) + ", seen " + text_of(seen));
  }
}

std::string about(std::size_t index, const Event& event) {
  return "line " + std::to_string(index + 1) + " (" + event.action() + ", " + event.session() + "): ";
}

}  // namespace

std::string differences(const std::vector<std::string>& expected, const std::vector<std::string>& seen) {
  std::string text;
  for (std::size_t i = 0; i < std::max(expected.size(), seen.size()); ++i) {
    if (i >= seen.size()) {
      text += "line " + std::to_string(i + 1) + " is missing: " + expected[i] + "\n";
    } else if (i >= expected.size()) {
      text += "line " + std::to_string(i + 1) + " is not expected: " + seen[i] + "\n";
    } else {
      const Event wanted(expected[i]);
      const Event got(seen[i]);
      std::vector<std::string> found;
      compare(&wanted.json(), &got.json(), "", found);
      for (const std::string& difference : found) text += about(i, wanted) + difference + "\n";
    }
  }
  return text;
}

}  // namespace tlswatch::scenarios
