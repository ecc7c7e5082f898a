#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/tls/alert.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/wrap.h"

/// `tlswatch decode CODE`: what a number means that a device printed or reported.
namespace tlswatch::cli {
namespace {

using catalog::Answer;
using catalog::Direction;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

struct DecodeOptions {
  std::string code;
  std::string stack;
  std::string rc;
  bool json = false;
};

/// A whole number as people paste it: decimal, or hexadecimal behind 0x; the sign before either.
std::optional<std::int32_t> parse_code(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) return std::nullopt;
  const auto magnitude = static_cast<std::int32_t>(value);
  return negative ? -magnitude : magnitude;
}

void write_text(JsonWriter& w, std::string_view text) {
  if (text.empty()) {
    w.Null();
    return;
  }
  w.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string_view direction_name(Direction direction) {
  switch (direction) {
    case Direction::received: return "received";
    case Direction::sent: return "sent";
    case Direction::none: break;
  }
  return {};
}

void write_json(JsonWriter& w, const Answer& answer) {
  w.StartObject();
  w.Key("code");
  w.Int(answer.code);
  w.Key("stack");
  write_text(w, answer.stack ? catalog::stack_name(*answer.stack) : std::string_view());
  w.Key("name");
  write_text(w, answer.name);
  w.Key("alert");
  if (answer.alert) {
    w.StartObject();
    w.Key("code");
    w.Uint(*answer.alert);
    w.Key("name");
    write_text(w, tls::alert_name(*answer.alert));
    w.EndObject();
  } else {
    w.Null();
  }
  w.Key("direction");
  write_text(w, direction_name(answer.direction));
  w.Key("meaning");
  write_text(w, answer.meaning);
  w.Key("causes");
  w.StartArray();
  for (const catalog::Cause cause : answer.causes) write_text(w, catalog::cause_id(cause));
  w.EndArray();
  w.Key("fix");
  write_text(w, answer.fix);
  w.Key("source");
  write_text(w, answer.source);
  if (!answer.candidates.empty()) {
    w.Key("candidates");
    w.StartArray();
    for (const Answer& candidate : answer.candidates) write_json(w, candidate);
    w.EndArray();
  }
  w.EndObject();
}

std::string side(const Answer& answer) {
  if (!answer.alert) return "device: its own finding";
  const std::string_view name = tls::alert_name(*answer.alert);
  const std::string alert =
      "alert " + std::to_string(*answer.alert) + (name.empty() ? "" : " " + std::string(name));
  return answer.direction == Direction::received ? "broker: it sent the " + alert + ", the device received it"
                                                 : "device: it sent the " + alert + " to the broker";
}

std::string joined_causes(const Answer& answer) {
  std::string out;
  for (const catalog::Cause cause : answer.causes) {
    if (!out.empty()) out += ", ";
    out += catalog::cause_id(cause);
  }
  return out.empty() ? "none" : out;
}

void append_answer(std::string& out, const Answer& answer) {
  out += std::to_string(answer.code) + "  " + answer.name + "  (" +
         std::string(catalog::stack_name(*answer.stack)) + ")\n";
  append_field(out, "side", side(answer));
  append_field(out, "meaning", answer.meaning);
  append_field(out, "causes", joined_causes(answer));
  append_field(out, "fix", answer.fix);
  append_field(out, "source", answer.source);
}

std::string for_people(const Answer& answer) {
  std::string out;
  if (!answer.known()) {
    out = std::to_string(answer.code) + " is no code that is known";
    if (answer.stack) out += " for " + std::string(catalog::stack_name(*answer.stack));
    return out + "\n";
  }
  append_answer(out, answer);
  for (const Answer& candidate : answer.candidates) {
    out += "or, if it is a code of " + std::string(catalog::stack_name(*candidate.stack)) + ":\n";
    append_answer(out, candidate);
  }
  return out;
}

int decode(const DecodeOptions& options) {
  const auto code = parse_code(options.code);
  if (!code) {
    std::cerr << "tlswatch decode: the code must be a whole number, such as 62, -1002 or 0x7780\n";
    return kBadUsage;
  }
  std::optional<std::int32_t> rc;
  if (!options.rc.empty()) {
    rc = parse_code(options.rc);
    if (!rc) {
      std::cerr << "tlswatch decode: --rc must be a whole number, such as -2 or 5\n";
      return kBadUsage;
    }
  }
  std::optional<catalog::Stack> stack;
  if (!options.stack.empty()) stack = catalog::find_stack(options.stack);

  const Answer answer = catalog::lookup(*code, stack, rc);
  if (options.json) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    write_json(writer, answer);
    std::cout << buffer.GetString() << '\n';
  } else {
    std::cout << for_people(answer);
  }
  return answer.known() ? kFine : kBadNews;
}

}  // namespace

void add_decode(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("decode", "what a device's error code means, and what to do");
  const auto options = std::make_shared<DecodeOptions>();
  std::vector<std::string> stacks(device::kStackNames, device::kStackNames + device::kStackCount);
  verb->add_option("CODE", options->code, "decimal or 0x..., with its sign: 62, -1002, 0x130")->required();
  verb->add_option("--stack", options->stack, "whose code it is")->check(CLI::IsMember(stacks));
  verb->add_option("--rc", options->rc, "the MQTT rc that stood beside it");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([options, &exit_code] { exit_code = decode(*options); });
}

}  // namespace tlswatch::cli
