"""Where answers fit other scopes than the file says: a slip of the file, or the server's doing?"""

from collections.abc import Callable, Mapping

import pytest

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Exchange, Identity
from nhq.run.scope_inference import KeyAnswers, wrong_key_lines

ALL = {
    "campaigns:read", "campaigns:write", "linkedin_accounts:read", "lead_lists:read", "lead_lists:write",
    "leads:read", "leads:write", "conversations:read", "conversations:write",
}  # fmt: skip
SINGLE = {f"only_{scope.replace(':', '_')}": {scope} for scope in sorted(ALL)}
FILE: Mapping[str, set[str]] = {"full": ALL, "full_2": ALL, "none": set(), **SINGLE}
Opens = Callable[[str, set[str], str], bool]  # operation, the key's real scopes, the one that is required


def honest(operation: str, scopes: set[str], required: str) -> bool:
    return required in scopes


@pytest.fixture
def judged(contract: Contract, exchange: Callable[..., Exchange]) -> Callable[..., dict[str, frozenset[str]]]:
    """Every key asks every operation; `really` is what a server gives some of them, `opens` how it judges."""

    def run(
        file: Mapping[str, set[str]], really: Mapping[str, set[str]] | None = None, opens: Opens = honest, **more: str
    ) -> dict[str, frozenset[str]]:
        keys = {label: Identity(label, "w", frozenset(scopes), label) for label, scopes in file.items()}
        answers = KeyAnswers()
        for label, key in keys.items():
            for row in contract.operations.values():
                scopes = (really or {}).get(label, file[label])
                status = 200 if opens(row.id, scopes, row.scope) else 403
                answers.hear(exchange(identity=key, operation=row.id, status=status, test="t"))
        return wrong_key_lines(Target("http://x", tuple(keys.values()), **more), contract, answers)

    return run


def test_a_right_file_is_not_doubted(judged):
    """Nothing is said where file and server agree."""
    assert judged(FILE) == {}


def test_a_key_that_has_less_than_the_file_says_is_named(judged):
    """Others with the same scopes are let in, so it is not the server."""
    assert judged(FILE | {"only_leads_read": ALL}, {"only_leads_read": {"leads:read"}}) == {
        "only_leads_read": frozenset(ALL - {"leads:read"})
    }


def test_a_key_that_has_more_than_the_file_says_is_named(judged):
    """Others that hold what it has are let in, others without are not."""
    assert judged(FILE | {"full": ALL - {"leads:write"}}, {"full": ALL}) == {"full": frozenset({"leads:write"})}
    assert judged(FILE | {"full": {"campaigns:read"}}, {"full": ALL}) == {"full": frozenset(ALL - {"campaigns:read"})}


def test_exchanged_variables_are_named_both(judged):
    """Each key behaves as the file says of the other."""
    one, two = "only_leads_read", "only_campaigns_read"
    assert set(judged(FILE, {one: FILE[two], two: FILE[one]})) == {one, two}


def test_on_a_mock_of_ours_the_file_is_right(judged):
    """Whatever its keys are answered, it is the mock's doing."""
    file, really = FILE | {"full": {"campaigns:read"}}, {"full": ALL}
    assert judged(file, really, control_url="http://x/__control") == {}


@pytest.mark.parametrize(
    "opens",
    [
        lambda operation, scopes, required: required in scopes or required.replace(":read", ":write") in scopes,
        lambda operation, scopes, required: required in scopes or required.replace(":write", ":read") in scopes,
        lambda operation, scopes, required: bool(scopes),
        lambda operation, scopes, required: not scopes or required in scopes,
        lambda operation, scopes, required: required == min(scopes, default=""),
        lambda operation, scopes, required: {required, required.replace(":write", ":read")} <= scopes,
        lambda operation, scopes, required: required in scopes and (":read" in required or len(scopes) == 1),
        lambda operation, scopes, required: required in scopes
        and (operation != "send_message" or "conversations:read" in scopes),
        lambda operation, scopes, required: required in scopes
        or (operation == "list_linkedin_accounts" and "campaigns:read" in scopes),
        lambda operation, scopes, required: ("lead_lists:read" if operation == "list_members" else required) in scopes,
    ],
    ids=["write opens read", "read opens write", "any opens all", "none opens all", "one counts", "write wants read",
         "wide may not write", "sending wants reading", "campaigns open accounts", "members by lists"],
)  # fmt: skip
def test_a_server_that_judges_scopes_wrongly_is_not_excused(judged, opens):
    """Its mistakes follow from the scopes that a key really has; the file is right."""
    assert judged(FILE, opens=opens) == {}


def test_now_and_then_is_no_slip(contract, exchange):
    """No set of scopes explains a key that one operation lets in and keeps out in turn."""
    key, other = Identity("a", "w", frozenset(ALL), "a"), Identity("b", "w", frozenset(ALL), "b")
    answers = KeyAnswers()
    for row in contract.operations.values():
        for status in (200, 403):
            answers.hear(exchange(identity=key, operation=row.id, status=status))
        answers.hear(exchange(identity=other, operation=row.id, status=200))
    assert wrong_key_lines(Target("http://x", (key, other)), contract, answers) == {}
