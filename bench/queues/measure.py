"""Measures Harmony's queue beside others, in turns: bench/queues/run calls it. What and how is in bench/README.md."""

import os
import pathlib
import re
import statistics
import sys
import time

from peers import FOLDER, PEERS, Failed, end, note, redis, sql, table

SERVER = os.environ["BENCH_DATABASE_URL"].rsplit("/", 1)[0]
REDIS = os.environ["BENCH_REDIS_URL"]
POSTGRES_LOG = FOLDER.parent / "postgres" / "log"
REPETITIONS = int(os.environ.get("REPETITIONS", 3))
# How many jobs are drained; how many are enqueued one by one; how many are a great many; of how many the latency is told.
JOBS = int(os.environ.get("JOBS", 100_000))
SINGLE = int(os.environ.get("SINGLE_JOBS", 5_000))
MANY = int(os.environ.get("MANY_JOBS", 1_000_000))
LATENCY = int(os.environ.get("LATENCY_JOBS", 1_500))
RATE = 200
# One tenant's due jobs; another's jobs, and how many of them come in a second.
FAIR = (100_000, 600, 20)
IDLE_SECONDS = int(os.environ.get("IDLE_SECONDS", 30))
CONCURRENCY = (1, 10, 100)
# By figure and peer, one for each repetition.
found = {}


def keep(figure, peer, answer):
    found.setdefault((figure, peer.name), []).append(answer)
    note(figure=figure, peer=peer.name, **answer)
    told = ", ".join(f"{key} {value:,.6g}" for key, value in answer.items() if value is not None)
    print(f"  {figure}, {peer.title}: {told}", file=sys.stderr, flush=True)


def attempt(figure, peer, measure):
    """A peer that fails has no figure; the others go on."""
    try:
        ready(peer)
        keep(figure, peer, measure())
    except (Failed, KeyError, OSError) as error:
        note(figure=figure, peer=peer.name, failed=repr(error))
        print(f"  {figure}, {peer.title}: FAILED: {error!r}", file=sys.stderr, flush=True)


def ready(peer):
    """The peer's store empty, and nothing on its way to the disk. Redis keeps what it holds for those who rely on it."""
    redis(REDIS, "config", "set", "appendfsync", "everysec")
    redis(REDIS, "config", "set", "appendonly", "yes" if peer.keeps_in_redis else "no")
    peer.clear()
    sql(f"{SERVER}/postgres", "CHECKPOINT")
    until = time.monotonic() + 60
    while re.search(r"aof_rewrite_(in_progress|scheduled):1", redis(REDIS, "info", "persistence")):
        if time.monotonic() > until:
            raise Failed("Redis does not end its rewriting")
        time.sleep(0.1)


def drain(peer, jobs, concurrency):
    """Drains what has been enqueued in batches before, which is a figure too."""

    def measure():
        enqueued, answer = peer.drain(jobs, concurrency)
        if concurrency == 100 and jobs <= JOBS:
            keep("enqueue, batch", peer, enqueued)
        if answer["left"] or peer.left():
            raise Failed(f"{answer['left']} jobs are left")
        return answer

    return measure


def idle(peer):
    """What a worker costs that has nothing to do: its processor time, and what it asks of the servers."""

    def measure():
        if "postgres" in peer.needs:
            database = peer.database_url.rsplit("/", 1)[1]
            sql(f"{SERVER}/postgres", f"ALTER DATABASE {database} SET log_statement = 'all'")
        process = peer.run("idle", IDLE_SECONDS + 60)
        try:
            time.sleep(8)
            before, began = spent(process.pid), time.monotonic()
            time.sleep(IDLE_SECONDS)
            if process.poll() is not None:
                raise Failed("it ended by itself")
            processor, statements, commands = (b - a for a, b in zip(before, spent(process.pid)))
            took = time.monotonic() - began
        finally:
            end(process)
            if "postgres" in peer.needs:
                sql(f"{SERVER}/postgres", f"ALTER DATABASE {database} RESET log_statement")
        # The second look at Redis is itself a command.
        return {"cpu_percent": processor / took * 100, "statements_per_minute": statements / took * 60,
                "commands_per_minute": (commands - 1) / took * 60}

    return measure


def spent(leader):
    """Seconds of processor time of all processes of a session; what PostgreSQL and Redis have been told so far."""
    ticks = 0
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    statements = len(re.findall(r"LOG:  (?:execute|statement)", POSTGRES_LOG.read_text(errors="replace")))
    commands = sum(map(int, re.findall(r"calls=(\d+)", redis(REDIS, "info", "commandstats"))))
    return ticks / os.sysconf("SC_CLK_TCK"), statements, commands


# What is told of it.


def values(figure, peer, key):
    return [answer[key] for answer in found.get((figure, peer if isinstance(peer, str) else peer.name), [])]


def told(figure, peer, key, digits=0):
    these = values(figure, peer, key)
    if not these:
        return "–"
    middle = f"{statistics.median(these):,.{digits}f}"
    return middle if len(these) == 1 else f"{middle} ({min(these):,.{digits}f}–{max(these):,.{digits}f})"


def ratio(figure, other_figure, other):
    """Harmony's figure as a multiple of another; each repetition has one."""
    ours, theirs = values(figure, "harmony", "rate"), values(other_figure, other, "rate")
    if not ours or not theirs:
        return None
    each = [a / b for a, b in zip(ours, theirs)]
    middle = statistics.median(ours) / statistics.median(theirs)
    return middle, f"{middle:.2f} × ({min(each):.2f}–{max(each):.2f})"


def report():
    print("\nJobs a second:")
    table(["", "enqueue, 1 a transaction", "100 a transaction", *(f"drain, concurrency {c}" for c in CONCURRENCY)], [
        [peer.title, told("enqueue, single", peer, "rate"),
         told("enqueue, batch", peer, "rate") if not peer.name.startswith("celery") else "–",
         *(told(f"drain, {c}", peer, "rate") for c in CONCURRENCY)]
        for peer in PEERS if peer.drains])
    print(f"\nEnqueue to start at {RATE} a second, ms:")
    table(["", "p50", "p99", "most"], [
        [peer.title, *(told("latency", peer, key, 2) for key in ("p50_ms", "p99_ms", "max_ms"))]
        for peer in PEERS if "latency" in peer.figures])
    print("\nAn idle worker:")
    table(["", "processor", "statements a minute", "Redis commands a minute"], [
        [peer.title, told("idle", peer, "cpu_percent", 2) + " %", told("idle", peer, "statements_per_minute"),
         told("idle", peer, "commands_per_minute")]
        for peer in PEERS if "idle" in peer.figures])
    goals = []
    for peer, least in (("graphile-batched", 2.5), ("bullmq", 5)):
        if measured := ratio("drain, 100", "drain, 100", peer):
            title = next(one.title for one in PEERS if one.name == peer)
            what = f"drain of {JOBS:,}, concurrency 100: Harmony and {title}"
            goals.append([what, measured[1], f"≥ {least} ×", measured[0] >= least])
    if measured := ratio("drain of many", "drain, 100", "harmony"):
        goals.append([f"Harmony: drain of {MANY:,} and of {JOBS:,}", measured[1], "≥ 0.75 ×", measured[0] >= 0.75])
    for key, most in (("p50_ms", 1.5), ("p99_ms", 4)):
        if these := values("latency", "harmony", key):
            measured = told("latency", "harmony", key, 2) + " ms"
            goals.append([f"Harmony: enqueue to start, {key[:3]}", measured, f"≤ {most} ms", statistics.median(these) <= most])
    if these := values("fair", "harmony", "p99_ms"):
        what = f"Harmony: another tenant's jobs beside {FAIR[0]:,} due ones of 10 ms, p99"
        goals.append([what, told("fair", "harmony", "p99_ms", 2) + " ms", "≤ 25 ms", statistics.median(these) <= 25])
    if goals:
        table(["goal", "measured", "wanted", ""], [[*row, "reached" if met else "MISSED"] for *row, met in goals])


def main():
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if sql(f"{SERVER}/postgres", f"SHOW {setting}") != ["on"]:
            sys.exit(f"PostgreSQL's {setting} is off: this would measure what nobody should run.")
    peers = [peer.at(SERVER, REDIS) for peer in PEERS if peer.drains]
    before = os.getloadavg()[0]
    for number in range(REPETITIONS):
        print(f"Repetition {number + 1} of {REPETITIONS}", file=sys.stderr)
        for peer in peers:
            if "enqueue" in peer.figures:
                attempt("enqueue, single", peer, lambda: peer.ask("enqueue", SINGLE, "single"))
        for concurrency in CONCURRENCY:
            for peer in peers:
                if share := peer.drains.get(concurrency):
                    attempt(f"drain, {concurrency}", peer, drain(peer, int(JOBS * share), concurrency))
        for peer in peers:
            if peer.name == "harmony" and MANY:
                attempt("drain of many", peer, drain(peer, MANY, 100))
            if "latency" in peer.figures:
                attempt("latency", peer, lambda: peer.ask("latency", LATENCY, RATE))
            if "fair" in peer.figures:
                attempt("fair", peer, lambda: peer.ask("fair", *FAIR))
    for peer in peers:
        if "idle" in peer.figures:
            attempt("idle", peer, idle(peer))
    redis(REDIS, "config", "set", "appendonly", "no")
    after = os.getloadavg()[0]
    print(f"\n{os.cpu_count()} cores, load before {before:.1f} and after {after:.1f}; medians of {REPETITIONS} (least–most)")
    report()


main()
