"""What becomes of jobs when something dies, Harmony's and others': bench/queues/run calls it, after measure.py or alone.

Each peer has servers of its own to lose, so that all go on at the same time: only counts are told, no speeds."""

import contextlib
import os
import pathlib
import pwd
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from peers import PEERS, Failed, end, end_all, note, redis, says, sql, start, table

JOBS = int(os.environ.get("CHAOS_JOBS", 5_000))
PLACES = 10
# How long a peer has to come to terms with it, in seconds.
PATIENCE = int(os.environ.get("PATIENCE", 90))


def free_port():
    while True:
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", random.randrange(20_000, 32_000)))  # below what outgoing connections get
                return one.getsockname()[1]
            except OSError:
                continue


def account():
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": [], "cwd": "/"}
    sys.exit("PostgreSQL must not run as root, and there is no user postgres or nobody.")


def wait_for(what, condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise Failed(f"{what} does not come")
        time.sleep(0.1)


class Postgres:
    def __init__(self, folder):
        self.data, self.log, self.port, self.process = folder / "postgres", folder / "postgres.log", free_port(), None
        self.data.mkdir(mode=0o700)
        self.account = account()
        if self.account:
            os.chown(self.data, self.account["user"], self.account["group"])
        says(["initdb", "--pgdata", self.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
              "--no-sync"], **self.account)
        self.up()

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}"

    def up(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "",
                    "max_connections": 200, "autovacuum_naptime": "5s"}
        with self.log.open("a") as log:
            self.process = start(["postgres", "-D", self.data, *(f"--{key}={value}" for key, value in settings.items())],
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.account)
        wait_for("PostgreSQL", lambda: not subprocess.call(["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]))

    def down(self, how):
        # The postmaster alone: it sees to its children.
        self.process.send_signal(how)
        self.process.wait(30)
        end(self.process)


class Redis:
    def __init__(self, folder, keeps):
        self.folder, self.log, self.port, self.process = folder / "redis", folder / "redis.log", free_port(), None
        self.keeps = keeps
        self.folder.mkdir()
        self.up()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def up(self):
        with self.log.open("a") as log:
            self.process = start(
                ["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--dir", self.folder,
                 "--appendonly", "yes" if self.keeps else "no", "--appendfsync", "everysec"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("Redis", self.answers)

    def answers(self):
        with contextlib.suppress(Failed):
            return redis(self.url, "ping").strip() == "PONG"

    def down(self, how):
        end(self.process, how)


class Worker:
    """One that is started again a second after it has ended, as supervisors do."""

    def __init__(self, peer, file):
        self.peer, self.file, self.restarts = peer, file, 0
        self.process = peer.run("work", file, PLACES)

    def kill(self):
        end(self.process)
        self.again()

    def see(self):
        if self.process.poll() is not None:
            self.again()

    def again(self):
        end(self.process)
        time.sleep(1)
        self.restarts += 1
        self.process = self.peer.run("work", self.file, PLACES)


def kill_redis(servers):
    servers["redis"].down(signal.SIGKILL)
    time.sleep(1)
    servers["redis"].up()


def restart_postgres(servers):
    servers["postgres"].down(signal.SIGQUIT)  # "immediate": as if it had crashed
    servers["postgres"].up()


# What happens, and to which server.
FAULTS = {
    "worker killed": (None, lambda _servers, worker: worker.kill()),
    "FLUSHALL": ("redis", lambda servers, _worker: redis(servers["redis"].url, "flushall")),
    "Redis killed, back after 1 s": ("redis", lambda servers, _worker: kill_redis(servers)),
    "PostgreSQL restarted, immediate": ("postgres", lambda servers, _worker: restart_postgres(servers)),
}


def effects(file):
    return file.read_text().split() if file.exists() else []


def one(peer, servers, fault, file):
    """Jobs, a fault when two fifths are done, and what there is to see when nothing is left, or when patience ends."""
    peer.clear()
    file.unlink(missing_ok=True)
    peer.ask("enqueue", JOBS, "batch")
    worker = Worker(peer, file)
    try:
        wait_for("two fifths of the work", lambda: len(effects(file)) >= JOBS * 0.4)
        FAULTS[fault][1](servers, worker)
        began, last, lines, looked = time.monotonic(), 0, 0, 0
        while (passed := time.monotonic() - began) < PATIENCE:
            worker.see()
            now = effects(file)
            if len(now) > lines:
                lines, last = len(now), passed
            elif passed > last + 3 and passed > looked + 3:
                # Whatever was done twice is, by now: nothing is left that could be done again.
                looked = passed
                with contextlib.suppress(Failed):
                    if peer.left() == 0 and len(effects(file)) == lines:
                        break
            time.sleep(0.1)
    finally:
        end(worker.process)
    now = effects(file)
    missing = JOBS - len(set(now))
    stuck = min(missing, peer.left())
    return {"jobs": JOBS, "lost": missing - stuck, "stuck": stuck, "doubled": len(now) - len(set(now)),
            "last_effect_s": round(last, 1), "worker_restarts": worker.restarts}


def suffer(peer, folder, found):
    """All that can happen to one peer, one after the other."""
    servers = {}
    try:
        folder.mkdir()
        folder.chmod(0o711)
        if "postgres" in peer.needs:
            servers["postgres"] = Postgres(folder)
        if "redis" in peer.needs:
            servers["redis"] = Redis(folder, peer.keeps_in_redis)
        peer = peer.at(*(servers[name].url if name in servers else "" for name in ("postgres", "redis")))
        for fault, (needed, _) in FAULTS.items():
            if needed is None or needed in servers:
                try:
                    answer = one(peer, servers, fault, folder / "effects")
                except Failed as error:
                    answer = {"failed": str(error)}
                found[peer.name, fault] = answer
                note(figure="chaos", peer=peer.name, fault=fault, **answer)
                print(f"  {fault}, {peer.title}: {answer}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"  {peer.title}: FAILED: {error}", file=sys.stderr, flush=True)
    finally:
        for server in servers.values():
            server.down(signal.SIGTERM if isinstance(server, Redis) else signal.SIGINT)


def cell(answer):
    if answer is None:
        return "–"
    if "failed" in answer:
        return "failed"
    stuck = f", {answer['stuck']} stuck" if answer["stuck"] else ""
    return f"{answer['lost']} lost{stuck}, {answer['doubled']} doubled; {answer['last_effect_s']} s"


def main():
    found = {}
    # Where everybody may go: the account of PostgreSQL may not be let into the checkout.
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="harmony-chaos-") as place:
        os.chmod(place, 0o711)
        threads = [threading.Thread(target=suffer, args=(peer, pathlib.Path(place, peer.name), found), daemon=True)
                   for peer in PEERS if "chaos" in peer.figures]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            end_all()
    print(f"\n{JOBS:,} jobs of 5 ms, {PLACES} at a time, a fault when two fifths are done; the last effect came so long after it:")
    table(["", *FAULTS], [[peer.title, *(cell(found.get((peer.name, fault))) for fault in FAULTS)]
                          for peer in PEERS if "chaos" in peer.figures])


main()
