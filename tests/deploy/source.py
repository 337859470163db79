"""What the source says of the programs: their names, what they can be told, what they measure, how they log in.

The tests hold what deploys the programs against this, so that neither is changed without the other.
"""

import functools
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Not deployed by themselves: the whole fleet in one process, and the administrator's tool.
NOT_DEPLOYED = {"fleet", "harmony"}


@functools.cache
def workspace():
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def programs():
    """The names of all programs."""
    targets = (target for package in workspace()["packages"] for target in package["targets"])
    return {target["name"] for target in targets if "bin" in target["kind"]}


def processes():
    """The programs that run for as long as they are not told to stop."""
    return programs() - NOT_DEPLOYED


def version():
    (version,) = {package["version"] for package in workspace()["packages"]}
    return version


def rust_version():
    (version,) = {package["rust_version"] for package in workspace()["packages"]}
    return version


def crates():
    """The folders of the workspace's packages."""
    return {pathlib.Path(package["manifest_path"]).parent.relative_to(ROOT) for package in workspace()["packages"]}


@functools.cache
def sources():
    """The text of each file of Rust that is part of a program, by its path."""
    paths = sorted(path for crate in crates() for path in (ROOT / crate).glob("src/**/*.rs"))
    return {path: path.read_text() for path in paths}


def embedded():
    """What lies outside the crates and is built into programs, as paths from the root."""
    found = set()
    for path, text in sources().items():
        crate = next(ROOT / crate for crate in crates() if (ROOT / crate) in path.parents)
        for inside in re.findall(r'#\[folder = "([^"]+)"\]', text):
            found.add((crate / inside).resolve())
        for inside in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', text):
            found.add((path.parent / inside).resolve())
    return {path.relative_to(ROOT) for path in found}


FIELD = re.compile(r"((?:^ *#\[.*\]\n)*)^ *(?:pub )?(\w+): ([\w:<>]+),", re.MULTILINE)


@functools.cache
def arguments():
    """By the name of each struct of arguments, and of each of the administrator's commands: the text of its fields."""
    found = {}
    for path, text in sources().items():
        blocks = re.findall(r"^(?:pub )?struct (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
        if path == ROOT / "admin/src/main.rs":
            blocks += re.findall(r"^    (\w+) \{\n(.*?)^    \},", text, re.MULTILINE | re.DOTALL)
        for name, fields in blocks:
            if "#[arg(" in fields or "#[command(flatten)]" in fields:
                assert name not in found, f"two structs of arguments are named {name}"
                found[name] = fields
    return found


def names_of(struct):
    """The names in the environment that the arguments of `struct` have."""
    names = set()
    for attributes, field, kind in FIELD.findall(arguments()[struct]):
        named = re.search(r'\benv = "([^"]+)"', attributes)
        if "#[command(flatten)]" in attributes:
            names |= names_of(kind)
        elif named:
            names.add(named[1])
        elif re.search(r"\benv\b", attributes):
            names.add(field.upper())
    return names


def settings(program, command=None):
    """The names in the environment that `program` listens to; of `harmony`, under one of its commands."""
    if program == "api":
        return names_of("Config")
    if program == "harmony":
        return names_of(command.capitalize())
    (start,) = re.findall(r"process::(\w+)\(", (ROOT / f"worker/src/bin/{program}.rs").read_text())
    process = sources()[ROOT / "worker/src/process.rs"]
    (struct,) = re.findall(rf"^pub fn {start}\(.*?\blet \w+: (\w+) = arguments\(", process, re.MULTILINE | re.DOTALL)
    return names_of(struct)


def doors(program):
    """The roles that a process must be able to log in as, as the names of their addresses begin."""
    path = ROOT / ("api/src/main.rs" if program == "api" else "worker/src/process.rs")
    (checked,) = re.findall(r"\.check\([^\[]*&\[([^\]]+)\]", sources()[path])
    # The door of accounts logs in as the role of sign-up.
    roles = {"Accounts": "SIGNUP"}
    return {roles.get(door, door.upper()) for door in re.findall(r"Door::(\w+)", checked)}


@functools.cache
def measuring():
    """The text of all files that register figures."""
    return "\n".join(text for text in sources().values() if "use prometheus::" in text)


def figures():
    """The names of all figures, as a query names them."""
    names = set(re.findall(r'"(harmony_[a-z_]+)"', measuring()))
    histograms = set(re.findall(r'[Hh]istogram(?:Opts::new)?\(\s*"(harmony_[a-z_]+)"', measuring()))
    return names - histograms | {name + part for name in histograms for part in ("_bucket", "_count", "_sum")}


def labels():
    """The labels of all figures, and those that Prometheus adds."""
    ours = {label for names in re.findall(r"&\[([^\]]*)\]", measuring()) for label in re.findall(r'"(\w+)"', names)}
    return ours | {"le", "namespace", "pod"}


def routes():
    """The patterns of all addresses, without what they are below of."""
    folder = ROOT / "api/src"
    texts = (text for path, text in sources().items() if folder in path.parents)
    return {route for text in texts for route in re.findall(r'"(/[a-z{][A-Za-z0-9/{}_.-]*)"', text)}
