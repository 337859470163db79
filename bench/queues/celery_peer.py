"""Celery: what contract.mjs says, from REDIS_URL. ACKS_LATE=1 gives back what a lost worker had. Its producer knows no
batches. The worker imports this file too: DO tells it what a job does, OUT where."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import redis
from celery import Celery

PLACES = 10
WARM_SECONDS = 2
DO = os.environ.get("DO")
LATE = os.environ.get("ACKS_LATE") == "1"
app = Celery("celery_peer", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_ignore_result=True,
    task_acks_late=LATE,
    task_reject_on_worker_lost=LATE,
    broker_connection_retry_on_startup=True,
    # An hour unless told: nobody waits for that here.
    broker_transport_options={"visibility_timeout": 30} if LATE else {},
    worker_hijack_root_logger=False,
)
store = redis.Redis.from_url(os.environ["REDIS_URL"])
started = False


def write(line):
    """At the end of the file, in one piece, whoever else writes."""
    file = os.open(os.environ["OUT"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{line}\n".encode())
    os.close(file)


@app.task(name="job")
def job(number, at=0):
    global started
    if DO == "effect":
        time.sleep(0.005)
        write(number)
    elif DO == "latency":
        write(f"{number} {(time.monotonic() - at) * 1000}")
    elif not started:
        started = True
        write(time.monotonic())


def command(concurrency):
    return [sys.executable, "-m", "celery", "--app", "celery_peer", "worker", "--loglevel", "ERROR",
            "--concurrency", str(concurrency), "--without-gossip", "--without-mingle"]


class Worker:
    """Its lines so far; it ends with the block."""

    def __init__(self, do, concurrency):
        self.out = pathlib.Path(tempfile.mkdtemp(), "out")
        self.process = subprocess.Popen(command(concurrency), env=os.environ | {"DO": do, "OUT": str(self.out)}, stdout=2)

    def lines(self):
        return self.out.read_text().splitlines() if self.out.exists() else []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def waiting():
    return store.llen("celery") + store.hlen("unacked")


def until(condition):
    while not condition():
        time.sleep(0.005)


def clear():
    store.flushall()
    return {}


def left():
    return {"left": waiting()}


def enqueue(n, _mode):
    began = time.monotonic()
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(int(n)):
            job.apply_async((number,), producer=producer)
    return {"n": int(n), "rate": int(n) / (time.monotonic() - began)}


def drain(n, concurrency):
    with Worker("note", concurrency) as worker:
        until(lambda: not waiting())
        ended = time.monotonic()
        # Each process says when it began.
        return {"n": int(n), "left": waiting(), "rate": int(n) / (ended - min(map(float, worker.lines())))}


def latency(n, rate):
    n, rate = int(n), int(rate)
    warm = WARM_SECONDS * rate
    with Worker("latency", PLACES) as worker, app.producer_pool.acquire(block=True) as producer:
        job.apply_async((-1, 0), producer=producer)
        until(worker.lines)
        began = time.monotonic()
        for number in range(warm + n):
            time.sleep(max(0, began + number / rate - time.monotonic()))
            job.apply_async((number, time.monotonic()), producer=producer)
        until(lambda: len(worker.lines()) > warm + n)
        pairs = (line.split() for line in worker.lines())
        took = sorted(float(ms) for number, ms in pairs if int(number) >= warm)
        share = lambda of: took[min(len(took) - 1, int(len(took) * of))]
        return {"n": len(took), "p50_ms": share(0.5), "p99_ms": share(0.99), "max_ms": took[-1]}


def work(file, concurrency):
    os.environ |= {"DO": "effect", "OUT": file}
    os.execv(sys.executable, command(concurrency))


def idle(seconds):
    with Worker("note", PLACES):
        time.sleep(float(seconds))
    return {}


if __name__ == "__main__":
    verbs = {verb.__name__: verb for verb in (clear, left, enqueue, drain, latency, work, idle)}
    print(json.dumps(verbs[sys.argv[1]](*sys.argv[2:])))
