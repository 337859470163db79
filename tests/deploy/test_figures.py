"""Alerts, the dashboard and what scales workers: whether they ask for figures that there are, and whether alerts fire."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import chart
import source
import yaml

# Of postgres_exporter, not ours.
POSTGRES = {"pg_up", "pg_database_size_bytes", "pg_stat_activity_max_tx_duration"}
# What Grafana fills in.
FILLED_IN = {"$__rate_interval": "1m", "$__range": "6h", "$namespace": chart.NAMESPACE}


def groups():
    (rules,) = chart.of_kind(chart.manifests("everything"), "PrometheusRule").values()
    return rules["spec"]["groups"]


def alerts():
    return {rule["alert"]: rule for group in groups() for rule in group["rules"]}


def dashboard():
    maps = chart.of_kind(chart.manifests("everything"), "ConfigMap")
    return json.loads(maps["salon-dashboard"]["data"]["harmony.json"])


def queries():
    """All that is asked of Prometheus, by where it is asked."""
    asked = {f"alert {name}": rule["expr"] for name, rule in alerts().items()}
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"]
            for variable, value in FILLED_IN.items():
                query = query.replace(variable, value)
            asked[f"panel {panel['title']}, {target['refId']}"] = query
    for name, scaled in chart.of_kind(chart.manifests("everything"), "ScaledObject").items():
        for trigger in scaled["spec"]["triggers"]:
            asked[f"{trigger['name']} of {name}"] = trigger["metadata"]["query"]
    return asked


def unknown(query):
    """What a query asks for and nobody tells: figures and labels."""
    figures = set(re.findall(r"\b(?:harmony|pg)_[a-z_]+", query)) - source.figures() - POSTGRES
    matched = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", query)
    grouped = [label for names in re.findall(r"\bby \(([^)]*)\)", query) for label in re.split(r",\s*", names)]
    labels = set(matched + grouped) - source.labels() - {"datname"}
    return figures | labels


def promtool(*arguments, cwd=None):
    return subprocess.run([os.environ["PROMTOOL"], *arguments], cwd=cwd, capture_output=True, text=True)


class Figures(unittest.TestCase):
    def test_are_told_by_the_programs(self):
        for place, query in queries().items():
            self.assertEqual(unknown(query), set(), place)

    def test_would_be_missed(self):
        for query in ('harmony_jobs_redy{queue="pdf"}', 'max by (queu) (harmony_jobs_ready)', 'harmony_streams{ns="x"}'):
            self.assertNotEqual(unknown(query), set(), query)
        # A histogram has no figure of its own name.
        self.assertNotEqual(unknown("rate(harmony_request_seconds[5m])"), set())

    def test_are_of_queues_and_outcomes_that_there_are(self):
        text = (source.ROOT / "jobs/src/lib.rs").read_text() + (source.ROOT / "worker/src/outcome.rs").read_text()
        for place, query in queries().items():
            for _, values in re.findall(r'\b(queue|outcome)=~?"([^"]+)"', query):
                for value in values.split("|"):
                    self.assertIn(f'"{value}"', text, place)

    def test_are_asked_for_in_prometheus_own_words(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries().values())]
            asked = {"groups": [{"name": "queries", "rules": rules}]}
            (pathlib.Path(folder) / "queries.yaml").write_text(yaml.safe_dump(asked))
            checked = promtool("check", "rules", "queries.yaml", cwd=folder)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            rules.append({"record": "query:broken", "expr": "sum(by (queue) harmony_jobs_ready)"})
            (pathlib.Path(folder) / "queries.yaml").write_text(yaml.safe_dump(asked))
            self.assertNotEqual(promtool("check", "rules", "queries.yaml", cwd=folder).returncode, 0)


class Alerts(unittest.TestCase):
    def test_fire_when_they_should_and_only_then(self):
        tests = pathlib.Path(__file__).parent / "alerts.test.yaml"
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "alerts.yaml").write_text(yaml.safe_dump({"groups": groups()}))
            (pathlib.Path(folder) / "alerts.test.yaml").write_text(tests.read_text())
            tested = promtool("test", "rules", "alerts.test.yaml", cwd=folder)
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_are_all_tested(self):
        tests = yaml.safe_load((pathlib.Path(__file__).parent / "alerts.test.yaml").read_text())
        fired = {
            case["alertname"]
            for test in tests["tests"]
            for case in test["alert_rule_test"]
            if case["exp_alerts"]
        }
        self.assertEqual(fired, set(alerts()))

    def test_are_about_every_route_of_bookings(self):
        (routes, *_) = re.findall(r'route=~"([^"]+)"', alerts()["BookingFails"]["expr"])
        bookings = {route for route in source.routes() if re.search(r"/[a-z-]*book|/manage/", route)}
        self.assertIn("/public/{tenant}/bookings", bookings)
        self.assertEqual({route for route in bookings if not re.fullmatch(routes, route)}, set())


class TheDashboard(unittest.TestCase):
    def test_has_room_for_every_panel(self):
        panels = dashboard()["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            taken |= cells

    def test_shows_what_alerts_are_about(self):
        shown = " ".join(query for place, query in queries().items() if place.startswith("panel"))
        ours = {figure for rule in alerts().values() for figure in re.findall(r"harmony_[a-z_]+", rule["expr"])}
        self.assertEqual({figure for figure in ours if figure not in shown}, set())


if __name__ == "__main__":
    unittest.main()
