"""Lead lists: is one answer consistent with itself? Scenarios show whether it is true of the target."""

from collections.abc import Iterator
from typing import Any

from nhq.checks.context import CheckContext, judges, listed_rows
from nhq.checks.identity import has_requested_id, returned_object
from nhq.checks.values import whole_number
from nhq.model import Observation


def sent_entries(seen: CheckContext, name: str) -> list[Any] | None:
    """The entries of a batch as sent; None for a request that is no batch of that name."""
    sent = seen.request.get(name) if isinstance(seen.request, dict) else None
    return sent if isinstance(sent, list) else None


def answered_array(seen: CheckContext, name: str) -> list[Any] | None:
    """An array of the answer; None where there is none."""
    found = seen.body.get(name) if isinstance(seen.body, dict) else None
    return found if isinstance(found, list) else None


def answered_summary(seen: CheckContext) -> dict[str, Any] | None:
    """The `summary` of an answer."""
    found = seen.body.get("summary") if isinstance(seen.body, dict) else None
    return found if isinstance(found, dict) else None


def wrong_counts(told: dict[str, Any], true: dict[str, int]) -> list[str]:
    """The counts that are wrong, as "name shown/true"; the schema judges a count that is left out."""
    return [
        f"{name} {describe_count(told[name])} for {true[name]}"
        for name in true
        if name in told and whole_number(told[name]) != true[name]
    ]


def describe_count(value: Any) -> str:
    """A count as it may stand in a report."""
    return str(value) if isinstance(value, int | float) else type(value).__name__


@judges("LIST-STATUS-201", "LIST-201-CLEAN")
def created_all(seen: CheckContext) -> Iterator[Observation]:
    """«Returns 201 when every list was created»: then, and only then, and with nothing malformed."""
    sent, data, malformed = (
        sent_entries(seen, "lead_lists"),
        answered_array(seen, "data"),
        answered_array(seen, "malformed"),
    )
    if seen.operation.id != "create_lead_lists" or not sent or data is None or not seen.exchange.ok:
        return
    every = len(data) == len(sent)
    if every or seen.status == 201:
        ok = every and seen.status == 201
        actual = f"{seen.status} with {len(data)} of {len(sent)} created"
        yield seen.judged("LIST-STATUS-201", ok, "201 when every list was created", actual, "status")
    if seen.status == 201 and malformed is not None:
        yield seen.judged("LIST-201-CLEAN", not malformed, "malformed empty", f"{len(malformed)}", "/malformed")


@judges("LIST-SUMMARY")
def summary_counts(seen: CheckContext) -> Iterator[Observation]:
    """«a `summary` of attempted/created/malformed counts»"""
    sent, data, malformed = (
        sent_entries(seen, "lead_lists"),
        answered_array(seen, "data"),
        answered_array(seen, "malformed"),
    )
    told = answered_summary(seen)
    if seen.operation.id != "create_lead_lists" or not seen.exchange.ok or sent is None:
        return
    if data is not None and malformed is not None and told is not None:
        wrong = wrong_counts(told, {"attempted": len(sent), "created": len(data), "malformed": len(malformed)})
        yield seen.judged("LIST-SUMMARY", not wrong, "counts of the answer itself", ", ".join(wrong), "/summary")


@judges("LIST-207-BODY")
def shape_of_207(seen: CheckContext) -> Iterator[Observation]:
    """«The response returns the created lists in `data`, any rejected entries in `malformed`, and a `summary`»"""
    if seen.operation.id == "create_lead_lists" and seen.status == 207 and isinstance(seen.body, dict):
        missing = [name for name in ("data", "malformed") if answered_array(seen, name) is None]
        missing += [] if answered_summary(seen) is not None else ["summary"]
        yield seen.judged("LIST-207-BODY", not missing, "data, malformed, summary", f"without {', '.join(missing)}")


@judges("LIST-COUNT-PRESENT")
def count_present(seen: CheckContext) -> Iterator[Observation]:
    """«each with its current member count», «including its current member count»"""
    if seen.operation.id not in ("list_lead_lists", "get_lead_list") or seen.status != 200:
        return
    found = listed_rows(seen) if seen.operation.id == "list_lead_lists" else [returned_object(seen)]
    if any(found):
        told = [whole_number(row.get("lead_count")) for row in found]
        without = sum(count is None or count < 0 for count in told)
        where = "/data/*/lead_count" if seen.operation.id == "list_lead_lists" else "/data/lead_count"
        yield seen.judged("LIST-COUNT-PRESENT", not without, "a number", f"{without} lists without", where)


@judges("LIST-SAME-ID")
def the_one_asked_for(seen: CheckContext) -> Iterator[Observation]:
    """«Returns a single lead list»: the one whose id was asked for, but for case and blanks around it."""
    if seen.operation.id == "get_lead_list":
        yield from has_requested_id(seen, "LIST-SAME-ID", "lead_list_id")
