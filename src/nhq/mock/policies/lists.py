"""Creating lead lists, and importing leads into them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nhq.mock.name_index import Names
from nhq.mock.store import Row
from nhq.mock.wire_records import Lead


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name itself, or with the first free suffix "(Copy)", "(Copy 2)" and so on."""
    if name not in taken:
        return name
    passed = taken.passed if isinstance(taken, Names) else {}
    number = passed.get(name, 1)
    while (candidate := f"{name} (Copy {number})" if number > 1 else f"{name} (Copy)") in taken:
        number += 1
    passed[name] = number
    return candidate


def taken_names(existing: Mapping[str, Collection[str]], workspace: str, made: Collection[str]) -> Collection[str]:
    """Names that a new list may not have: those in the workspace, and those made by this request, which go on growing.

    Asked once a request.
    """
    return Names(existing[workspace], made)


def member_count(operation: str, rows: Sequence[Row]) -> int:
    """The current number of members."""
    return len(rows)


def lists_summary(attempted: int, created: int, malformed: int) -> dict[str, int]:
    """Counts for a creation of lists."""
    return {"attempted": attempted, "created": created, "malformed": malformed}


def lists_status(created: int, malformed: int) -> int:
    """201 when all were created, 207 when some were malformed, 400 when all were."""
    if not malformed:
        return 201
    return 207 if created else 400


def dedupe_key(url: str) -> str | None:
    """What makes two leads of a workspace one: the profile URL, without regard to case and a last slash."""
    return url.strip().rstrip("/").casefold()


def other_keys(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What else a lead is recognised by: nothing."""
    return ()


def known_lead(leads: Mapping[str, str], workspace: str, made: Collection[str]) -> str | None:
    """The lead that an import means, out of those with its key in each workspace: the workspace's own.

    `made` are those that the same request created: they are known as well.
    """
    return leads.get(workspace)


def recognised(lists: Collection[str], target: str) -> bool:
    """Whether an import takes a lead that the workspace has for the one it means: whatever lists it is in."""
    return True


def is_member(lists: Collection[str], target: str) -> bool:
    """Whether a known lead belongs to the list already."""
    return target in lists


def goes_on(operation: str, malformed: int) -> bool:
    """A malformed entry does not keep the entries after it from being imported or created."""
    return True


def keeps_the_good(operation: str) -> bool:
    """The good entries of a request with malformed ones are kept as the answer says."""
    return True


def indexed(kind: str) -> bool:
    """What was created shows up in its lists."""
    return True


def imported_fields(given: dict[str, Any]) -> dict[str, Any]:
    """What a new lead takes from an import: all of it."""
    return given


def list_fields(given: dict[str, Any]) -> dict[str, Any]:
    """What a new list takes from a request: all of it."""
    return given


def update_existing(lead: Lead, given: dict[str, Any]) -> Lead:
    """An import leaves a lead that exists as it is."""
    return lead


def import_result(existed: bool, member: bool) -> str:
    """What an import did: `created`, `added_existing` or `already_in_list`."""
    if member:
        return "already_in_list"
    return "added_existing" if existed else "created"


def joins(result: str) -> bool:
    """Whether the lead becomes a member now."""
    return result != "already_in_list"


def memberships(lists: Sequence[str], target: str) -> tuple[str, ...]:
    """The lists that a lead belongs to once it has joined another: all of them."""
    return (*lists, target)


def twin_result(result: str) -> str:
    """The result of an entry whose lead the same request has created: that of any member. `failed` is possible too."""
    return result


def also_joins(result: str) -> bool:
    """Whether a lead becomes a member of the workspace's default list, too: it doesn't."""
    return False


def processing_fails(url: str, failing: Collection[str], trouble: bool) -> bool:
    """Imports of some profiles fail in processing, and all of them while there is trouble."""
    return trouble or url in failing


def entry_fails(url: str) -> bool:
    """Whether an entry of a batch fails in processing though a lead alone would not: none does."""
    return False


def entry_index(position: int) -> int:
    """Entries of a batch are counted from zero, as they were sent."""
    return position


def entry_valid(operation: str, entry: Any, problems: Sequence[dict[str, str]]) -> bool:
    """An entry with any problem is malformed."""
    return not problems


def batch_order(operation: str, part: str, rows: list[Any]) -> list[Any]:
    """The order in which a part of an answer (`data`, `malformed`, `failed`) tells of entries: as they were sent."""
    return rows


def refuses_batch(entries: int, malformed: int) -> bool:
    """Whether an import is answered 400 for so many malformed entries: it never is."""
    return False


def single_status(result: str) -> int:
    """200 when the lead was a member already, 201 otherwise."""
    return 200 if result == "already_in_list" else 201


def import_summary(attempted: int, results: Sequence[str], malformed: int, failed: int) -> dict[str, int]:
    """Counts for a batch import."""
    return {
        "attempted": attempted,
        "created": results.count("created"),
        "added_existing": results.count("added_existing"),
        "already_in_list": results.count("already_in_list"),
        "malformed": malformed,
        "failed": failed,
    }


def batch_status(summary: dict[str, int]) -> int:
    """207 with any malformed or failed entry, 201 when something was created or attached, 200 otherwise."""
    if summary["malformed"] or summary["failed"]:
        return 207
    return 201 if summary["created"] or summary["added_existing"] else 200
