"""Who asks, for schemathesis, and what it holds answers to beside its own checks.

OWNER and SPARE are "email:password" of owners of two tenants, BASE_URL is where the API is. What would end the session that
everything else is asked with is asked by the spare, who signs in anew each time. NOW is what the API takes for now, where
that is another time.
"""

import json
import os
import time
import zlib
from datetime import datetime, timedelta, timezone

import requests
import schemathesis

API = os.environ["BASE_URL"] + "/api/v1"
ENDS_SESSIONS = {
    ("DELETE", "/me"),
    ("DELETE", "/me/sessions"),
    ("DELETE", "/me/sessions/{id}"),
    ("POST", "/me/tenants/{id}/switch"),
}
tokens = set()


def sign_in(who):
    email, password = os.environ[who].split(":")
    answer = requests.post(f"{API}/auth/login", json={"email": email, "password": password}, timeout=30)
    answer.raise_for_status()
    token = answer.json()["access_token"]
    tokens.add(token)
    return token


def ends_sessions(operation):
    return (operation.method.upper(), operation.path) in ENDS_SESSIONS


class SignedIn:
    def get(self, case, context):
        return sign_in("OWNER")

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


class Known:
    """Things that the tenant of the owner is given to begin with, and values that mean something: at random nearly everything would
    be refused for what it says before it is tried."""

    def __init__(self):
        self.headers = {"Authorization": f"Bearer {sign_in('OWNER')}"}
        self.slug = self.get("/tenant")["slug"]
        now = datetime.fromisoformat(os.environ.get("NOW") or datetime.now(timezone.utc).isoformat())
        day = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=9)
        days = [day + timedelta(days=days) for days in range(8)]
        instants = [one.strftime("%Y-%m-%dT%H:%M:%SZ") for one in days]
        self.ids = {noun: [] for noun in ("bookings", "services", "staff", "rooms", "customers")}
        self.add("/staff", {"name": "Bea"})
        number = time.time_ns()
        self.add("/rooms", {"name": f"Cabin {number}"})
        self.add("/services", {"name": "Cut", "duration_minutes": 30, "price_cents": 4800})
        self.add("/customers", {"name": "Ana", "email": f"ana{number}@example.org"})
        self.add("/closures", {"starts_on": "2099-08-01", "ends_on": "2099-08-02"})
        self.add("/openings", {"date": "2099-08-08", "start": "09:00", "end": "12:00"})
        self.booking = self.add(
            "/bookings",
            {
                "service_id": self.ids["services"][0],
                "staff_id": self.ids["staff"][0],
                "customer_id": self.ids["customers"][0],
                "start": instants[-1],
                "outside_hours": True,
            },
        )
        self.ids["members"] = [self.get("/me")["user"]["id"]]
        free = self.get(f"/availability/next?service_id={self.ids['services'][0]}")["start"]
        instants += [free] * 4 if free else []
        walls = [one.strftime("%Y-%m-%dT%H:%M") for one in days]
        dates = [one.strftime("%Y-%m-%d") for one in days]
        minutes = [0, 15, 30, 60, 1440]
        emails = [self.booking["customer"]["email"], "ana{}@example.org", "Ana.{}@Example.org"]
        self.values = {
            "tenant": [self.slug],
            "code": [self.booking["public_code"]],
            "queue": ["email", "pdf"],
            "service_id": self.ids["services"],
            "staff_id": self.ids["staff"],
            "customer_id": self.ids["customers"],
            "duplicate_id": self.ids["customers"],
            "member_id": self.ids["members"],
            "email": emails,
            "client_email": emails,
            "contact_email": emails,
            "name": ["Ana", "Été", "A" * 255],
            "full_name": ["Ana Lopez"],
            "password": ["a long password of {}"],
            "role": ["admin", "staff", "viewer"],
            "label": ["Like what?", "Since when?"],
            "note": ["by the door", None],
            "internal_note": ["knows us", None],
            "address": ["1 rue de la Paix", None],
            "tags": [["regular", "vip"], []],
            "questions": [[{"kind": "text", "label": "Like what?"}], []],
            "rules": [[{"weekday": 1, "start": "09:00", "end": "12:00"}], []],
            "then": [None],
            "answers": [None],
            "translations": [None],
            "outside_hours": [True],
            "all_day": [False],
            "accent_color": ["#336699", None],
            "horizon_days": [90, 365],
            "slot_step_minutes": [15, None],
            "max_daily_bookings": [8, None],
            "location": ["business"],
            "title": ["Dentist"],
            "reason": ["rain", "", None],
            "slug": ["salon-{}", self.slug],
            "phone": ["+33612345678", "06 12 34 56 78"],
            "timezone": ["Europe/Paris", "Pacific/Apia", "UTC"],
            "currency": ["EUR", "JPY"],
            "country": ["FR", "US"],
            "locale": ["fr", "en"],
            "recurrence": ["FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;UNTIL=20991231", "FREQ=YEARLY"],
            "date": dates,
            "starts_on": dates[:3],
            "ends_on": dates[3:],
            "from": dates[:2] + instants[:2],
            "to": dates[5:7] + instants[5:7],
            "start": instants + walls + ["09:00", "08:15"],
            "end": [one.replace("T09", "T10") for one in walls] + ["12:00", "24:00"],
            "weekday": [1, 3, 7],
            "limit": [1, 50, 200],
            "price_cents": [0, 4800, 100_000],
            "amount_cents": [0, 4800],
            "deposit_rate": [0, 0.3, 1],
            "capacity": [1, 8],
            "seats": [1, 2],
            "weight": [1, 100],
            "q": ["an", "%", "é"],
        }
        for name in ("duration", "buffer_before", "buffer_after", "min_notice", "travel", "cancel", "move", "free"):
            self.values[f"{name}_minutes"] = minutes
        for noun in ("services", "staff", "rooms"):
            self.values[f"{noun.rstrip('s')}_ids"] = [self.ids[noun][:2], []]
        self.values["staff_ids"] = [self.ids["staff"][:2], []]

    def get(self, path):
        answer = requests.get(API + path, headers=self.headers, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def add(self, path, body):
        answer = requests.post(API + path, json=body, headers=self.headers, timeout=30)
        assert answer.ok, answer.text
        self.ids.setdefault(path[1:], []).append(answer.json()["id"])
        return answer.json()

    def instead(self, generated, values):
        """Nearly always one of these, by what was generated: the same run must do the same."""
        number = zlib.crc32(json.dumps(generated, sort_keys=True, default=str).encode())
        if not values or number % 8 == 0:
            return generated
        value = values[number // 8 % len(values)]
        return value.format(number) if isinstance(value, str) else value

    def within(self, generated):
        if isinstance(generated, list):
            return [self.within(one) for one in generated]
        if not isinstance(generated, dict):
            return generated
        return {
            name: self.instead(value, self.values[name]) if name in self.values else self.within(value)
            for name, value in generated.items()
        }


known = Known()


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    noun = context.operation.path.split("/{id}")[0].rsplit("/", 1)[-1]
    return {
        name: known.instead(value, known.ids.get(noun) if name == "id" else known.values.get(name))
        for name, value in (path_parameters or {}).items()
    }


@schemathesis.hook
def map_query(context, query):
    return known.within(query) if query else query


@schemathesis.hook
def map_body(context, body):
    return known.within(body)


# A token lives fifteen minutes.
@schemathesis.auth(refresh_interval=600).skip_for(func=lambda context: ends_sessions(context.operation))
class Owner(SignedIn):
    pass


@schemathesis.auth(refresh_interval=None).apply_to(func=lambda context: ends_sessions(context.operation))
class Spare(SignedIn):
    def get(self, case, context):
        return sign_in("SPARE")


@schemathesis.check
def who_is_signed_in_is_known(ctx, response, case):
    """A session that ended in the middle would have everything after it answered by 401, and nothing tried."""
    sent = response.request.headers.get("Authorization", "").removeprefix("Bearer ")
    if response.status_code == 401 and sent in tokens and case.operation.definition.raw.get("security"):
        code = response.json().get("code")
        assert code not in ("UNAUTHENTICATED", "SESSION_ENDED"), f"{code}: the session is over"


@schemathesis.check
def an_answer_is_the_success_promised_or_a_problem(ctx, response, case):
    """The document says one success for each operation, and that everything else is a problem."""
    promised = {status for status in case.operation.definition.raw["responses"] if status != "default"}
    status = response.status_code
    if str(status) in promised:
        return
    assert 400 <= status < 500, f"{status} is neither promised ({', '.join(promised)}) nor a refusal"
    if case.method.upper() == "HEAD":
        return
    assert response.headers["content-type"] == ["application/problem+json"], response.headers["content-type"]
    problem = response.json()
    assert problem["status"] == status, problem
    assert problem["code"] and problem["detail"], problem
    assert [problem["request_id"]] == response.headers["x-request-id"], problem
