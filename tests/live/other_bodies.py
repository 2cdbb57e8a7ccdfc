"""What the other server refuses: bodies that break a schema, and how it says so."""

import datetime
import re
from typing import Any


class Answer(Exception):
    """Ends a request with a status and a body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def refuse(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "see the manual", "trace": "0"}})


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
