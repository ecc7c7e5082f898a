// Configuration files: what they mean, and what is said about mistakes.
#include "daemon/config/config.h"

#include <gtest/gtest.h>

#include "daemon/config/profiles.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

using config::Errors;

const config::Shipped kShipped{"shipped-profiles.yaml", "shipped-knowledge.yaml"};

Result<config::Config, Errors> load(std::string_view text) {
  TempDir dir;
  write_file(dir / "t.yaml", text);
  return config::load_config((dir / "t.yaml").string(), kShipped);
}

/// The errors as "line:column: text", one a line.
std::string errors_of(const Errors& errors) {
  std::string out;
  for (const config::Error& e : errors) {
    out += std::to_string(e.line) + ":" + std::to_string(e.column) + ": " + e.text + "\n";
  }
  return out;
}

constexpr std::string_view kContract = R"(brokers:   [{name: edge-1, ring: /run/tlswatch/mosquitto.ring}]
syslog:    {listen: "127.0.0.1:5514"}
broker_log: [{broker: edge-1, file: /var/log/mosquitto/mosquitto.log}]
log:       {file: /var/log/tlswatch/events.json, rotate: {size: 64MiB, files: 10}, console: text}
store:     /var/lib/tlswatch/state.db
http:      {listen: "127.0.0.1:9883"}
profiles:  [/etc/tlswatch/profiles.yaml]
knowledge: [/usr/share/tlswatch/knowledge.yaml]
)";

TEST(Config, http_is_for_this_host_or_guarded) {
  for (const std::string http :
       {"{listen: \"127.0.0.1:1\"}", "{listen: \"127.9.9.9:1\"}", "{listen: \"[::1]:1\"}",
        "{listen: \"localhost:1\"}", "{listen: /run/tlswatchd/http.sock}",
        "{listen: \"127.0.0.1:1\", token_file: t}",
        "{listen: \"0.0.0.0:1\", token_file: t, certificate: c, key: k}"}) {
    const auto c = load("brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: " + http + "\n");
    EXPECT_TRUE(c.ok()) << http << "\n" << errors_of(c.error());
  }
  for (const std::string listen :
       {"0.0.0.0", "[::]", "10.0.0.1", "127.0.0.1.example", "128.0.0.1", "example", "127.1"}) {
    const auto c =
        load("brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: {listen: \"" + listen + ":1\"}\n");
    ASSERT_FALSE(c.ok()) << listen;
    EXPECT_NE(errors_of(c.error()).find("3:16: others can reach " + listen), std::string::npos);
  }
}

TEST(Config, the_contract_s_example_means_what_it_says) {
  const auto c = load(kContract);
  ASSERT_TRUE(c.ok()) << errors_of(c.error());
  ASSERT_EQ(c->brokers.size(), 1U);
  EXPECT_EQ(c->brokers[0].name, "edge-1");
  EXPECT_EQ(c->brokers[0].ring, "/run/tlswatch/mosquitto.ring");
  EXPECT_EQ(c->brokers[0].cursor, "/run/tlswatch/mosquitto.ring.cursor");
  EXPECT_FALSE(c->brokers[0].passwords_checked);
  EXPECT_EQ(c->log.rotate_bytes, 64U << 20);
  EXPECT_EQ(c->log.rotate_files, 10U);
  EXPECT_EQ(c->log.console, config::Console::text);
  EXPECT_EQ(c->syslog->listen, "127.0.0.1:5514");
  EXPECT_EQ(c->syslog->broker, "edge-1") << "the first one";
  ASSERT_EQ(c->broker_log.size(), 1U);
  EXPECT_EQ(c->broker_log[0].file, "/var/log/mosquitto/mosquitto.log");
  EXPECT_EQ(c->broker_log[0].cursor, "/run/tlswatch/mosquitto.ring.cursor.log");
  EXPECT_EQ(c->http->listen, "127.0.0.1:9883");
  EXPECT_EQ(c->store, "/var/lib/tlswatch/state.db");
  EXPECT_EQ(c->store_limits.age_s, 30U * 86400);
  EXPECT_EQ(c->store_limits.bytes, 2'000'000'000U);
  EXPECT_EQ(c->profiles, std::vector<std::string>{"/etc/tlswatch/profiles.yaml"});
}

TEST(Config, a_broker_s_log_can_be_a_unit_s_journal) {
  const auto c = load(
      "brokers: [{name: a, ring: /r}]\nlog: {file: e}\n"
      "broker_log: [{broker: a, journal: mosquitto@a.service, journal_directory: /j}]\n");
  ASSERT_TRUE(c.ok()) << errors_of(c.error());
  EXPECT_EQ(c->broker_log[0].file, "");
  EXPECT_EQ(c->broker_log[0].journal, "mosquitto@a.service");
  EXPECT_EQ(c->broker_log[0].journal_directory, "/j");
  EXPECT_EQ(c->broker_log[0].cursor, "/r.cursor.log");
}

TEST(Config, a_store_may_say_how_much_it_keeps) {
  const auto c = load(
      "brokers: [{name: a, ring: /r}]\nlog: {file: e}\n"
      "store: {file: /s, retention: {age: 12h, size: 20GB}}\n");
  ASSERT_TRUE(c.ok()) << errors_of(c.error());
  EXPECT_EQ(c->store, "/s");
  EXPECT_EQ(c->store_limits.age_s, 12U * 3600);
  EXPECT_EQ(c->store_limits.bytes, 20'000'000'000U);
}

TEST(Config, what_is_left_out_has_its_default) {
  const auto c = load(
      "brokers: [{name: a, ring: /r, cursor: /c, passwords: checked}]\nlog: {file: e.json, console: off}\n");
  ASSERT_TRUE(c.ok()) << errors_of(c.error());
  EXPECT_EQ(c->brokers[0].cursor, "/c");
  EXPECT_TRUE(c->brokers[0].passwords_checked);
  EXPECT_EQ(c->log.console, config::Console::off);
  EXPECT_EQ(c->log.level, config::LogLevel::info);
  EXPECT_EQ(c->profiles, std::vector<std::string>{"shipped-profiles.yaml"});
  EXPECT_EQ(c->knowledge, std::vector<std::string>{"shipped-knowledge.yaml"});
  EXPECT_FALSE(c->http || c->store || c->syslog);
}

struct ErrorCase {
  const char* name;
  const char* text;
  const char* errors;
};
const ErrorCase kErrors[] = {
    {"an_unknown_key", "brokers: [{name: a, rign: /r, ring: /r}]\nlog: {file: e}\n",
     "1:21: unknown key `rign` in a broker; known are name, ring, cursor, passwords\n"},
    {"a_missing_key", "brokers: [{name: a}]\nlog: {file: e}\n", "1:11: a broker needs the key `ring`\n"},
    {"a_key_twice", "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nlog: {file: f}\n",
     "3:1: the key `log` stands here twice; keep one\n"},
    {"a_list_where_a_map_should_be", "brokers: [{name: a, ring: /r}]\nlog: [e]\n",
     "2:6: log must be a map of keys, and is a list\n"},
    {"a_word_where_a_list_should_be", "brokers: edge-1\nlog: {file: e}\n",
     "1:10: brokers must be a list, such as [a, b], and is `edge-1`\n"},
    {"no_broker", "brokers: []\nlog: {file: e}\n", "1:10: brokers needs at least one broker\n"},
    {"a_size_without_meaning",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e, rotate: {size: 64 potatoes}}\n",
     "2:31: size must be a size such as 64MiB, from 64KiB to 1024GiB, and is `64 potatoes`\n"},
    {"a_size_too_small", "brokers: [{name: a, ring: /r}]\nlog: {file: e, rotate: {size: 10}}\n",
     "2:31: size must be a size such as 64MiB, from 64KiB to 1024GiB, and is `10`\n"},
    {"a_number_out_of_range", "brokers: [{name: a, ring: /r}]\nlog: {file: e, rotate: {files: 0}}\n",
     "2:32: files must be a whole number from 1 to 1000, and is `0`\n"},
    {"an_unknown_choice", "brokers: [{name: a, ring: /r}]\nlog: {file: e, console: xml}\n",
     "2:25: console must be one of off, text, json, false, and is `xml`\n"},
    {"no_port", "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: {listen: localhost}\n",
     "3:16: listen must be ADDRESS:PORT, such as \"127.0.0.1:9883\", and is `localhost`\n"},
    {"http_for_everybody_without_a_token",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: {listen: \"0.0.0.0:9883\"}\n",
     "3:16: others can reach 0.0.0.0:9883: it needs `token_file`, `certificate` and `key`; or listen at "
     "127.0.0.1\n"},
    {"http_for_everybody_without_tls",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: {token_file: t, listen: \"[::]:9883\"}\n",
     "3:31: others can reach [::]:9883: it needs `token_file`, `certificate` and `key`; or listen at "
     "127.0.0.1\n"},
    {"a_certificate_without_its_key",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nhttp: {listen: \"[::1]:9883\", certificate: c}\n",
     "3:7: http needs `certificate` and `key` together, or none of them\n"},
    {"two_brokers_of_one_name", "brokers: [{name: a, ring: /r}, {name: a, ring: /s}]\nlog: {file: e}\n",
     "1:32: two brokers are called `a`; names must differ\n"},
    {"two_brokers_with_one_ring",
     "brokers: [{name: a, ring: /r, cursor: /c}, {name: b, ring: /r, cursor: /d}]\nlog: {file: e}\n",
     "1:44: two brokers have the ring /r; each broker has its own\n"},
    {"a_name_with_a_colon", "brokers: [{name: \"a:b\", ring: /r}]\nlog: {file: e}\n",
     "1:18: a broker's name has at most 64 letters, digits, dots, dashes and underscores\n"},
    {"a_broker_log_of_nobody",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: b, file: f}]\n",
     "3:23: no broker is called `b`; name one that stands under brokers\n"},
    {"a_broker_log_in_two_places",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: a, file: f, journal: "
     "m.service}]\n",
     "3:14: a broker log has `file` or `journal`, not both; keep the one that the broker writes\n"},
    {"a_broker_log_nowhere",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: a, journal_directory: d}]\n",
     "3:14: a broker log needs `file`, or for systemd's journal `journal` with the broker's unit, such as "
     "mosquitto.service\n3:14: `journal_directory` needs `journal`, the broker's unit\n"},
    {"a_unit_by_half_its_name",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: a, journal: mosquitto}]\n",
     "3:35: journal is a unit's whole name, such as mosquitto.service\n"},
    {"a_unit_by_a_pattern",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: a, journal: "
     "\"mosq*.service\"}]\n",
     "3:35: journal is a unit's whole name, such as mosquitto.service\n"},
    {"two_logs_of_one_broker",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nbroker_log: [{broker: a, file: f}, {broker: a, file: "
     "g}]\n",
     "3:36: broker `a` has two logs; each broker has one\n"},
    {"a_syslog_of_nobody",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nsyslog: {listen: \"127.0.0.1:1\", broker: b}\n",
     "3:41: no broker is called `b`; name one that stands under brokers\n"},
    {"a_store_without_file",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nstore: {retention: {age: 1d}}\n",
     "3:8: store needs the key `file`\n"},
    {"an_age_without_unit",
     "brokers: [{name: a, ring: /r}]\nlog: {file: e}\nstore: {file: s, retention: {age: 30, size: 1MB}}\n",
     "3:35: age must be a time such as 30d, from 1h to 3650d, and is `30`\n"
     "3:45: size must be a size such as 64MiB, from 16MiB to 1024GiB, and is `1MB`\n"},
    {"all_at_once", "brokers: [{name: a}]\nlog: {fiel: e}\nhtpp: 1\n",
     "1:11: a broker needs the key `ring`\n"
     "2:7: unknown key `fiel` in log; known are file, rotate, console, level\n"
     "2:6: log needs the key `file`\n"
     "3:1: unknown key `htpp` in the configuration; known are brokers, log, syslog, broker_log, store, http, "
     "profiles, knowledge\n"},
    {"an_empty_file", "", "0:0: the file must be a map of keys, and is nothing\n"},
};
class ConfigErrors : public testing::TestWithParam<ErrorCase> {};
TEST_P(ConfigErrors, say_where_what_and_what_would_be_right) {
  const auto c = load(GetParam().text);
  ASSERT_FALSE(c.ok());
  EXPECT_EQ(errors_of(c.error()), GetParam().errors);
}
INSTANTIATE_TEST_SUITE_P(Config, ConfigErrors, testing::ValuesIn(kErrors),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ConfigErrors, no_yaml_and_no_file_are_told_with_the_file_s_name) {
  const auto bad = load("brokers: [}\n");
  ASSERT_FALSE(bad.ok());
  ASSERT_EQ(bad.error().size(), 1U);
  EXPECT_EQ(bad.error()[0].line, 1);
  EXPECT_EQ(bad.error()[0].text.rfind("no valid YAML: ", 0), 0U) << bad.error()[0].text;
  const auto missing = config::load_config("/nonexistent/t.yaml", kShipped);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(config::to_text(missing.error()[0]),
            "/nonexistent/t.yaml: cannot be opened: No such file or directory");
  EXPECT_FALSE(config::load_config("/", kShipped).ok());
}

TEST(Profiles, the_shipped_ones_are_good_and_have_the_agreed_names) {
  const auto p = config::load_profiles({TLSWATCH_SHIPPED_PROFILES});
  ASSERT_TRUE(p.ok()) << errors_of(p.error());
  for (const char* name : {"tasmota-esp8266", "tasmota-esp32", "aws-iot", "generic"})
    EXPECT_NE(p->find(name), nullptr) << name;
  const policy::Profile* esp = p->find("tasmota-esp8266");
  EXPECT_EQ(esp->buffer_bytes, 1024U);
  EXPECT_EQ(esp->server_keys.front().max_bits, 2048U);
  EXPECT_EQ(policy::select(*p, {8883, "", 1024})->name, "tasmota-esp8266");
  EXPECT_EQ(policy::select(*p, {8883, "", 0})->name, "generic");
}

TEST(Profiles, are_matched_by_every_condition_of_a_file) {
  TempDir dir;
  write_file(dir / "p.yaml",
             "profiles: [{name: a, chain: 1500}]\n"
             "match:\n"
             "  - listener_port: 8884\n"
             "    address: [10.1.0.0/16, \"2001:db8::/32\"]\n"
             "    asks_mfln: [none, 512]\n"
             "    ja4: t12d*\n"
             "    certificate_subject: [CN=a*, CN=b*]\n"
             "    certificate_issuer: CN=ca\n"
             "    client_id: meter-*\n"
             "    user: [u, v]\n"
             "    profile: a\n");
  const auto p = config::load_profiles({(dir / "p.yaml").string()});
  ASSERT_TRUE(p.ok()) << errors_of(p.error());
  EXPECT_EQ(p->profiles[0].chain_bytes, 1500U);
  const policy::Match& m = p->matches.at(0);
  EXPECT_EQ(m.listener_ports, std::vector<std::uint16_t>{8884});
  ASSERT_EQ(m.addresses.size(), 2U);
  EXPECT_EQ(m.addresses[0].prefix_bits, 16);
  EXPECT_EQ(m.addresses[1].base.size, 16);
  EXPECT_EQ(m.mfln_requested, (std::vector<std::uint16_t>{0, 512}));
  EXPECT_EQ(m.ja4s, std::vector<std::string>{"t12d*"});
  EXPECT_EQ(m.certificate_subjects, (std::vector<std::string>{"CN=a*", "CN=b*"}));
  EXPECT_EQ(m.certificate_issuers, std::vector<std::string>{"CN=ca"});
  EXPECT_EQ(m.client_ids, std::vector<std::string>{"meter-*"});
  EXPECT_EQ(m.users, (std::vector<std::string>{"u", "v"}));
}

const ErrorCase kProfileErrors[] = {
    {"an_unknown_cipher", "profiles: [{name: a, ciphers: [AES128-SHA]}]\n",
     "1:32: no cipher suite is called `AES128-SHA`; take IANA's name, such as "
     "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"},
    {"an_unknown_version", "profiles: [{name: a, versions: [\"1.4\"]}]\n",
     "1:33: a version must be one of 1.0, 1.1, 1.2, 1.3, and is `1.4`\n"},
    {"a_match_without_its_profile", "profiles: [{name: a}]\nmatch: [{profile: b}]\n",
     "2:19: no profile is called `b`\n"},
    {"two_of_one_name", "profiles: [{name: a}, {name: a}]\n", "1:23: two profiles are called `a`\n"},
    {"an_mfln_that_is_none", "profiles: [{name: a, mfln: {sizes: [1000]}}]\n",
     "1:37: an MFLN size must be one of 512, 1024, 2048, 4096, and is `1000`\n"},
    {"an_address_that_is_none", "profiles: [{name: a}]\nmatch: [{address: 10.0.0.0/33, profile: a}]\n",
     "2:19: an address must be such as 10.1.0.0/16, 2001:db8::/32 or 10.0.0.7, and is `10.0.0.0/33`\n"},
    {"a_chain_of_nothing", "profiles: [{name: a, chain: 0}]\n",
     "1:29: chain must be a whole number from 1 to 16777215, and is `0`\n"},
};
class ProfileErrors : public testing::TestWithParam<ErrorCase> {};
TEST_P(ProfileErrors, say_where_what_and_what_would_be_right) {
  TempDir dir;
  write_file(dir / "p.yaml", GetParam().text);
  const auto p = config::load_profiles({(dir / "p.yaml").string()});
  ASSERT_FALSE(p.ok());
  EXPECT_EQ(errors_of(p.error()), GetParam().errors);
}
INSTANTIATE_TEST_SUITE_P(Config, ProfileErrors, testing::ValuesIn(kProfileErrors),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::test
