"""Refusals the contract does not justify: of a list requested as the contract allows, of a write by a key that may.

Judged over a whole test, because an id that a filter names must have been listed before, and because a refusal may have
other reasons where others use the target, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nhq.checks.acceptance import is_unambiguous_value, parameters_are_unambiguous
from nhq.checks.context import judges
from nhq.checks.listed_is_found import LISTED_BY, page_lists_id
from nhq.checks.request_validity import Validity, limit_standing
from nhq.contract import Contract, Operation
from nhq.model import Exchange, Finding, Observation, violated

# Parameters that hold ids, and the member of a list's rows that holds such an id.
NAMED: Mapping[str, tuple[str, ...]] = {
    **LISTED_BY,
    "list_ids": ("list_lead_lists",),
    "linkedin_account_id": ("list_linkedin_accounts",),
}


@judges("REQUEST-VALID", "SCOPE-SUFFICIENT")
def unjustified_refusals(
    exchanges: Sequence[Exchange], before: Sequence[Exchange], contract: Contract, undisturbed: bool = False
) -> Iterator[Observation]:
    """Observations of unjustified refusals; reports violations only.

    `before` are the exchanges that read what the target holds; `undisturbed`: nobody else uses it.
    """
    for answer in exchanges:
        row = contract.operations.get(answer.operation or "")
        if row is None or answer.identity is None or answer.identity.revoked:
            continue
        if (
            answer.status in (400, 422)
            and row.paginated
            and _valid(answer, row, [*before, *exchanges], contract, undisturbed)
        ):
            yield _broken("REQUEST-VALID", answer, "no refusal: the parameters are valid")
        elif answer.status == 403 and undisturbed and row.method != "GET" and row.scope in answer.identity.scopes:
            yield _broken("SCOPE-SUFFICIENT", answer, f"let in with {row.scope}")


def _broken(rule: str, answer: Exchange, expected: str) -> Observation:
    return violated(Finding(rule, answer.operation, expected, f"{answer.status}", "status", (answer.id,)))


def _valid(answer: Exchange, row: Operation, log: Sequence[Exchange], contract: Contract, undisturbed: bool) -> bool:
    """Are all parameters valid beyond doubt? No cursor, no id that was not listed, none twice."""
    pairs = parse_qsl(urlsplit(answer.path).query, keep_blank_values=True)
    match = contract.match(answer.method, answer.path)
    given = dict(pairs)
    known = {parameter.name for parameter in row.parameters if parameter.where == "query"} - {"cursor"}
    required = {parameter.name for parameter in row.parameters if parameter.where == "query" and parameter.required}
    if (
        len(given) < len(pairs)
        or not required <= set(given)
        or not set(given) <= known
        or limit_standing(given.get("limit"), row.limits) is not Validity.VALID
    ):
        return False
    ids = [(name, ident) for name in NAMED for ident in _ids(name, given)]
    ids += match[1].items() if match else ()
    if ids and not (undisturbed and all(_shown(name, ident, answer, log) for name, ident in ids)):
        return False
    return all(
        is_unambiguous_value(name, value, ()) for name, value in given.items() if name not in NAMED
    ) and parameters_are_unambiguous(contract, row, given)


def _ids(name: str, given: Mapping[str, Any]) -> list[str]:
    """The ids that a filter names."""
    if name not in given:
        return []
    return str(given[name]).split(",") if name == "list_ids" else [str(given[name])]


def _shown(name: str, ident: str, answer: Exchange, log: Sequence[Exchange]) -> bool:
    return any(page_lists_id(page, NAMED[name], ident, answer) for page in log)
