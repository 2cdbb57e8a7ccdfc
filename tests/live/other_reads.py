"""How the other server answers reads: pages, filters, previews."""

import datetime
import re
from typing import Any

from other_bodies import Answer, refuse
from other_workspace import Row, Space, folded, words


class Reads:
    """The operations that change nothing."""

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
