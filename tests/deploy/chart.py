"""The chart in helm/, rendered, and what is wrong with what comes of it."""

import functools
import json
import os
import pathlib
import subprocess
import tempfile

import jsonschema
import kubernetes_validate
import source
import yaml
from kubernetes_validate import utils

FOLDER = source.ROOT / "helm"
VALUES = pathlib.Path(__file__).parent / "values"
SCHEMAS = pathlib.Path(__file__).parent / "schemas"
# The oldest that the chart is for, and the newest whose schemas there are.
KUBERNETES = ("1.30.0", "1.37.0")
RELEASE = "salon"
NAMESPACE = "bookings"

# It reads megabytes anew for every manifest.
utils.schema_contents = functools.cache(utils.schema_contents)


def helm(*arguments, values=()):
    """Runs helm. `values` are files, or values themselves."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, value in enumerate(values):
            if isinstance(value, dict):
                path = pathlib.Path(folder) / f"{number}.json"
                path.write_text(json.dumps(value))
                value = path
            files += ["--values", str(value)]
        return subprocess.run([os.environ["HELM"], *arguments, *files], capture_output=True, text=True)


def template(*values, kubernetes=KUBERNETES[-1]):
    arguments = ("template", RELEASE, str(FOLDER), "--namespace", NAMESPACE, "--kube-version", kubernetes)
    return helm(*arguments, values=values)


@functools.cache
def manifests(name=None, kubernetes=KUBERNETES[-1]):
    """What comes of the values in the file `name`; of those of the chart alone without one."""
    rendered = template(*([VALUES / f"{name}.yaml"] if name else []), kubernetes=kubernetes)
    if rendered.returncode:
        raise AssertionError(rendered.stderr)
    return [manifest for manifest in yaml.safe_load_all(rendered.stdout) if manifest]


def of_kind(manifests, kind):
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def fault(manifest, kubernetes=KUBERNETES[-1]):
    """Why Kubernetes, or whoever defines the kind, would not take it; nothing if it would."""
    own = SCHEMAS / f"{manifest['kind']}.json"
    try:
        if own.exists():
            jsonschema.validate(manifest, json.loads(own.read_text()))
        else:
            kubernetes_validate.validate(manifest, kubernetes, strict=True)
    except jsonschema.ValidationError as error:
        return f"{manifest['kind']} {manifest['metadata']['name']}: {error.message}"


def pods(manifests):
    """The templates of all pods, by the name of what makes them."""
    makers = of_kind(manifests, "Deployment") | of_kind(manifests, "Job")
    return {name: maker["spec"]["template"] for name, maker in makers.items()}


def selects(selector, template):
    return selector["matchLabels"].items() <= template["metadata"]["labels"].items()


def faults(manifests):
    """What is wrong between the manifests and the programs, in sentences."""
    found = []
    named = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests]
    found += [f"{name} is there twice" for name in named if named.count(name) > 1]
    deployments = of_kind(manifests, "Deployment")
    if set(deployments) != {f"{RELEASE}-{name}" for name in source.processes()}:
        found.append(f"the deployments are {sorted(deployments)}")
    for name, deployment in deployments.items():
        found += [f"{name} {fault}" for fault in faults_of_process(name.removeprefix(f"{RELEASE}-"), deployment)]
    for name, template in pods(manifests).items():
        found += [f"{name} {fault}" for fault in faults_of_pod(template["spec"])]
    found += faults_of_references(manifests)
    return found


def faults_of_process(program, deployment):
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    if container["command"] != [program]:
        yield f"runs {container['command']}"
    environment = {variable["name"]: variable for variable in container["env"]}
    if len(environment) != len(container["env"]):
        yield "is told something twice"
    for unknown in sorted(set(environment) - source.settings(program)):
        yield f"does not know {unknown}"
    told = {name.removesuffix("_DATABASE_URL") for name in environment if name.endswith("_DATABASE_URL")}
    if told != source.doors(program):
        yield f"is told how to log in as {sorted(told)}"
    for name, variable in environment.items():
        if ("value" in variable) == (name.endswith("_URL") and name not in ("PUBLIC_URL", "FILES_URL")):
            yield f"is told {name} in the open, or from a secret that is none"
    listens = {int(environment[name]["value"].split(":")[-1]) for name in environment if name.endswith("BIND")}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    if set(ports.values()) != listens:
        yield f"listens on {sorted(listens)}, not on {ports}"
    for probe, path in (("startup", "live"), ("liveness", "live"), ("readiness", "ready")):
        asked = container[f"{probe}Probe"]["httpGet"]
        if asked["path"] != f"/health/{path}" or asked["port"] not in ports:
            yield f"is asked for {asked} as its {probe}"
    mounted = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
    for name in ("SECRETS_DIR", "FILES_URL"):
        if name in environment and environment[name]["value"].removeprefix("file://") not in mounted:
            yield f"has nothing at {name}"
    # 25 s to end, after what preStop waits.
    if deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] < 35:
        yield "has no time to end"


def faults_of_pod(pod):
    """What the standard "restricted" for pods would refuse, and more."""
    context, (container,) = pod["securityContext"], pod["containers"]
    if not (context["runAsNonRoot"] and context["seccompProfile"]["type"] == "RuntimeDefault"):
        yield "may be anybody"
    allowed = container["securityContext"]
    if allowed["allowPrivilegeEscalation"] or not allowed["readOnlyRootFilesystem"] or allowed["capabilities"]["drop"] != ["ALL"]:
        yield "may do more than it has to"
    if pod["automountServiceAccountToken"]:
        yield "could speak to Kubernetes"
    if not (container["resources"]["requests"] and container["resources"]["limits"]):
        yield "may take all there is"


def faults_of_references(manifests):
    templates = pods(manifests)
    deployments = of_kind(manifests, "Deployment")
    claims = of_kind(manifests, "PersistentVolumeClaim")
    for kind in ("PodDisruptionBudget", "NetworkPolicy", "PodMonitor"):
        for name, manifest in of_kind(manifests, kind).items():
            selector = manifest["spec"]["podSelector" if kind == "NetworkPolicy" else "selector"]
            if not any(selects(selector, template) for template in templates.values()):
                yield f"{kind} {name} is about no pod"
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        for name, manifest in of_kind(manifests, kind).items():
            if manifest["spec"]["scaleTargetRef"]["name"] not in deployments:
                yield f"{kind} {name} scales nothing"
            elif "replicas" in deployments[manifest["spec"]["scaleTargetRef"]["name"]]["spec"]:
                yield f"{kind} {name} scales what every upgrade sets back"
    for name in deployments:
        if name not in of_kind(manifests, "PodDisruptionBudget"):
            yield f"all of {name} may be taken away at once"
    for name, service in of_kind(manifests, "Service").items():
        chosen = [template for template in templates.values() if selects({"matchLabels": service["spec"]["selector"]}, template)]
        ports = {port["name"] for template in chosen for port in template["spec"]["containers"][0]["ports"]}
        if len(chosen) != 1 or {port["targetPort"] for port in service["spec"]["ports"]} - ports:
            yield f"Service {name} leads nowhere"
    for name, ingress in of_kind(manifests, "Ingress").items():
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                if path["backend"]["service"]["name"] not in of_kind(manifests, "Service"):
                    yield f"Ingress {name} leads nowhere"
            if rule["host"] not in ingress["spec"]["tls"][0]["hosts"]:
                yield f"Ingress {name} has no certificate for {rule['host']}"
    for name, template in templates.items():
        for volume in template["spec"].get("volumes", []):
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            if claim and claims and claim not in claims:
                yield f"{name} mounts {claim}, which is not there"
