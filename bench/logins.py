"""Measures logins: bench/logins calls it. BASE_URL is where the API is, API_PID its process."""

import concurrent.futures
import http.client
import itertools
import json
import multiprocessing
import os
import pathlib
import random
import re
import statistics
import sys
import threading
import time
import urllib.parse

HOST = urllib.parse.urlsplit(os.environ["BASE_URL"]).netloc
STATUS = pathlib.Path(f"/proc/{os.environ['API_PID']}/status")
TRIES = int(os.environ.get("TRIES", 200))
USERS = 20
AT_ONCE = 50
SECONDS = int(os.environ.get("SECONDS_EACH", 20))
PAGES_A_SECOND = 20
PASSWORD = "a secret of the bench"
addresses = (".".join(map(str, (10, n >> 16 & 255, n >> 8 & 255, n & 255))) for n in itertools.count(1))
taking = threading.Lock()


class Client:
    def __init__(self):
        self.connection = http.client.HTTPConnection(HOST, timeout=60)

    def ask(self, method, path, body=None):
        with taking:
            headers = {"X-Forwarded-For": next(addresses), "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        begun = time.perf_counter()
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer, text, (time.perf_counter() - begun) * 1000

    def login(self, email, password):
        return self.ask("POST", "/api/v1/auth/login", {"email": email, "password": password})


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def memory_mb(name):
    return int(re.search(rf"{name}:\s+(\d+)", STATUS.read_text())[1]) / 1024


def register(client, n):
    email = f"owner{n}@bench.example"
    tenant = {"name": f"Bench {n}", "timezone": "Europe/Paris"}
    body = {"email": email, "password": PASSWORD, "full_name": "Bea Bench", "tenant": tenant}
    answer, text, _took = client.ask("POST", "/api/v1/auth/register", body)
    assert answer.status == 201, text
    return email


def is_locked(client, email):
    answer, text, _took = client.login(email, "wrong")
    assert answer.status == 401 and json.loads(text)["code"] == "INVALID_CREDENTIALS", text
    return answer.getheader("Retry-After") is not None


def lock(email):
    """Spends what an address has of failures, however that is counted."""
    client = Client()
    for _ in range(1_000):
        if is_locked(client, email):
            return email
    sys.exit(f"{email} is not locked after 1,000 failures")


def refusals(users):
    """How long each kind of refusal takes, in turn."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        known, unknown = pool.map(lock, [users.pop(), "nobody@bench.example"])
    kinds = {
        "unknown": [f"nobody{n}@bench.example" for n in range(USERS)],
        "known": users,
        "locked, known": [known],
        "locked, unknown": [unknown],
    }
    took = {kind: [] for kind in kinds}
    client = Client()
    for turn in range(TRIES):
        for kind in random.sample(list(kinds), len(kinds)):
            email = kinds[kind][turn % len(kinds[kind])]
            # What is spent comes back by and by: then the next is refused again.
            for _ in range(5):
                answer, text, milliseconds = client.login(email, "wrong")
                assert answer.status == 401 and json.loads(text)["code"] == "INVALID_CREDENTIALS", text
                if (answer.getheader("Retry-After") is not None) == kind.startswith("locked"):
                    break
            else:
                sys.exit(f"{email} is {kind} no more")
            took[kind].append(milliseconds)
    return took


def forgotten(users):
    """How long it takes to ask for a new password, thrice (what an hour allows) for each user and as often for nobody."""
    client = Client()
    took = {"unknown": [], "known": []}
    for n in range(3):
        for user in users:
            for kind, email in random.sample([("known", user), ("unknown", f"{n}.{user}")], 2):
                answer, text, milliseconds = client.ask("POST", "/api/v1/auth/forgot-password", {"email": email})
                assert answer.status == 202, text
                took[kind].append(milliseconds)
    return took


def told_apart(head, took):
    """The table of kinds of answers, and by how many milliseconds their medians tell them apart."""
    medians = {kind: statistics.median(values) for kind, values in took.items()}
    table(
        [head, "median", "p10", "p90"],
        [
            [kind, *(f"{value:.1f} ms" for value in (medians[kind], percentile(values, 0.1), percentile(values, 0.9)))]
            for kind, values in took.items()
        ],
    )
    apart = max(medians.values()) - min(medians.values())
    count = min(len(values) for values in took.values())
    print(f"\nMedians of {count} each, in turn, are {apart:.2f} ms apart (goal: 2 ms).")
    return apart


def read_pages(results, seconds):
    """Reads a public page at a steady rate, in a process of its own: from when each was due to its last byte. None waits
    for the one before."""
    clients = [Client() for _ in range(PAGES_A_SECOND)]
    begun = time.perf_counter()

    def read(n):
        due = begun + n / PAGES_A_SECOND
        time.sleep(max(0, due - time.perf_counter()))
        answer, text, _took = clients[n % len(clients)].ask("GET", "/api/v1/public/maison-camille/services")
        assert answer.status == 200, text
        return (time.perf_counter() - due) * 1000

    def read_every(first):
        return [read(n) for n in range(first, int(seconds * PAGES_A_SECOND), len(clients))]

    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        results.put(list(itertools.chain.from_iterable(pool.map(read_every, range(len(clients))))))


def reading(seconds):
    results = multiprocessing.Queue()
    process = multiprocessing.Process(target=read_pages, args=(results, seconds))
    process.start()
    return lambda: (results.get(timeout=seconds * 10 + 60), process.join())[0]


def at_once(users):
    """Logs in for so many seconds, so many at once; each user's logins come one after the other."""
    until = time.perf_counter() + SECONDS

    def keep_on(n):
        client, took = Client(), []
        while time.perf_counter() < until:
            answer, text, milliseconds = client.login(users[n % len(users)], PASSWORD)
            assert answer.status == 200, text
            took.append(milliseconds)
        return took

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(itertools.chain.from_iterable(pool.map(keep_on, range(AT_ONCE))))


def alone(users):
    client = Client()
    until = time.perf_counter() + SECONDS / 2
    took = []
    while time.perf_counter() < until:
        answer, text, milliseconds = client.login(users[len(took) % len(users)], PASSWORD)
        assert answer.status == 200, text
        took.append(milliseconds)
    return took


def table(head, lines):
    print(f"\n| {' | '.join(head)} |\n| --- |{' ---: |' * (len(head) - 1)}")
    for line in lines:
        print(f"| {' | '.join(line)} |")


def main():
    client = Client()
    users = [register(client, n) for n in range(USERS)]
    apart = max(
        told_apart("refused login", refusals(users)),
        told_apart("a new password asked for", forgotten(users)),
    )

    before = reading(SECONDS)()
    resident = memory_mb("VmRSS")
    one = alone(users)
    pages = reading(SECONDS)
    begun = time.perf_counter()
    many = at_once(users)
    spent = time.perf_counter() - begun
    during = pages()
    told = lambda values: [f"{statistics.median(values):.1f} ms", f"{percentile(values, 0.99):.1f} ms"]
    table(
        ["", "a second", "p50", "p99"],
        [
            ["logins, one after the other", f"{1000 / statistics.mean(one):.1f}", *told(one)],
            [f"logins, {AT_ONCE} at once", f"{len(many) / spent:.1f}", *told(many)],
            ["public services, nothing else", str(PAGES_A_SECOND), *told(before)],
            [f"public services, {AT_ONCE} logins at once", str(PAGES_A_SECOND), *told(during)],
        ],
    )
    print(f"\nThe API: {resident:.0f} MB before, {memory_mb('VmHWM'):.0f} MB at most (`VmHWM`).")
    if apart > 2:
        sys.exit("An answer tells by its time which kind it is.")


if __name__ == "__main__":
    main()
