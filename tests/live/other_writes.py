"""How the other server answers writes: what it takes, and what becomes of it."""

import json
from typing import Any

from other_bodies import Answer, good_list, good_slot, refuse, wrong_of_lead, wrong_of_list
from other_reads import Reads
from other_workspace import NUMBERS, Row, Space, moment, wall


class Writes(Reads):
    """The operations that change something."""

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
