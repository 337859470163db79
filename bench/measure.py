"""Measures Harmony and its references, side by side: measure.py BINARIES REFERENCE FOLDER. `make bench` calls it."""

import concurrent.futures
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid

BINARIES, REFERENCE, FOLDER = map(pathlib.Path, sys.argv[1:4])
HERE = pathlib.Path(__file__).parent
TENANTS = int(os.environ["TENANTS"])
STAFF = 5
REPETITIONS = int(os.environ.get("REPETITIONS", 3))
SECONDS = int(os.environ.get("SECONDS_EACH", 5))
SERVER = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
FIGURES = os.environ.get("FIGURES", "start memory mail availability bookings").split()
# Of what is wanted, by figure.
rows = []


def row(figure, value, wanted, met):
    rows.append((figure, value, wanted, "" if met is None else "yes" if met else "NO"))
    print(f"  {figure}: {value}", file=sys.stderr)


def key(text):
    """The ids of harmony.sql and schema.sql."""
    return str(uuid.UUID(hashlib.md5(text.encode()).hexdigest()))


def sql(text, database="harmony"):
    command = ["psql", "-XAtq", f"{SERVER}/{database}", "-c", text]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Process:
    """A program that runs until it is told to stop."""

    def __init__(self, name, program, *arguments, **environment):
        log = open(FOLDER / f"{name}.log", "ab")
        environment = os.environ | {"METRICS_BIND": f"127.0.0.1:{free_port()}"} | environment
        self.name, self.program = name, [str(program), *map(str, arguments)]
        self.process = subprocess.Popen(self.program, env=environment, stdout=log, stderr=log)

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def check(self):
        if self.process.poll() is not None:
            sys.exit(f"{self.name} ended by itself: its log is {FOLDER / self.name}.log")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Api(Process):
    def __init__(self, log="info", name=None, **environment):
        self.port = free_port()
        super().__init__(
            f"api-{name or log}", BINARIES / "api", BIND=f"127.0.0.1:{self.port}", LOG=log, HTTP_WORKERS="2",
            **{"RATE_LIMIT_FACTOR": "1000000"} | environment,
        )

    def get(self, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False


def wait_for(condition, process, seconds=30, pause=0.01):
    until = time.monotonic() + seconds
    while not condition():
        process.check()
        if time.monotonic() > until:
            sys.exit(f"{process.name} does not come to it: its log is {FOLDER / process.name}.log")
        time.sleep(pause)


@contextlib.contextmanager
def serving(*logs):
    with contextlib.ExitStack() as stack:
        apis = [stack.enter_context(Api(log)) for log in logs]
        for api in apis:
            wait_for(lambda api=api: answers(api.port), api)
        yield apis[0] if len(apis) == 1 else apis


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


# What is asked for.


def open_days(first, last):
    days = f"generate_series(current_date + {first}, current_date + {last}, '1 day') AS day"
    return sql(f"SELECT day::date FROM {days} WHERE extract(isodow FROM day) < 7 ORDER BY day")


def free_slots():
    """Bookings that can be made, each once: slot by slot, each with another tenant and staff member. None is in the
    time that harmony.sql has filled."""
    starts = sql(
        """SELECT to_char((day::date + minute * interval '1 minute') AT TIME ZONE 'Europe/Paris' AT TIME ZONE 'UTC',
             'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           FROM generate_series(current_date + 62, current_date + 700, '1 day') AS day, generate_series(540, 1110, 30) minute
           WHERE extract(isodow FROM day) < 7 AND minute NOT IN (750, 780) ORDER BY 1"""
    )
    for start in starts:
        for staff in range(1, STAFF + 1):
            for tenant in range(1, TENANTS + 1):
                yield tenant, staff, start


def booking(tenant, staff, start, email):
    body = {
        "service_id": key(f"v{tenant}-1"), "staff_id": key(f"s{tenant}-{staff}"), "start": start,
        "customer": {"name": "Client", "email": email, "phone": "+33612345678"},
    }
    return f"/api/v1/public/bench-{tenant}/bookings", json.dumps(body)


slots = free_slots()
# Of pgbench: each takes times of its own.
rounds = itertools.count()


def wrk(port, requests, clients, seconds):
    path = FOLDER / "requests"
    path.write_text("".join("\t".join(request) + "\n" for request in requests))
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", HERE / "requests.lua",
               f"http://127.0.0.1:{port}", "--", path]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if refused := re.search(r"Non-2xx.*|Socket errors.*", said):
        sys.exit(f"wrk: {refused[0]}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    count = int(re.search(r"(\d+) requests in", said)[1])
    return rate, milliseconds(said, "50"), milliseconds(said, "99"), count


def milliseconds(said, share):
    value, unit = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)", said).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


# The figures.


def start():
    """From starting the process to its first answer."""
    took = []
    for _ in range(10):
        began = time.monotonic()
        with Api() as api:
            wait_for(lambda: answers(api.port), api, pause=0.001)
            took.append((time.monotonic() - began) * 1000)
    median = statistics.median(took)
    row("api: start to first answer", f"{median:.0f} ms (10 times, {max(took):.0f} at most)", "≤ 300 ms", median <= 300)


class Fleet(contextlib.ExitStack):
    """The API and the workers, each a process, with a mail server that takes everything."""

    def __enter__(self):
        super().__enter__()
        self.local = threading.local()
        self.inbox = FOLDER / "inbox"
        smtp = free_port()
        self.enter_context(Process("smtp", sys.executable, HERE / "smtp.py", smtp, self.inbox))
        self.api = self.enter_context(serving("info"))
        names = [name for name in ("dispatch", "email", "maintenance", "pdf") if (BINARIES / name).exists()]
        mail = {"MAIL_TRANSPORT": "smtp", "SMTP_URL": f"smtp://127.0.0.1:{smtp}?tls=none", "LOG": "info"}
        self.processes = {"api": self.api} | {
            name: self.enter_context(Process(name, BINARIES / name, **mail)) for name in names
        }
        return self

    def received(self):
        lines = self.inbox.read_text().split("\n")[:-1] if self.inbox.exists() else []
        return {recipient: float(at) for recipient, at in (line.split("\t") for line in lines)}

    def book(self, slot, email):
        """When the request was sent, and when it was answered. Each thread has a connection of its own."""
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=10)
        path, body = booking(*slot, email)
        began = time.monotonic()
        self.local.connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = self.local.connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"a booking was answered by {answer.status}: {said.decode()}")
        return began, time.monotonic()


def memory(fleet):
    """Idle, after one request and one job of each kind."""
    time.sleep(3)
    if "pdf" in fleet.processes:
        row("pdf: resident before the first PDF", f"{fleet.processes['pdf'].resident_mb():.1f} MB", "", None)
    fleet.book(next(slots), "first@example.org")
    wait_for(lambda: "first@example.org" in fleet.received(), fleet.processes["email"])
    if "pdf" in fleet.processes:
        wait_for(lambda: sql("SELECT count(*) FROM documents") != ["0"], fleet.processes["pdf"])
    time.sleep(5)
    most = {"api": 40, "pdf": 80}
    for name, process in fleet.processes.items():
        resident = process.resident_mb()
        limit = most.get(name, 30)
        row(f"{name}: resident, idle", f"{resident:.1f} MB", f"≤ {limit} MB", resident <= limit)


def mail(fleet, rate=20, warm=5, seconds=30):
    """From a booking to its confirmation's acceptance by the mail server, at a steady rate."""
    sent = {}

    def one(number, slot, at):
        time.sleep(max(0, at - time.monotonic()))
        email = f"m{number}@example.org"
        sent[email] = fleet.book(slot, email)

    began = time.monotonic() + 0.5
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        count = range(rate * (warm + seconds))
        list(pool.map(one, count, list(itertools.islice(slots, len(count))), [began + n / rate for n in count]))
    wait_for(lambda: sent.keys() <= fleet.received().keys(), fleet.processes["email"], 30)
    received = fleet.received()
    counted = [email for email, (at, _) in sent.items() if at >= began + warm]
    from_request = [(received[email] - sent[email][0]) * 1000 for email in counted]
    from_answer = [(received[email] - sent[email][1]) * 1000 for email in counted]
    p50, p99 = percentile(from_request, 0.5), percentile(from_request, 0.99)
    row(f"booking to mail accepted, p50 of {len(counted)}", f"{p50:.1f} ms", "< 50 ms", p50 < 50)
    row("booking to mail accepted, p99", f"{p99:.1f} ms", "< 500 ms", p99 < 500)
    row("of these from the API's answer, p50, p99, most",
        f"{percentile(from_answer, 0.5):.1f}, {percentile(from_answer, 0.99):.1f}, {max(from_answer):.1f} ms", "", None)
    answer = [(sent[email][1] - sent[email][0]) * 1000 for email in counted]
    row("the API's answer, p50, p99", f"{percentile(answer, 0.5):.1f}, {percentile(answer, 0.99):.1f} ms", "", None)
    for name, process in fleet.processes.items():
        row(f"{name}: resident after {len(sent)} bookings", f"{process.resident_mb():.1f} MB", "", None)


def availability():
    """One day of five staff members. Both must offer the same starts of the same people."""
    days = open_days(1, 30)
    asked = list(itertools.product(days, range(1, TENANTS + 1)))
    ours = [("GET", f"/api/v1/public/bench-{k}/availability?service_id={key(f'v{k}-1')}&date={day}") for day, k in asked]
    theirs = [("GET", f"/availability?tenant={key(f't{k}')}&service={key(f'v{k}-1')}&date={day}") for day, k in asked]
    port = free_port()
    database = SERVER.replace("postgres@", "reference@") + "/reference"
    with Process("reference", REFERENCE, PORT=str(port), DATABASE_URL=database) as reference, \
            serving("info", "warn") as (info, warn):
        wait_for(lambda: listens(port), reference)
        compare(port, info, list(zip(theirs, ours))[:: max(1, len(asked) // 40)])
        contenders = {"reference": (port, theirs), "Harmony, LOG=info": (info.port, ours),
                      "Harmony, LOG=warn": (warn.port, ours)}
        for at, requests in contenders.values():
            wrk(at, requests, 32, 2)
        figures = repeat({name: lambda at=at, requests=requests: wrk(at, requests, 32, SECONDS)
                          for name, (at, requests) in contenders.items()})
    report("availability of a day, 32 clients", "req/s", figures, "reference")


def days(rate=50, warm=5, seconds=SECONDS * 6):
    """A month of five staff members at a steady rate, reckoned each time: where ten thousand tenants have a million
    bookings, and where ten have a thousand."""
    many = int(os.environ["MANY"])
    first, last = sql("SELECT current_date + 28, current_date + 58", "many")[0].split("|")
    # Nobody listens there: without Redis nothing is kept.
    apart = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}", "RATE_LIMIT_FACTOR": "0"}
    with contextlib.ExitStack() as stack:
        apis = {}
        for name in ("many", "few"):
            metrics = free_port()
            api = Api(name=name, DATABASE_URL=f"{SERVER}/{name}", API_METRICS_BIND=f"127.0.0.1:{metrics}", **apart)
            apis[name] = stack.enter_context(api), metrics
            wait_for(lambda api=api: answers(api.port), api)
        # Tenants in no order, each with the next of its services.
        asked = {name: itertools.cycle(random.Random(1).sample(range(1, tenants + 1), tenants))
                 for name, tenants in (("many", many), ("few", 10))}
        services = itertools.cycle(range(1, STAFF + 1))

        def one(name, count):
            local = threading.local()
            api, _ = apis[name]
            paths = [f"/api/v1/public/bench-{k}/availability/days?service_id={key(f'v{k}-{next(services)}')}"
                     f"&from={first}&to={last}" for k in itertools.islice(asked[name], count)]
            began = time.monotonic() + 0.5

            def ask(number):
                at = began + number / rate
                time.sleep(max(0, at - time.monotonic()))
                if not hasattr(local, "connection"):
                    local.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
                local.connection.request("GET", paths[number])
                answer = local.connection.getresponse()
                said = answer.read()
                # From when it was due: who has to wait for others waits.
                took = (time.monotonic() - at) * 1000
                if answer.status != 200 or sum(day["slots"] > 0 for day in json.loads(said)["days"]) < 20:
                    raise RuntimeError(f"{paths[number]} was answered by {answer.status}: {said.decode()}")
                return took

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                return list(pool.map(ask, range(count)))

        for name in apis:
            one(name, rate * warm)
        figures = repeat({name: lambda name=name: one(name, rate * seconds) for name in apis})
        for name, (api, metrics) in apis.items():
            kept = api.get("/metrics", metrics)[1].decode()
            if re.search(r'slot_cache_reads_total\{outcome="hit"\} [1-9]', kept):
                sys.exit(f"{name}: answers were kept")
    stored = {name: f"{int(sql('SELECT count(*) FROM bookings', name)[0]):,}" for name in figures}
    p50 = {name: [percentile(took, 0.5) for took in found] for name, found in figures.items()}
    p99 = {name: [percentile(took, 0.99) for took in found] for name, found in figures.items()}
    for name in figures:
        most = statistics.median(p99[name])
        row(f"31 days, {rate} requests a second, {stored[name]} bookings: p50, p99",
            f"{statistics.median(p50[name]):.1f} ms, {most:.1f} ms ({min(p99[name]):.1f}–{max(p99[name]):.1f})",
            "p99 < 50 ms" if name == "many" else "", most < 50 if name == "many" else None)
    ratio = statistics.median(p50["many"]) / statistics.median(p50["few"])
    row(f"p50 with {stored['many']} bookings and with {stored['few']}", f"{ratio:.2f} ×", "≤ 1.3 ×", ratio <= 1.3)


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def compare(port, api, pairs):
    """Ends everything unless both offer the same."""
    offered, theirs_size, ours_size = 0, [], []
    for (_, theirs), (_, ours) in pairs:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", theirs)
        theirs = connection.getresponse().read()
        status, ours = api.get(ours)
        by_staff = {(one["staff_id"], start) for one in json.loads(theirs)["staff"] for start in one["slots"]}
        merged = {(staff, slot["start"]) for slot in json.loads(ours)["slots"] for staff in slot["staff_ids"]}
        if status != 200 or by_staff != merged or not merged:
            sys.exit(f"the reference and Harmony offer different slots: {len(by_staff)} and {len(merged)}")
        offered += len(merged)
        theirs_size.append(len(theirs))
        ours_size.append(len(ours))
    row(f"availability: the same starts in {len(pairs)} answers",
        f"{offered / len(pairs):.0f} a day; {statistics.mean(theirs_size):,.0f} bytes, Harmony's "
        f"{statistics.mean(ours_size):,.0f}", "equal", True)


def bookings():
    """Bookings as fast as they go, beside pgbench: its statements one after the other, and the barest transaction so."""
    with serving("info", "warn") as (info, warn):
        same = statements()
        for clients in (8, 32):
            contenders = {
                "pgbench": lambda: pgbench(clients, same, "harmony_app", "harmony"),
                "the barest transaction": lambda: pgbench(clients, HERE / "reference" / "book.pgb", "reference", "reference"),
                "Harmony, LOG=info": lambda: book(info, clients),
                "Harmony, LOG=warn": lambda: book(warn, clients),
            }
            for run in contenders.values():
                run()
            report(f"bookings, {clients} clients", "a second", repeat(contenders), "pgbench")


def statements():
    """What PostgreSQL is told for one booking, statement by statement, as pgbench says it for any: written down by itself."""
    (tenant, staff, start), name = next(slots), "said@example.org"
    log = FOLDER / "postgres" / "log"
    sql("ALTER ROLE harmony_app SET log_statement = 'all'", "postgres")
    with serving("info") as told:
        before = log.stat().st_size
        path, body = booking(tenant, staff, start, name)
        connection = http.client.HTTPConnection("127.0.0.1", told.port, timeout=10)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        public_code = json.loads(connection.getresponse().read())["public_code"]
    sql("ALTER ROLE harmony_app RESET log_statement", "postgres")
    with log.open() as said:
        said.seek(before)
        lines = re.split(r"\n(?=\d{4}-\d\d-\d\d )", said.read())
    at = start.replace("T", " ").replace("Z", "+00")
    known = {key(f"t{tenant}"): ":tenant::uuid", key(f"s{tenant}-{staff}"): ":staff::uuid",
             key(f"v{tenant}-1"): ":service::uuid", public_code: ":code", at: ":start::timestamptz"}
    script = []
    for line in lines:
        if found := re.search(r"LOG:  (?:execute \w+|statement): (.*)", line, re.S):
            script.append((found[1], []))
        elif found := re.search(r"DETAIL:  parameters: (.*)", line, re.S):
            script[-1][1].extend(re.findall(r"\$\d+ = (NULL|'(?:[^']|'')*')", found[1]))
    first = next(n for n, (text, _) in enumerate(script) if text.startswith("BEGIN"))
    insert = next(values for text, values in script if text.startswith('INSERT INTO "bookings"'))
    known[insert[1].strip("'")] = ":booking::uuid"
    known[insert[7].strip("'")] = ":start::timestamptz + interval '30 min'"

    def spell(value):
        bare = value.strip("'")
        if bare in known or value == "NULL":
            return known.get(bare, "NULL")
        for id, variable in known.items():
            if bare == "{" + id + "}":
                return f"ARRAY[{variable}]"
        if re.fullmatch(r"[0-9a-f-]{36}", bare):
            return "gen_random_uuid()"
        if re.fullmatch(r"\{[0-9a-f,-]{36,}\}", bare):
            return "ARRAY[" + ",".join(["gen_random_uuid()"] * (bare.count(",") + 1)) + "]"
        kinds = {r"\d{4}-\d\d-\d\d \d\d:.*": "::timestamptz", r'\{"\{.*': "::json[]", r"\{[a-z].*": "::text[]"}
        # A colon before a letter would be a variable of pgbench's.
        quoted = re.sub(r":(?=[A-Za-z_])", "' || chr(58) || '", value)
        quoted = f"({quoted})" if quoted != value else value
        return quoted + next((cast for like, cast in kinds.items() if re.fullmatch(like, bare, re.S)), "")

    lines = [
        "\\set n :n + 1", "\\set k random(1, :tenants)", "\\set s random(1, 5)", "BEGIN;",
        """SELECT set_config('app.tenant_id', md5('t' || :k)::uuid::text, true) AS tenant,
           md5('s' || :k || '-' || :s)::uuid AS staff, md5('v' || :k || '-1')::uuid AS service, gen_random_uuid() AS booking,
           'BE-' || translate(lpad(to_hex(:n * 64 + :client_id), 6, '0'), '0123456789abcdef', 'GHJKMNPQRSTUVWXY') AS code,
           timestamptz '2040-01-01' + (:n * 64 + :client_id) * interval '30 min' AS start \\gset""",
    ]
    for text, values in script[first + 1:]:
        text = re.sub(r"\$(\d+)", lambda found: spell(values[int(found[1]) - 1]), text)
        lines.append(" ".join(text.split()) + ";")
    path = FOLDER / "same.pgb"
    path.write_text("\n".join(lines) + "\n")
    return path


def book(api, clients):
    # More than it gets through: the rest is for the next.
    global slots
    ahead = list(itertools.islice(slots, SECONDS * 4_000))
    requests = [("POST", *booking(*slot, f"c{number % 300 + 1}@example.org")) for number, slot in enumerate(ahead)]
    before = count_bookings()
    figure = wrk(api.port, requests, clients, SECONDS)
    made = settled(count_bookings) - before
    if not figure[3] <= made <= figure[3] + clients:
        sys.exit(f"{figure[3]} bookings were answered and {made} made")
    slots = itertools.chain(ahead[made:], slots)
    return figure


def settled(count):
    """The count once it stands still: what was on its way when the load ended is still written."""
    last, now = None, count()
    while last != now:
        time.sleep(0.5)
        last, now = now, count()
    return now


def count_bookings():
    return int(sql("SELECT coalesce(sum(used), 0) FROM usage")[0])


def pgbench(clients, script, role, database):
    """A script, statement after statement."""
    command = ["pgbench", "-n", "-M", "prepared", "-f", script, "-D", f"tenants={TENANTS}", "-D", f"n={next(rounds) * 4_000}",
               "-c", str(clients), "-j", "2", "-T", str(SECONDS), SERVER.replace("postgres@", f"{role}@") + f"/{database}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    mean = float(re.search(r"latency average = ([\d.]+) ms", said)[1])
    return float(re.search(r"tps = ([\d.]+)", said)[1]), mean, None, None


def repeat(contenders):
    """Each in turn, so that what disturbs the machine disturbs all."""
    figures = {name: [] for name in contenders}
    for _ in range(REPETITIONS):
        for name, run in contenders.items():
            figures[name].append(run())
    return figures


def report(figure, unit, figures, reference):
    """Harmony's beside all others; the goal is a share of the reference's."""
    middle = {name: statistics.median(rate for rate, *_ in found) for name, found in figures.items()}
    others = [name for name in figures if not name.startswith("Harmony")]
    for name, found in figures.items():
        rates, half, most, _ = zip(*found)
        took = f"p50 {statistics.median(half):.1f}, p99 {statistics.median(most):.1f} ms" if most[0] else (
            f"{statistics.median(half):.1f} ms on average")
        value = f"{spread(rates)} {unit}, {took}"
        if name in others:
            row(f"{figure}: {name}", value, "", None)
        else:
            ratios = ", ".join(f"{middle[name] / middle[other]:.2f} × {other}" for other in others)
            row(f"{figure}: {name}", f"{value}; {ratios}", f"≥ 0.60 × {reference}", middle[name] >= 0.6 * middle[reference])


def load():
    return f"{os.getloadavg()[0]:.1f}"


def main():
    before = load()
    if "start" in FIGURES:
        start()
    if {"memory", "mail"} & set(FIGURES):
        with Fleet() as fleet:
            if "memory" in FIGURES:
                memory(fleet)
            if "mail" in FIGURES:
                mail(fleet)
    if "availability" in FIGURES:
        availability()
    if "bookings" in FIGURES:
        bookings()
    if "days" in FIGURES:
        days()
    print(f"\n{os.cpu_count()} cores, load before {before} and after {load()}; {TENANTS} tenants × 10,000 bookings\n")
    print("| figure | measured | wanted | met |\n| --- | --- | --- | --- |")
    for line in rows:
        print("| " + " | ".join(line) + " |")


main()
