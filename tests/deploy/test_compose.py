"""compose.yaml: against the schema of Compose, and against what the programs are."""

import copy
import re
import unittest

import jsonschema
import source
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

COMPOSE = yaml.safe_load((source.ROOT / "compose.yaml").read_text())
# What is not ours, and what runs once.
SERVERS, ONCE = {"postgres", "redis"}, {"migrate", "keys"}


def is_of_schema(compose):
    schema = get_builtin_schema("vendor.compose-spec")
    return jsonschema.validators.validator_for(schema)(schema).is_valid(compose)


def faults(compose):
    """What is wrong, in sentences."""
    services, volumes = compose["services"], set(compose["volumes"])
    found = []
    if set(services) != SERVERS | ONCE | source.processes():
        found.append(f"the services are {sorted(services)}")
    for name, service in services.items():
        for volume in service.get("volumes", []):
            if volume.split(":")[0] not in volumes:
                found.append(f"{name} mounts {volume}, which is no volume")
        for other, condition in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            if other not in services or condition["condition"] != wanted:
                found.append(f"{name} waits for {other} to be {condition['condition']}")
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                found.append(f"{name} can be reached from elsewhere at {port}")
        if name not in ONCE and "healthcheck" not in service:
            found.append(f"nobody asks whether {name} is well")
        if name in ONCE and service.get("restart"):
            found.append(f"{name} would run again and again")
        if name in SERVERS:
            continue
        program, *arguments = service.get("command", ["api"])
        if program != ("harmony" if name in ONCE else name):
            found.append(f"{name} runs {program}")
            continue
        environment = service["environment"]
        for unknown in sorted(set(environment) - source.settings(program, *arguments)):
            found.append(f"{name} does not know {unknown}")
        if not (service.get("read_only") and service.get("cap_drop") == ["ALL"]):
            found.append(f"{name} may do more than it has to")
        if name in source.processes():
            listens = {environment[key].split(":")[-1] for key in environment if key.endswith("BIND")}
            if service["healthcheck"]["test"][:2] != ["CMD", "healthy"] or service["healthcheck"]["test"][2] not in listens:
                found.append(f"{name} does not listen where its health is asked for")
            if set(service["depends_on"]) != ONCE | {"redis"}:
                found.append(f"{name} waits for {sorted(service['depends_on'])}")
            if service["stop_grace_period"] != "35s":
                found.append(f"{name} has no time to end")
    if "autovacuum_naptime=5s" not in services.get("postgres", {}).get("command", []):
        found.append("vacuum looks too rarely")
    return found


class ComposeFile(unittest.TestCase):
    def test_is_of_the_schema(self):
        self.assertTrue(is_of_schema(COMPOSE))

    def test_fits_the_programs(self):
        self.assertEqual(faults(COMPOSE), [])

    def test_names_every_variable_it_reads_where_one_looks_for_them(self):
        text = (source.ROOT / "compose.yaml").read_text()
        head = text[: text.index("\nname:")]
        read = set(re.findall(r"\$\{(\w+)", text)) - {"HARMONY_IMAGE"}
        self.assertEqual({name for name in read if name not in head}, set())

    def test_would_not_pass_broken(self):
        def broken(change):
            compose = copy.deepcopy(COMPOSE)
            change(compose["services"], compose)
            return compose

        for change in (
            lambda services, _: services["api"].update(helthcheck={}),
            lambda services, _: services["api"].update(ports="8080"),
            lambda services, _: services["postgres"].update(shm_size=[]),
            lambda services, _: services["redis"]["healthcheck"].update(interval=5),
        ):
            self.assertFalse(is_of_schema(broken(change)))
        for change in (
            lambda services, _: services.pop("pdf"),
            lambda services, _: services["pdf"].update(command=["pfd"]),
            lambda services, _: services["pdf"].update(command=["email"]),
            lambda services, _: services["api"]["environment"].update(METRICS_BIND="0.0.0.0:9464"),
            lambda services, _: services["migrate"]["environment"].update(ROLE_PASWORD="x"),
            lambda services, _: services["api"].update(ports=["8080:8080"]),
            lambda services, _: services["email"]["healthcheck"].update(test=["CMD", "healthy", "9465"]),
            lambda services, _: services["email"]["depends_on"].pop("migrate"),
            lambda services, _: services["migrate"]["depends_on"]["postgres"].update(condition="service_started"),
            lambda services, _: services["postgres"]["command"].remove("autovacuum_naptime=5s"),
            lambda _, compose: compose["volumes"].pop("keys"),
        ):
            self.assertNotEqual(faults(broken(change)), [])


if __name__ == "__main__":
    unittest.main()
