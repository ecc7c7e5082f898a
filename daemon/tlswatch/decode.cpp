#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/catalog/line.h"
#include "daemon/core/tls/alert.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/wrap.h"

/// `tlswatch decode CODE`: what a number, a name or a whole log line means that a device or the broker
/// printed.
namespace tlswatch::cli {
namespace {

using catalog::Answer;
using catalog::Direction;
using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

struct DecodeOptions {
  std::vector<std::string> words;  ///< a line without quotes comes in pieces
  std::string stack;
  std::optional<std::int32_t> detail;
  bool json = false;
};

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
  if (answer.code) {
    w.Int64(*answer.code);
  } else {
    w.Null();
  }
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
  const std::string who = answer.side == catalog::Side::broker ? "broker" : "device";
  if (!answer.alert) return who + ": its own finding";
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

/// In hexadecimal too where the stack's own header and log have it so.
std::string code_text(const Answer& answer) {
  if (!answer.code) return {};
  std::string out = std::to_string(*answer.code);
  constexpr std::int64_t kShort = 0x1000;
  const std::int64_t size = *answer.code < 0 ? -*answer.code : *answer.code;
  const bool hex = answer.stack == catalog::Stack::mbedtls || answer.stack == catalog::Stack::esp_tls ||
                   answer.stack == catalog::Stack::openssl;
  if (!hex || size < kShort) return out;
  std::ostringstream digits;
  digits << std::uppercase << std::hex << std::setfill('0');
  if (answer.stack == catalog::Stack::openssl) digits << std::setw(8);
  digits << size;
  return out + (*answer.code < 0 ? " (-0x" : " (0x") + digits.str() + ")";
}

void append_answer(std::string& out, const Answer& answer) {
  if (answer.code) out += code_text(answer) + "  ";
  out += answer.name;
  if (answer.stack) out.append("  (").append(catalog::stack_name(*answer.stack)) += ")";
  out += '\n';
  append_field(out, "side", side(answer));
  append_field(out, "meaning", answer.meaning);
  append_field(out, "causes", joined_causes(answer));
  append_field(out, "fix", answer.fix);
  append_field(out, "source", answer.source);
}

/// What would make a candidate the right one.
std::string condition(const Answer& best, const Answer& candidate) {
  if (candidate.side != best.side) return "or, if it stands in the broker's log:\n";
  if (candidate.stack == best.stack) return "or, in another version:\n";
  return "or, if it is a code of " + std::string(catalog::stack_name(*candidate.stack)) + ":\n";
}

std::string for_people(const Answer& answer) {
  std::string out;
  if (!answer.known()) {
    out = code_text(answer) + " is no code that is known";
    if (answer.stack) out += " for " + std::string(catalog::stack_name(*answer.stack));
    return out + "\n";
  }
  append_answer(out, answer);
  for (const Answer& candidate : answer.candidates) {
    out += condition(answer, candidate);
    append_answer(out, candidate);
  }
  return out;
}

std::string_view sentence(catalog::LineError error) {
  switch (error) {
    case catalog::LineError::empty:
    case catalog::LineError::no_code: break;
    case catalog::LineError::too_long:
      return "the line is longer than 4096 bytes: give the one line that has the error";
    case catalog::LineError::bad_number:
      return "the number is malformed or beyond 32 bits, which no TLS stack's is";
  }
  return "there is no error code in it, nor a log line that is known; give a code such as 62, -1002, 0x7780 "
         "or "
         "0A000418, or the whole line in quotes";
}

int decode(const DecodeOptions& options) {
  std::string text;
  for (const std::string& word : options.words) text += (text.empty() ? "" : " ") + word;
  catalog::Context context;
  if (!options.stack.empty()) context.stack = catalog::find_stack(options.stack);
  context.detail = options.detail;

  const auto answer = catalog::decode_line(text, context);
  if (!answer) {
    std::cerr << "tlswatch decode: " << sentence(answer.error()) << '\n';
    return kBadUsage;
  }
  if (options.json) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    write_json(writer, *answer);
    std::cout << buffer.GetString() << '\n';
  } else {
    std::cout << for_people(*answer);
  }
  return answer->known() ? kFine : kBadNews;
}

}  // namespace

void add_decode(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("decode", "what an error code or a log line means, and what to do");
  const auto options = std::make_shared<DecodeOptions>();
  std::vector<std::string> stacks(device::kStackNames, device::kStackNames + device::kStackCount);
  verb->add_option(
          "CODE", options->words,
          "62, -1002, -0x7780, 0A000418, a name such as MBEDTLS_ERR_SSL_ALLOC_FAILED, or a whole line of a "
          "log in quotes")
      ->required();
  verb->add_option("--stack", options->stack, "whose code it is")->check(CLI::IsMember(stacks));
  verb->add_option(
      "--rc,--detail", options->detail,
      "what stood beside it: the MQTT rc, or what the certificate's check said (mbedTLS: its flags)");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([options, &exit_code] { exit_code = decode(*options); });
}

}  // namespace tlswatch::cli
