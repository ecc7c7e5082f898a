#include "daemon/tlswatch/log_filter.h"

#include "daemon/tlswatch/json_fields.h"
#include "daemon/tlswatch/when.h"

namespace tlswatch::cli {

bool EventFilter::wants_all() const {
  return since_ns == 0 && broker.empty() && cause.empty() && profile.empty() && search.empty() && !failing;
}

bool EventFilter::wants(std::string_view json) const {
  if (wants_all()) return true;
  rapidjson::Document event;
  if (!parse_event(event, json)) return true;
  const auto is = [&](const std::string& wanted, std::string_view path) {
    return wanted.empty() || text_at(event, path) == wanted;
  };
  if (!is(broker, "broker.name") || !is(cause, "tlswatch.cause") || !is(profile, "tlswatch.policy.profile")) {
    return false;
  }
  if (failing && text_at(event, "event.outcome") != "failure") return false;
  if (since_ns != 0 && parse_time(text_at(event, "@timestamp")) < since_ns) return false;
  return search.empty() || text_at(event, "device.id").find(search) != std::string::npos ||
         text_at(event, "source.ip").starts_with(search);
}

}  // namespace tlswatch::cli
