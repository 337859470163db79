"""The queues that are compared, and how they are asked: by the commands of contract.mjs."""

import atexit
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

# Where the peers are installed.
FOLDER = pathlib.Path(os.environ["BENCH_QUEUES"])
BINARIES = pathlib.Path(os.environ["BINARIES"])
# No step may take longer, in seconds.
LONGEST = int(os.environ.get("LONGEST_STEP", 120))
# Whatever was started and has not ended: each leads a session of its own.
started, lock, over = set(), threading.Lock(), threading.Event()


class Failed(Exception):
    pass


def start(command, **options):
    with lock:
        if over.is_set():
            raise Failed("it is over")
        process = subprocess.Popen([str(word) for word in command], start_new_session=True, **options)
        started.add(process)
    return process


def end(process, how=signal.SIGKILL):
    """Ends a process and all that it started."""
    for sign in (how, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            pass
        try:
            process.wait(20)
            break
        except subprocess.TimeoutExpired:
            continue
    with lock:
        started.discard(process)


def end_all():
    over.set()
    for process in list(started):
        end(process)


atexit.register(end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def says(command, seconds=LONGEST, **options):
    """What a program prints; it and its children end within some seconds."""
    with tempfile.TemporaryFile("w+") as errors:
        process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, **options)
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"took more than {seconds} s") from None
        finally:
            end(process)
        errors.seek(0)
        said = errors.read()
    with (FOLDER / "log").open("a") as log:
        log.write(f"{' '.join(map(str, command))}\n{said}")
    if process.returncode:
        raise Failed((said.strip() or out.strip() or f"exit status {process.returncode}")[-500:])
    return out


def sql(url, text):
    return says(["psql", "-XAtq", url, "-c", text]).split()


def redis(url, *words):
    return says(["redis-cli", "-u", url, *words])


@dataclasses.dataclass
class Peer:
    name: str
    title: str
    command: list
    # The part of all jobs that it drains, by concurrency: those of the slow would take minutes.
    drains: dict
    figures: set
    needs: set
    environment: dict = dataclasses.field(default_factory=dict)
    server: str = ""
    redis_url: str = ""

    @property
    def database_url(self):
        return f"{self.server}/queue_{self.name}".replace("-", "_")

    @property
    def keeps_in_redis(self):
        return self.needs == {"redis"}

    def at(self, server, redis_url):
        """The same, on these servers, with a new database if it needs one."""
        peer = dataclasses.replace(self, server=server, redis_url=redis_url)
        if "postgres" in self.needs:
            database = peer.database_url.rsplit("/", 1)[1]
            sql(f"{server}/postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            sql(f"{server}/postgres", f"CREATE DATABASE {database}")
        peer.prepare()
        return peer

    def prepare(self):
        pass

    def surroundings(self):
        return os.environ | self.environment | {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def ask(self, *words):
        out = says([*self.command, *words], env=self.surroundings(), cwd=FOLDER)
        try:
            return json.loads(out.strip().splitlines()[-1])
        except (IndexError, ValueError):
            raise Failed(f"{words[0]} said {out[-200:]!r}") from None

    def run(self, *words):
        """Starts what runs until it is ended."""
        log = (FOLDER / "log").open("a")
        return start([*self.command, *words], env=self.surroundings(), cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=log,
                     stderr=log)

    def clear(self):
        self.ask("clear")

    def left(self):
        return self.ask("left")["left"]

    def drain(self, jobs, concurrency):
        """How fast they were enqueued, in batches, and how fast they were done."""
        return self.ask("enqueue", jobs, "batch"), self.ask("drain", jobs, concurrency)


class Harmony(Peer):
    def prepare(self):
        says([BINARIES / "harmony", "migrate"], env=self.surroundings())

    def clear(self):
        sql(self.database_url, "TRUNCATE jobs")
        redis(self.redis_url, "flushall")

    def left(self):
        return int(sql(self.database_url, "SELECT count(*) FROM jobs WHERE state <> 'dead'")[0])

    def drain(self, jobs, concurrency):
        # Its `drain` enqueues what it drains.
        enqueued = self.ask("enqueue", jobs, "batch")
        self.clear()
        return enqueued, self.ask("drain", jobs, concurrency)


CELERY = [sys.executable, "celery_peer.py"]
EACH = {"enqueue", "latency", "idle", "chaos"}
PEERS = [
    Harmony("harmony", "Harmony", [BINARIES / "examples" / "road"], {1: 1, 10: 1, 100: 1}, EACH | {"fair"}, {"postgres", "redis"}),
    Peer("bullmq", "BullMQ", ["node", "bullmq.mjs"], {1: 0.2, 10: 0.5, 100: 1}, EACH, {"redis"}),
    Peer("graphile", "graphile-worker", ["node", "graphile.mjs"], {1: 0.05, 10: 0.1, 100: 0.1}, EACH, {"postgres"}),
    Peer("graphile-batched", "graphile-worker, local queue of 500, batched completion", ["node", "graphile.mjs"],
         {1: 0.5, 10: 0.5, 100: 1}, {"chaos"}, {"postgres"}, {"LOCAL_QUEUE": "500"}),
    Peer("pgboss", "pg-boss", ["node", "pgboss.mjs"], {1: 0.01, 10: 0.05, 100: 0.05}, EACH - {"chaos"}, {"postgres"}),
    Peer("pgboss-batches", "pg-boss, 4 × batches of 500", ["node", "pgboss.mjs"], {100: 1}, {"chaos"}, {"postgres"},
         {"BATCH": "500"}),
    Peer("celery", "Celery", CELERY, {1: 0.03, 10: 0.03, 100: 0.03}, EACH, {"redis"}),
    Peer("celery-late", "Celery, acks_late, visibility_timeout 30 s", CELERY, {}, {"chaos"},
         {"redis"}, {"ACKS_LATE": "1"}),
]
chosen = os.environ.get("PEERS", "").split() or [peer.name for peer in PEERS]
if unknown := set(chosen) - {peer.name for peer in PEERS}:
    sys.exit(f"No such queue: {' '.join(sorted(unknown))}. PEERS are some of: {' '.join(peer.name for peer in PEERS)}")
PEERS = [peer for peer in PEERS if peer.name in chosen]


def note(**record):
    """Raw, a line of JSON each, for whoever wants to look closer."""
    record = {"at": time.strftime("%F %T"), "load": round(os.getloadavg()[0], 1)} | record
    with (FOLDER / "results.jsonl").open("a") as file:
        file.write(json.dumps(record) + "\n")


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
