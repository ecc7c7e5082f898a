"""The examples of deploy/ for other people's programs: each is read by what Debian has of them, and whatever they name of
us, a metric, a label, a field of the event log, exists.

    examples_test.py SOURCE [unittest's arguments]
"""

import json
import pathlib
import re
import sys
import tempfile
import tomllib
import unittest

import yaml

import fields
from stage import run, tool

SOURCE = pathlib.Path(sys.argv[1]).resolve()
DEPLOY = SOURCE / "deploy"
FIELDS = fields.of_schema(DEPLOY / "event-log.schema.json")
SEEN = fields.of_log((SOURCE / "tests/deploy/golden/events.json").read_text().splitlines())
METRICS = fields.metrics(SOURCE / "daemon/metrics/families.cpp")
LABELS = {"job", "broker", "action"}  # of a stream of the log
RULES = yaml.safe_load((DEPLOY / "prometheus/tlswatch.rules.yaml").read_text())
RECORDED = {rule["record"] for group in RULES["groups"] for rule in group["rules"] if "record" in rule}


class Example(unittest.TestCase):
    def assert_fields(self, named, least: int):
        self.assertGreaterEqual(len(named), least, f"found only {sorted(named)}")
        self.assertEqual(set(named) - FIELDS - SEEN, set())

    def assert_promql(self, expression: str):
        self.assertEqual(list(fields.wrong_in_promql(expression, METRICS, RECORDED)), [], expression)

    def assert_promtool(self, *arguments):
        done = run(tool("promtool"), *arguments)
        self.assertEqual(done.returncode, 0, done.stdout)


class Checks(unittest.TestCase):
    """What the others rest on finds what is planted for it."""

    def test_fields_of_the_schema_are_those_of_a_real_log_and_more(self):
        self.assertEqual(SEEN - FIELDS, set())
        self.assertTrue({"tlswatch.lost", "tlswatch.device_log.via"} <= FIELDS - SEEN)

    def test_metrics_are_read_with_their_labels(self):
        self.assertGreater(len(METRICS), 30)
        self.assertEqual(METRICS["tlswatch_failures_total"], {"broker", "listener", "stage", "cause"})
        self.assertIn("tlswatch_handshake_duration_seconds_bucket", METRICS)
        self.assertEqual((SOURCE / "daemon/metrics/families.cpp").read_text().count("{Id::"),
                         len([name for name in METRICS if not name.endswith(fields.HISTOGRAM_ENDS)]))

    def test_what_does_not_exist_is_found(self):
        for expression in ("rate(tlswatch_failure_total[5m])", "tlswatch_failures_total{device=\"a\"}",
                           "sum by (client) (tlswatch_failures_total)", "broker:tlswatch:nothing > 1"):
            self.assertTrue(list(fields.wrong_in_promql(expression, METRICS, RECORDED)), expression)
        for expression in ("{app=\"tlswatch\"}", "{job=\"tlswatch\"} | json", "{job=\"tlswatch\"} | cause=\"x\"",
                           "sum by (cause) (count_over_time({job=\"tlswatch\"}[5m]))",
                           "{job=\"tlswatch\"} | line_format `{{.fix}}`"):
            self.assertTrue(fields.named_in_logql(expression)[1], expression)
        self.assertEqual(fields.named_in_logql('{job="a"} | json x="tlswatch.y" | x="1"'), ({"tlswatch.y"}, []))
        for text in ("a {", "a }", "a ( ]", "a \"b"):
            self.assertTrue(fields.unbalanced(text), text)
        self.assertEqual(fields.unbalanced('a { b = "}" } // {'), "")


class Prometheus(Example):
    def test_scrape_configuration_is_accepted(self):
        self.assert_promtool("check", "config", DEPLOY / "prometheus/prometheus.yml")

    def test_rules_are_accepted_and_fire_when_they_should(self):
        self.assert_promtool("check", "rules", DEPLOY / "prometheus/tlswatch.rules.yaml")
        self.assert_promtool("test", "rules", DEPLOY / "prometheus/tlswatch.rules_test.yaml")

    def test_each_alert_has_a_test_where_it_fires_and_one_where_it_does_not(self):
        tests = yaml.safe_load((DEPLOY / "prometheus/tlswatch.rules_test.yaml").read_text())["tests"]
        tried = [(one["alertname"], bool(one["exp_alerts"])) for test in tests for one in test["alert_rule_test"]]
        alerts = {rule["alert"] for group in RULES["groups"] for rule in group["rules"] if "alert" in rule}
        self.assertEqual({name for name, fires in tried if fires}, alerts)
        # Four certificates stand in one case: one of them has no alert.
        self.assertEqual({name for name, fires in tried if not fires}, alerts - {"TlswatchCertificateExpires"})

    def test_names_only_metrics_and_labels_that_exist(self):
        for group in RULES["groups"]:
            for rule in group["rules"]:
                self.assert_promql(rule["expr"])


class Grafana(Example):
    def setUp(self):
        self.boards = {path.name: json.loads(path.read_text())
                       for path in (DEPLOY / "grafana/dashboards").glob("*.json")}

    def expressions(self, kind: str):
        return [target["expr"] for board in self.boards.values() for panel in board["panels"]
                if panel["datasource"]["type"] == kind for target in panel["targets"]]

    def test_dashboards_have_panels_that_do_not_lie_on_each_other(self):
        self.assertEqual(set(self.boards), {"tlswatch-events.json", "tlswatch-metrics.json"})
        for name, board in self.boards.items():
            taken = set()
            for panel in board["panels"]:
                at = panel["gridPos"]
                place = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(place & taken, f"{name}: {panel['title']}")
                self.assertLessEqual(at["x"] + at["w"], 24)
                taken |= place
            self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))

    def test_variables_are_declared(self):
        for board in self.boards.values():
            text = json.dumps(board["panels"])
            declared = {variable["name"] for variable in board["templating"]["list"]}
            self.assertEqual(set(re.findall(r"\$\{?([a-z]\w*)", text)) - declared, set())

    def test_promql_is_accepted_and_names_what_exists(self):
        expressions = self.expressions("prometheus")
        self.assertGreater(len(expressions), 25)
        rules = []
        for number, expression in enumerate(expressions):
            self.assert_promql(expression)
            plain = expression.replace("$__rate_interval", "5m").replace("$broker", ".*")
            rules.append({"record": f"panel:number:{number}", "expr": plain})
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}, file)
            file.flush()
            self.assert_promtool("check", "rules", file.name)

    def test_most_metrics_are_on_the_dashboard(self):
        text = " ".join(self.expressions("prometheus"))
        missing = {name for name in METRICS if name.startswith("tlswatch_") and name not in text
                   and not name.endswith(fields.HISTOGRAM_ENDS) and f"{name}_bucket" not in text}
        self.assertEqual(missing, {"tlswatch_build_info", "tlswatch_ring_following",
                                   "tlswatch_last_batch_timestamp_seconds"})

    def test_logql_names_fields_that_exist(self):
        named = set()
        for expression in self.expressions("loki"):
            self.assertEqual(fields.unbalanced(expression), "", expression)
            of_one, wrong = fields.named_in_logql(expression)
            self.assertEqual(wrong, [], expression)
            named |= of_one
        self.assert_fields(named, 12)

    def test_provisioning_is_yaml(self):
        files = list((DEPLOY / "grafana/provisioning").rglob("*.yaml"))
        self.assertEqual({yaml.safe_load(file.read_text())["apiVersion"] for file in files}, {1})
        self.assertEqual(len(files), 2)


class Shippers(Example):
    def test_alloy(self):
        text = (DEPLOY / "alloy/config.alloy").read_text()
        self.assertEqual(fields.unbalanced(text), "")
        block = re.search(r"expressions = \{(.*?)\}", text, re.DOTALL)[1]
        named = dict(re.findall(r'(\w+)\s*= "((?:\\.|[^"\\])*)"', block))
        self.assert_fields([path.replace('\\"', "") for path in named.values()], 3)
        labels = re.search(r"stage.labels \{\s*values = \{(.*?)\}", text, re.DOTALL)[1]
        self.assertEqual(set(re.findall(r"(\w+)\s*=", labels)) | {"job"}, LABELS)
        # Each component that something is sent to is there.
        there = {".".join(words) for words in re.findall(r'^([\w.]+) "(\w+)" \{', text, re.MULTILINE)}
        used = set(re.findall(r"\[([\w.]+)\.receiver\]|= ([\w.]+)\.targets", text))
        self.assertEqual({name for pair in used for name in pair if name} - there, set())

    def test_vector(self):
        config = tomllib.loads((DEPLOY / "vector/tlswatch.toml").read_text())
        sinks, transforms = config["sinks"], config["transforms"]
        inputs = {name for one in [*sinks.values(), *transforms.values()] for name in one["inputs"]}
        self.assertEqual(inputs - set(transforms) - set(config["sources"]), set())
        self.assertEqual(set(sinks["loki"]["labels"]), LABELS)
        code = "\n".join(one.get("source", one.get("condition", "")) for one in transforms.values())
        self.assertEqual(fields.unbalanced(code), "")
        own = set(re.findall(r"(?m)^\.(\w+) =", code))
        named = {path.replace('"', "") for path in re.findall(r'(?<![\w)])\.((?:"[^"]+"|[a-z_]+)(?:\.[a-z_]+)*)', code)}
        named |= {path for value in sinks["loki"]["labels"].values() for path in re.findall(r"\{\{ (\S+) \}\}", value)}
        named.add(sinks["elasticsearch"]["id_key"])
        self.assert_fields(named - own, 5)

    def test_fluent_bit(self):
        config = yaml.safe_load((DEPLOY / "fluent-bit/tlswatch.yaml").read_text())
        (parser,), (tail,), (loki,) = config["parsers"], config["pipeline"]["inputs"], config["pipeline"]["outputs"]
        self.assertEqual((tail["parser"], loki["match"]), (parser["name"], tail["tag"]))
        labels = dict(pair.strip().split("=", 1) for pair in loki["labels"].split(","))
        self.assertEqual(set(labels), LABELS)
        named = {".".join(re.findall(r"\w+", value)) for value in labels.values() if value.startswith("$")}
        self.assert_fields(named | {parser["time_key"]}, 3)

    def test_rsyslog(self):
        text = (DEPLOY / "rsyslog/tlswatch.conf").read_text()
        self.assert_fields({path.replace("!", ".") for path in re.findall(r"\$!([\w!]+)", text)}, 1)

    def test_elastic(self):
        config = yaml.safe_load((DEPLOY / "elastic/filebeat.yml").read_text())
        template = json.loads((DEPLOY / "elastic/index-template.json").read_text())
        named = {name for one in config["processors"] for name in one["fingerprint"]["fields"]}

        def walk(node, path):
            for name, child in node.get("properties", {}).items():
                named.add(f"{path}{name}")
                walk(child, f"{path}{name}.")

        walk(template["template"]["mappings"], "")
        self.assert_fields(named, 30)
        self.assertTrue(re.fullmatch(template["index_patterns"][0].replace("*", ".*"),
                                     config["output.elasticsearch"]["index"]))

    def test_all_read_the_log_where_the_daemon_writes_it(self):
        log = yaml.safe_load((DEPLOY / "tlswatch.yaml").read_text())["log"]["file"]
        for name in ("alloy/config.alloy", "vector/tlswatch.toml", "fluent-bit/tlswatch.yaml", "elastic/filebeat.yml",
                     "rsyslog/tlswatch.conf"):
            self.assertIn(log, (DEPLOY / name).read_text(), name)


class Readmes(unittest.TestCase):
    def test_each_folder_says_what_was_run_and_what_was_not(self):
        for name in ("alloy", "elastic", "fluent-bit", "grafana", "prometheus", "rsyslog", "vector"):
            text = (DEPLOY / name / "README.md").read_text()
            self.assertRegex(text, r"(?m)^\*\*(Run|Not run)\*\*: ", name)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
