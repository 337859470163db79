"""The chart in helm/, with all sets of values: whether Kubernetes takes what comes of it, and whether it fits the programs."""

import copy
import unittest

import chart
import source
import test_image
import yaml

SETS = (None, "minimal", "everything")


class TheChart(unittest.TestCase):
    def test_has_no_flaw_that_helm_sees(self):
        for name in SETS:
            values = [chart.VALUES / f"{name}.yaml"] if name else []
            lint = chart.helm("lint", "--strict", str(chart.FOLDER), values=values)
            self.assertEqual(lint.returncode, 0, lint.stdout + lint.stderr)

    def test_is_of_this_version(self):
        about = yaml.safe_load((chart.FOLDER / "Chart.yaml").read_text())
        self.assertEqual((about["version"], about["appVersion"]), (source.version(), source.version()))

    def test_makes_what_kubernetes_takes(self):
        for name in SETS:
            for kubernetes in chart.KUBERNETES:
                for manifest in chart.manifests(name, kubernetes):
                    self.assertIsNone(chart.fault(manifest, kubernetes))

    def test_fits_the_programs(self):
        for name in SETS:
            self.assertEqual(chart.faults(chart.manifests(name)), [], name)

    def test_refuses_a_kubernetes_that_is_too_old(self):
        self.assertIn("incompatible", chart.template(kubernetes="1.29.0").stderr)

    def test_makes_no_secret(self):
        for name in SETS:
            self.assertEqual(chart.of_kind(chart.manifests(name), "Secret"), {})

    def test_runs_everything_as_the_user_of_the_image(self):
        for template in chart.pods(chart.manifests()).values():
            context = template["spec"]["securityContext"]
            self.assertEqual((context["runAsUser"], context["runAsGroup"]), test_image.user())

    def test_asks_for_what_was_agreed(self):
        for name, template in chart.pods(chart.manifests()).items():
            (container,) = template["spec"]["containers"]
            resources = {
                "requests": {"cpu": "250m", "memory": "256Mi"},
                "limits": {"cpu": "500m", "memory": "512Mi"},
            }
            self.assertEqual(container["resources"], resources, name)

    def test_scales_the_api_from_3_to_10_by_its_work(self):
        for name in (None, "everything"):
            spec = chart.of_kind(chart.manifests(name), "HorizontalPodAutoscaler")["salon-api"]["spec"]
            self.assertEqual((spec["minReplicas"], spec["maxReplicas"]), (3, 10))

    def test_scales_each_worker_alone(self):
        workers = {f"salon-{name}" for name in source.processes() - {"api", "dispatch"}}
        default, everything, minimal = (chart.manifests(name) for name in (None, "everything", "minimal"))
        self.assertEqual(set(chart.of_kind(default, "HorizontalPodAutoscaler")), workers | {"salon-api"})
        self.assertEqual(set(chart.of_kind(everything, "HorizontalPodAutoscaler")), {"salon-api"})
        self.assertEqual(set(chart.of_kind(everything, "ScaledObject")), workers)
        self.assertEqual(chart.of_kind(minimal, "HorizontalPodAutoscaler"), {})
        for deployment in chart.of_kind(minimal, "Deployment").values():
            self.assertEqual(deployment["spec"]["replicas"], 1)

    def test_scales_a_worker_by_its_own_queue(self):
        for name, scaled in chart.of_kind(chart.manifests("everything"), "ScaledObject").items():
            queue = f'{{namespace="bookings", queue="{name.removeprefix("salon-")}"}}'
            queries = [trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]]
            self.assertEqual(
                queries, [f"max(harmony_jobs_oldest_seconds{queue})", f"max(harmony_jobs_ready{queue})"]
            )

    def test_migrates_before_anything_of_a_release_starts(self):
        (job,) = chart.of_kind(chart.manifests(), "Job").values()
        self.assertEqual(job["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
        (container,) = job["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["command"], ["harmony", "migrate"])
        environment = {variable["name"] for variable in container["env"]}
        self.assertEqual(environment, source.settings("harmony", "migrate"))
        # Nothing that the chart makes is there yet.
        self.assertNotIn("volumes", job["spec"]["template"]["spec"])
        self.assertNotIn("serviceAccountName", job["spec"]["template"]["spec"])

    def test_lets_only_who_mails_reach_a_mail_server(self):
        policies = chart.of_kind(chart.manifests(), "NetworkPolicy")
        open_to = {
            name: {port["port"] for way in policy["spec"].get("egress", []) for port in way["ports"]}
            for name, policy in policies.items()
        }
        self.assertEqual(open_to, {"salon": {53, 5432, 6379}, "salon-api": {443}, "salon-email": {465, 587}})

    def test_tells_traces_where_a_collector_is_named(self):
        for name, told in ((None, False), ("everything", True)):
            manifests = chart.manifests(name)
            for deployment in chart.of_kind(manifests, "Deployment").values():
                (container,) = deployment["spec"]["template"]["spec"]["containers"]
                environment = {variable["name"] for variable in container["env"]}
                self.assertEqual("OTEL_EXPORTER_OTLP_ENDPOINT" in environment, told)
            policy = chart.of_kind(manifests, "NetworkPolicy")["salon"]
            ports = {port["port"] for way in policy["spec"]["egress"] for port in way["ports"]}
            self.assertEqual(4318 in ports, told)

    def test_makes_little_where_little_is_wanted(self):
        kinds = {manifest["kind"] for manifest in chart.manifests("minimal")}
        self.assertEqual(kinds, {"Deployment", "Job", "PodDisruptionBudget", "Service"})

    def test_refuses_values_that_make_no_sense(self):
        for values in (
            {"replicas": 3},
            {"api": {"replicas": 3}},
            {"api": {"minReplicas": 0}},
            {"api": {"maxReplicas": "10"}},
            {"workers": {"emial": {"minReplicas": 1}}},
            {"workers": {"email": {"secondsPerReplica": 0}}},
            {"image": {"digest": "sha256:abc"}},
            {"image": {"pullPolicy": "Sometimes"}},
            {"publicUrl": "harmony.example.com"},
            {"publicUrl": "https://harmony.example.com/"},
            {"secrets": {"database": "postgres://u:p@host/db"}},
            {"secrets": {"databaseUrl": "x"}},
            {"settings": {"SMTP_URL": "smtps://u:p@host"}},
            {"settings": {"ROLE_PASSWORD": "x"}},
            {"settings": {"DATABASE_CONNECTIONS": 4}},
            {"keda": {"enabled": True}},
            {"keda": {"enabled": True, "prometheus": "prometheus:9090"}},
            {"networkPolicy": {"apiFrom": [{}]}},
            {"networkPolicy": {"database": {"ports": ["postgres"]}}},
            {"files": {"accessModes": []}},
            {"monitoring": {"postgres": {"capacityGiB": "100"}}},
        ):
            refused = chart.template(values)
            self.assertNotEqual(refused.returncode, 0, values)
            self.assertIn("values don't meet the specifications of the schema", refused.stderr, values)

    def test_would_not_pass_broken(self):
        everything = chart.manifests("everything")

        def broken(kind, change):
            manifests = copy.deepcopy(everything)
            manifest = next(manifest for manifest in manifests if manifest["kind"] == kind)
            change(manifest["spec"])
            return manifests, manifest

        def container(spec):
            return spec["template"]["spec"]["containers"][0]

        for kind, change in (
            ("Deployment", lambda spec: spec.update(replica=3)),
            ("Deployment", lambda spec: container(spec).update(readinesProbe={})),
            ("Deployment", lambda spec: container(spec)["livenessProbe"].update(periodSeconds="ten")),
            ("NetworkPolicy", lambda spec: spec.update(policyTypes="Ingress")),
            ("HorizontalPodAutoscaler", lambda spec: spec.pop("maxReplicas")),
            ("ScaledObject", lambda spec: spec.update(minReplicas=1)),
            ("ScaledObject", lambda spec: spec["triggers"][0]["metadata"].update(threshold=30)),
            ("PodMonitor", lambda spec: spec["podMetricsEndpoints"][0].update(prot="metrics")),
            ("PrometheusRule", lambda spec: spec["groups"][0]["rules"][0].pop("labels")),
        ):
            _, manifest = broken(kind, change)
            self.assertIsNotNone(chart.fault(manifest), (kind, manifest["spec"]))
        for kind, change in (
            ("Deployment", lambda spec: container(spec).update(command=["harmony"])),
            ("Deployment", lambda spec: container(spec)["env"].append({"name": "METRIC_PATH", "value": "x"})),
            ("Deployment", lambda spec: container(spec)["env"].append({"name": "LOG", "value": "x"})),
            ("Deployment", lambda spec: container(spec)["readinessProbe"]["httpGet"].update(port="https")),
            ("Deployment", lambda spec: container(spec)["livenessProbe"]["httpGet"].update(path="/healthz")),
            ("Deployment", lambda spec: container(spec)["ports"][0].update(containerPort=8081)),
            ("Deployment", lambda spec: container(spec)["securityContext"].update(readOnlyRootFilesystem=False)),
            ("Deployment", lambda spec: spec["template"]["spec"].update(terminationGracePeriodSeconds=30)),
            ("Deployment", lambda spec: spec["template"]["metadata"]["labels"].clear()),
            ("Deployment", lambda spec: container(spec).pop("volumeMounts")),
            ("Deployment", lambda spec: spec.update(replicas=3)),
            ("Job", lambda spec: container(spec).update(resources={"requests": {}, "limits": {}})),
            ("HorizontalPodAutoscaler", lambda spec: spec["scaleTargetRef"].update(name="api")),
            ("PodDisruptionBudget", lambda spec: spec["selector"]["matchLabels"].update(app="other")),
            ("Service", lambda spec: spec["ports"][0].update(targetPort="web")),
            ("Ingress", lambda spec: spec["tls"][0].update(hosts=[])),
        ):
            manifests, manifest = broken(kind, change)
            self.assertNotEqual(chart.faults(manifests), [], (kind, manifest["spec"]))


if __name__ == "__main__":
    unittest.main()
