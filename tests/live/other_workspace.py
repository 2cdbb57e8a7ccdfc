"""What a workspace of the other server holds, and how it grows."""

import datetime
import itertools
import re
import unicodedata
from typing import Any

from nhq.clock import SystemClock

Row = dict[str, Any]
wall = SystemClock().now
NUMBERS = itertools.count(1000)
ZONE = datetime.timezone(datetime.timedelta(hours=2))


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


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(lead: Row) -> set[str]:
    names = ("first_name", "last_name", "company", "job_title", "location", "email")
    text = " ".join(str(lead.get(name) or "") for name in names)
    return set(re.findall(r"\w+", folded(text))) | set(folded(text).split())
