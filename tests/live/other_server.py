"""A second server of the contract, written by hand and by other choices wherever the contract leaves one.

Numbers for ids, plain positions for cursors, windows of the wall clock, limits clamped instead of refused, 409 for a
draft that isn't ready, whole words in searches, all of a lead's overrides in an answer, times with an offset, more
members than the schemas know, previews cut with an ellipsis, 403 and 404 before 429. No control plane.
`python other_server.py PORT LIMIT WINDOW`; keys come from the environment, KEY_<LABEL>.
"""

import datetime
import itertools
import json
import os
import re
import sys
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from nhq.clock import SystemClock

Row = dict[str, Any]
wall = SystemClock().now
LIMIT, WINDOW = int(sys.argv[2]), float(sys.argv[3])
RESOURCES = ("campaigns", "lead_lists", "leads", "conversations")
ALL = frozenset(f"{name}:{verb}" for name in RESOURCES for verb in ("read", "write")) | {"linkedin_accounts:read"}
KEYS: dict[str, tuple[str, frozenset[str]]] = {
    os.environ["KEY_FULL"]: ("north", ALL),
    os.environ["KEY_SECOND"]: ("north", ALL),
    os.environ["KEY_READER"]: ("north", frozenset({"leads:read"})),
    os.environ["KEY_NONE"]: ("north", frozenset()),
    os.environ["KEY_SOUTH"]: ("south", ALL),
}
NUMBERS = itertools.count(1000)
LOCK = threading.RLock()
COUNTERS: dict[str, tuple[float, int]] = {}
ZONE = datetime.timezone(datetime.timedelta(hours=2))


class Answer(Exception):
    """Ends a request with a status and a body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def refuse(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "see the manual", "trace": "0"}})


def moment(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="microseconds")


class Space:
    """One workspace. Every collection is in the order of its making, oldest first."""

    def __init__(self, name: str, size: int) -> None:
        self.credits = 12
        self.made = itertools.count()
        self.born = wall() - 90_000
        self.accounts = [self.account(n) for n in range(size // 8)]
        self.leads: list[Row] = []
        self.lists: list[Row] = []
        self.members: dict[str, list[str]] = {}
        self.campaigns: list[Row] = []
        self.enrolled: dict[str, list[Row]] = {}
        self.overrides: dict[tuple[str, str], dict[str, Row]] = {}
        self.conversations: list[Row] = []
        self.messages: dict[str, list[Row]] = {}
        self.fill(name, size)

    def stamp(self) -> str:
        return moment(self.born + next(self.made) // 3)  # threes of one instant: ties

    def fill(self, name: str, size: int) -> None:
        for n in range(size):
            word = ("Åsa", "Björn", "Chloë", "Dana", "Ewa")[n % 5]
            self.add_lead(
                {"first_name": word, "last_name": f"{name.title()}{n}x", "linkedin_url": f"https://li/{name}/{n}"}
            )
            self.leads[-1] |= {"company": f"Firma{n % 7} AB", "job_title": "Head of Sales", "location": "Malmö, Sweden"}
            self.leads[-1] |= {"email": f"p{n}@{name}.example", "notes": f"remark{n}"}
        for n in range(size // 10):
            self.add_list(f"{name} list {n}", None)
            for lead in self.leads[n :: n + 2]:
                self.members[self.lists[-1]["id"]].append(lead["id"])
        states = ("draft", "started", "paused", "completed")
        for n in range(size // 10):
            self.add_campaign(f"{name} campaign {n}", states[n % 4], self.lists[n] if n % 8 else None)
        self.add_campaign(f"{name} campaign to come", "draft", self.lists[-1])
        for n in range(size // 6):
            self.add_conversation(n)

    def account(self, n: int) -> Row:
        whats = "follows messages inmails connection_requests profile_views post_likes comments"
        limits = {f"max_{what}_per_day": 20 for what in whats.split()}
        return {
            "id": str(next(NUMBERS)), "profile_name": None, "profile_url": None, "profile_picture_url": None,
            "status": "connected", "account_tier": "regular", "sending_limits": limits | {"warmup_enabled": n % 2 == 0},
            "connection_count": None, "pending_invite_count": 1, "last_ran_at": None, "cooldown_until": None,
            "created_at": moment(self.born + n), "updated_at": moment(self.born + n), "region": "eu",
        }  # fmt: skip

    def add_lead(self, sent: Row) -> Row:
        now = moment(wall()) if self.messages else self.stamp()
        lead = {**sent, "id": str(next(NUMBERS)), "created_at": now, "updated_at": now, "score": None}
        self.leads.append(lead)
        return lead

    def add_list(self, name: str, description: str | None) -> Row:
        taken = {row["name"] for row in self.lists}
        names = itertools.chain([name], (f"{name} (Copy {n})" for n in itertools.count(2)))
        now = moment(wall()) if self.messages else self.stamp()
        row = {
            "id": str(next(NUMBERS)), "workspace_name": "North", "name": next(n for n in names if n not in taken),
            "description": description, "is_default": not self.lists, "created_by": "u1",
            "created_at": now, "updated_at": now,
        }  # fmt: skip
        self.lists.append(row)
        self.members[row["id"]] = []
        return row

    def add_campaign(self, name: str, status: str, source: Row | None) -> None:
        now = self.stamp()
        row = {
            "id": str(next(NUMBERS)), "name": name, "status": status, "connectionsSent": 0, "messagesSent": 0,
            "repliesReceived": 0, "connectionRequestsAccepted": 0, "createdAt": now, "updatedAt": now,
            "linkedinAccounts": [{"id": self.accounts[0]["id"], "profileName": None}] if source else [],
            "leadList": {"id": source["id"], "name": source["name"]} if source else None,
        }  # fmt: skip
        self.campaigns.append(row)
        self.enrolled[row["id"]] = []
        if status != "draft" and source:
            for lead in self.members[source["id"]][:-1]:
                self.enroll(row["id"], lead)

    def enroll(self, campaign: str, lead: str) -> None:
        known = next(row for row in self.leads if row["id"] == lead)
        basic = {"id": lead, "name": None, "first_name": known["first_name"], "last_name": known["last_name"]}
        self.enrolled[campaign].append({
            "id": str(next(NUMBERS)), "campaign_id": campaign, "lead_id": lead, "status": "queued", "priority": "low",
            "current_state": {"last_action_at": None}, "lead": basic | {"company": None, "linkedin_url": None},
            "intent": None, "intent_source": None, "intent_reason": None, "sender": None, "actions_performed": [],
            "parked_reason": None, "enrolled_at": moment(wall()), "next_action_at": None, "completed_at": None,
        })  # fmt: skip

    def add_conversation(self, n: int) -> None:
        lead, account = self.leads[n], self.accounts[n % 2]
        row = {
            "id": str(next(NUMBERS)), "linkedin_conversation_id": f"t{n}", "is_unread": n % 3 == 0,
            "intent": "CURIOUS" if n % 2 else None, "created_at": moment(self.born), "updated_at": moment(self.born),
            "lead": {k: lead.get(k) for k in ("id", "first_name", "last_name", "linkedin_url")},
            "linkedin_account": {"id": account["id"], "profile_name": None},
        }  # fmt: skip
        self.conversations.append(row)
        self.messages[row["id"]] = []
        for step in range(n * 9):
            self.say(row["id"], f"Line {step} of a talk that goes on and on and on", self.born + n * 500 + step // 2)

    def say(self, conversation: str, text: str, when: float) -> Row:
        number = str(next(NUMBERS))
        message = {
            "id": number, "linkedin_message_id": f"m{number}", "content": text, "direction": "sent",
            "sent_at": moment(when), "content_type": "text",
        }  # fmt: skip
        self.messages[conversation].append(message)
        return message


SPACES = {"north": Space("north", 130), "south": Space("south", 24)}


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(lead: Row) -> set[str]:
    names = ("first_name", "last_name", "company", "job_title", "location", "email")
    text = " ".join(str(lead.get(name) or "") for name in names)
    return set(re.findall(r"\w+", folded(text))) | set(folded(text).split())


class Handler(BaseHTTPRequestHandler):
    """One request at a time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: Any) -> None:
        pass

    def handle_any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with LOCK:
            headers = {"X-RateLimit-Limit": str(LIMIT), "X-RateLimit-Remaining": str(LIMIT)}
            headers["X-RateLimit-Reset"] = str(round(wall() + WINDOW))
            try:
                raise self.answer(raw, headers)
            except Answer as answer:
                body = json.dumps(answer.body).encode()
                self.send_response(answer.status)
        for name, value in {**headers, "Content-Type": "application/json; charset=utf-8"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def answer(self, raw: bytes, headers: dict[str, str]) -> Answer:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        known = KEYS.get(token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            return refuse(401, "who")
        admitted = self.count(token.strip(), headers)
        parts = urlsplit(self.path)
        steps = [unquote(step) for step in parts.path.strip("/").split("/")]
        space, scopes = SPACES[known[0]], known[1]
        name, scope = self.route(steps)
        if scope not in scopes:
            return refuse(403, "scope")
        if not admitted:
            return refuse(429, "slow_down")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            result: Answer = getattr(self, name)(space, steps, query, raw)
            return result
        except Answer as early:
            return early

    def count(self, token: str, headers: dict[str, str]) -> bool:
        now = wall()
        start = now - now % WINDOW
        begun, used = COUNTERS.get(token, (start, 0))
        used = used if begun == start else 0
        COUNTERS[token] = (start, min(used + 1, LIMIT + 1))
        headers["X-RateLimit-Remaining"] = str(max(0, LIMIT - used - 1))
        headers["X-RateLimit-Reset"] = str(round(start + WINDOW))
        return used < LIMIT

    def route(self, steps: list[str]) -> tuple[str, str]:
        pattern = "/".join([steps[0], *("{}" if n % 2 else step for n, step in enumerate(steps[1:], 1))])
        found = ROUTES.get((self.command, pattern))
        if found is None:
            raise refuse(405 if any(p == pattern for _, p in ROUTES) else 404, "route")
        return found

    # --- reading

    def page(self, rows: list[Row], query: dict[str, str], strict: bool = False, ascending: bool = False) -> Row:
        """Pages by the number of an item, which never changes: a cursor is the last one shown."""
        given = query.get("limit", "100")
        good = re.fullmatch(r"[0-9]+", given) is not None and 1 <= int(given) <= 500
        if strict and not good:
            raise refuse(400, "limit")
        limit = int(given) if good else 500 if given.isdigit() and int(given) > 500 else 1 if given == "0" else 100
        rows = rows if ascending else rows[::-1]
        after = query.get("cursor", "").removeprefix("after:")
        ids = [row["id"] for row in rows]
        start = ids.index(after) + 1 if after in ids else 0
        more = start + limit < len(rows)
        cursor = f"after:{ids[start + limit - 1]}" if more else None
        pagination = {"limit": limit, "has_more": more, "next_cursor": cursor, "total": len(rows)}
        return {"rows": rows[start : start + limit], "pagination": pagination}

    def listed(self, rows: list[Row], query: dict[str, str], show: Any = dict, strict: bool = False) -> Answer:
        page = self.page(rows, query, strict)
        return Answer(200, {"data": [show(row) for row in page["rows"]], "pagination": page["pagination"]})

    def find(self, rows: list[Row], number: str) -> Row:
        for row in rows:
            if row["id"] == number:
                return row
        raise refuse(404, "gone")

    def campaigns(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        return self.listed(space.campaigns, query, lambda row: row | {"totalLeads": len(space.enrolled[row["id"]])})

    def campaign_leads(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        self.find(space.campaigns, steps[1])
        return self.listed(space.enrolled[steps[1]], query, strict=True)

    def accounts(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        return self.listed(space.accounts, query, strict=True)

    def lists(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        return self.listed(space.lists, query, lambda row: row | {"lead_count": len(space.members[row["id"]])})

    def one_list(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        row = self.find(space.lists, steps[1])
        return Answer(200, {"data": row | {"lead_count": len(space.members[row["id"]])}})

    def list_members(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        self.find(space.lists, steps[1])
        by_id = {lead["id"]: lead for lead in space.leads}
        return self.listed([by_id[number] for number in space.members[steps[1]]], query)

    def with_lists(self, space: Space, lead: Row) -> Row:
        return lead | {"lead_list_ids": [number for number, ids in space.members.items() if lead["id"] in ids]}

    def leads(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        rows = space.leads
        if query.get("query", "").strip():
            wanted = folded(query["query"]).split()
            rows = [lead for lead in rows if all(term in words(lead) for term in wanted)]
        if query.get("list_ids"):
            shown = {lead for number in query["list_ids"].split(",") for lead in space.members.get(number.strip(), [])}
            rows = [lead for lead in rows if lead["id"] in shown]
        return self.listed(rows, query, lambda lead: self.with_lists(space, lead))

    def one_lead(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        return Answer(200, {"data": self.with_lists(space, self.find(space.leads, steps[1]))})

    def conversations(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        rows = sorted(space.conversations, key=lambda row: (self.latest(space, row), row["id"]))
        if query.get("unread_only") == "true":
            rows = [row for row in rows if row["is_unread"]]
        if query.get("linkedin_account_id"):
            rows = [row for row in rows if row["linkedin_account"]["id"] == query["linkedin_account_id"]]
        return self.listed(rows, query, lambda row: row | {"last_message": self.preview(space, row)})

    def latest(self, space: Space, row: Row) -> float:
        messages = space.messages[row["id"]]
        return datetime.datetime.fromisoformat(messages[-1]["sent_at"]).timestamp() if messages else 0.0

    def preview(self, space: Space, row: Row) -> Row | None:
        if not space.messages[row["id"]]:
            return None
        last = dict(space.messages[row["id"]][-1])
        last["content"] = last["content"] if len(last["content"]) < 24 else last["content"][:20] + "…"
        return last

    def one_conversation(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        row = self.find(space.conversations, steps[1])
        page = self.page(space.messages[row["id"]], query, ascending=True)
        return Answer(200, {"data": row | {"messages": page["rows"]}, "pagination": page["pagination"]})

    # --- writing

    def body(self, raw: bytes, closed: bool, **types: Any) -> Row:
        try:
            sent = json.loads(raw)
        except ValueError:
            raise refuse(400, "json") from None
        wrong = not isinstance(sent, dict) or any(not fits(sent.get(name)) for name, fits in types.items())
        if wrong or (closed and set(sent) - set(types)):
            raise refuse(400, "body")
        body: Row = sent
        return body

    def act(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        campaign = self.find(space.campaigns, steps[1])
        action = self.body(raw, True, action=lambda a: a in ("start", "pause", "resume"))["action"]
        before, after = {
            "start": ("draft", "started"),
            "pause": ("started", "paused"),
            "resume": ("paused", "started"),
        }[action]
        if campaign["status"] != before or (action == "start" and campaign["leadList"] is None):
            return refuse(409, "state")
        campaign |= {"status": after, "updatedAt": moment(wall())}
        if action == "start":
            for lead in space.members[campaign["leadList"]["id"]]:
                space.enroll(campaign["id"], lead)
        return Answer(200, {"data": campaign | {"totalLeads": len(space.enrolled[campaign["id"]])}})

    def save(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        campaign, lead = self.find(space.campaigns, steps[1]), self.find(space.leads, steps[3])
        sent = self.body(
            raw, True, messages=lambda m: isinstance(m, list) and 1 <= len(m) <= 10 and all(map(good_slot, m))
        )
        source = campaign["leadList"] and campaign["leadList"]["id"]
        enrolled = any(row["lead_id"] == lead["id"] for row in space.enrolled[campaign["id"]])
        if not enrolled and lead["id"] not in space.members.get(source, []):
            return refuse(409, "stranger")
        slots = space.overrides.setdefault((campaign["id"], lead["id"]), {})
        for row in sent["messages"]:
            number = slots.get(row["message_stage"], {}).get("id") or str(next(NUMBERS))
            ids = {"id": number, "campaign_id": campaign["id"], "lead_id": lead["id"]}
            slots[row["message_stage"]] = row | ids | {"updated_at": moment(wall())}
        state = "enrolled" if enrolled else "pending_enrollment"
        return Answer(200, {"data": list(slots.values()), "lead_campaign_state": state})

    def make_lists(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        sent = self.body(raw, True, lead_lists=lambda rows: isinstance(rows, list) and rows)["lead_lists"]
        bad = [n for n, row in enumerate(sent) if not good_list(row)]
        if len(bad) == len(sent):
            return refuse(400, "lists")
        made = [space.add_list(row["name"], row.get("description")) for row in sent if good_list(row)]
        malformed = [{"index": n, "errors": [{"field": wrong_of_list(sent[n]), "message": "no"}]} for n in bad]
        summary = {"attempted": len(sent), "created": len(made), "malformed": len(bad)}
        data = [row | {"lead_count": 0} for row in made]
        return Answer(207 if bad else 201, {"data": data, "malformed": malformed, "summary": summary})

    def bring_in(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        self.find(space.lists, steps[1])
        sent = self.body(raw, False)
        if "leads" not in sent:
            if wrong_of_lead(sent):
                return refuse(400, "lead")
            lead, result = self.take(space, steps[1], sent)
            return Answer(200 if result == "already_in_list" else 201, {"data": lead, "result": result})
        rows = sent["leads"]
        if set(sent) != {"leads"} or not isinstance(rows, list) or not 1 <= len(rows) <= 100:
            return refuse(400, "leads")
        data, malformed = [], []
        for n, row in enumerate(rows):
            wrong = wrong_of_lead(row)
            if wrong:
                malformed.append({"index": n, "errors": [{"field": wrong, "message": "no"}]})
                continue
            lead, result = self.take(space, steps[1], row)
            data.append({"index": n, "result": result, "lead": lead})
        counts = {
            name: sum(row["result"] == name for row in data)
            for name in ("created", "added_existing", "already_in_list")
        }
        summary = {"attempted": len(rows), **counts, "malformed": len(malformed), "failed": 0}
        status = 207 if malformed else 201 if counts["created"] or counts["added_existing"] else 200
        return Answer(status, {"data": data, "malformed": malformed, "failed": [], "summary": summary})

    def take(self, space: Space, number: str, sent: Row) -> tuple[Row, str]:
        """Slashes and case of the URL don't make another lead; what is sent replaces what was there."""
        url = sent["linkedin_url"].rstrip("/").lower()
        lead = next((row for row in space.leads if row["linkedin_url"].rstrip("/").lower() == url), None)
        created = lead is None
        if lead is None:
            lead = space.add_lead(sent)
        else:
            lead |= {name: value for name, value in sent.items() if name != "linkedin_url"}
        if lead["id"] in space.members[number]:
            return lead, "already_in_list"
        space.members[number].append(lead["id"])
        return lead, "created" if created else "added_existing"

    def enrich(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        lead = self.find(space.leads, steps[1])
        status = (
            "already_enriched"
            if lead.get("profile_enriched_at")
            else "enriched"
            if space.credits
            else "insufficient_credits"
        )
        if status == "enriched":
            space.credits -= 1
            lead |= {"profile_enriched_at": moment(wall()), "headline": "Somebody"}
        told = {"status": status, "charged": status == "enriched", "credits_remaining": space.credits}
        return Answer(200, {"data": lead, "enrichment": told})

    def send_text(self, space: Space, steps: list[str], query: dict[str, str], raw: bytes) -> Answer:
        conversation = self.find(space.conversations, steps[1])
        sent = self.body(raw, False, content=lambda c: isinstance(c, str) and 1 <= len(c) <= 8000)
        message = space.say(conversation["id"], sent["content"], wall())
        return Answer(200, {"data": {"ok": True, "pending": False, "message": message}})


LEAD = [
    "first_name",
    "last_name",
    "linkedin_url",
    "email",
    "company",
    "company_linkedin_url",
    "job_title",
    "headline",
    "summary",
    "industry",
    "skills",
    "phone",
    "location",
    "gender",
    "date_of_birth",
    "notes",
    "profile_picture_url",
]


def wrong_of_lead(row: Any) -> str:
    """The first member of a lead that breaks its schema, or ""."""
    if not isinstance(row, dict):
        return "lead"
    for name in LEAD[:3]:
        if not isinstance(row.get(name), str) or (name != "linkedin_url" and not row[name]):
            return name
    for name, value in row.items():
        if name not in LEAD or not good_value(name, value):
            return name
    return ""


def good_value(name: str, value: Any) -> bool:
    if value is None:
        return name not in LEAD[:3]
    if name == "skills":
        return isinstance(value, list) and all(isinstance(skill, str) for skill in value)
    return isinstance(value, str) and (name != "date_of_birth" or is_moment(value))


def is_moment(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text) is not None


def wrong_of_list(row: Any) -> str:
    if not isinstance(row, dict):
        return "lead_list"
    if not isinstance(row.get("name"), str) or not 1 <= len(row["name"]) <= 120:
        return "name"
    description = row.get("description")
    if description is not None and (not isinstance(description, str) or len(description) > 500):
        return "description"
    return next((name for name in row if name not in ("name", "description")), "")


def good_list(row: Any) -> bool:
    return not wrong_of_list(row)


def good_slot(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and set(row) == {"node_type", "message_stage", "message"}
        and row["node_type"] == "send_message"
        and row["message_stage"] in ("ice_breaker", "follow_up_1", "follow_up_2")
        and isinstance(row["message"], str)
        and 1 <= len(row["message"]) <= 8000
    )


for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
    setattr(Handler, f"do_{verb}", Handler.handle_any)

ROUTES = {
    ("GET", "campaigns"): ("campaigns", "campaigns:read"),
    ("POST", "campaigns/{}/actions"): ("act", "campaigns:write"),
    ("GET", "campaigns/{}/leads"): ("campaign_leads", "campaigns:read"),
    ("PUT", "campaigns/{}/leads/{}/message-overrides"): ("save", "campaigns:write"),
    ("GET", "linkedin_accounts"): ("accounts", "linkedin_accounts:read"),
    ("GET", "lead_lists"): ("lists", "lead_lists:read"),
    ("POST", "lead_lists"): ("make_lists", "lead_lists:write"),
    ("GET", "lead_lists/{}"): ("one_list", "lead_lists:read"),
    ("GET", "lead_lists/{}/leads"): ("list_members", "leads:read"),
    ("POST", "lead_lists/{}/leads"): ("bring_in", "leads:write"),
    ("GET", "leads"): ("leads", "leads:read"),
    ("GET", "leads/{}"): ("one_lead", "leads:read"),
    ("POST", "leads/{}/enrich"): ("enrich", "leads:write"),
    ("GET", "conversations"): ("conversations", "conversations:read"),
    ("GET", "conversations/{}"): ("one_conversation", "conversations:read"),
    ("POST", "conversations/{}/messages"): ("send_text", "conversations:write"),
}

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
