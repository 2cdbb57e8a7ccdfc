"""Thirty nights by a script: every state on every night as it says, and nothing from trouble."""

import pytest
from scripted_nights import FILTER, NAME, Played, Scripted, staged

pytestmark = pytest.mark.proof  # long: `make proofs` runs it

NEW, KNOWN, BACK, GONE, UNSEEN = "new", "known", "back", "gone", "unseen"
CONTRACT = ("contract",)
LOST, REGAINED = (
    ("key beta_full: -lead_lists:write", "key full: -lead_lists:write"),
    ("key beta_full: +", "key full: +"),
)


def night(
    broken: tuple[str, ...] = (), name: str = "", filtered: str = "", exit_code: int = 0, **what: object
) -> Scripted:
    """A night by the state of the two findings; "" where one was never seen."""
    states = {rule: state for rule, state in ((FILTER, filtered), (NAME, name)) if state}
    return Scripted(broken=broken, states=states, exit_code=exit_code, **what)  # type: ignore[arg-type]


BOTH = (FILTER, NAME)
SCRIPT = (
    night(),
    night((FILTER,), "", NEW, 1),
    night((FILTER,), "", KNOWN),
    night((), "", GONE, choices=True),
    night((), "", GONE, gateway=True),
    night((FILTER,), "", BACK, 1),
    night((FILTER,), "", KNOWN, gateway=True),
    night(BOTH, NEW, KNOWN, 1),
    night((NAME,), KNOWN, GONE),
    night((NAME,), KNOWN, GONE),
    night((), GONE, GONE, choices=True),
    night((FILTER,), GONE, BACK, 1, contract=True, marks=CONTRACT),  # night 12
    night(BOTH, BACK, KNOWN, 1, contract=True),
    night((FILTER,), GONE, KNOWN, contract=True),
    night((), GONE, GONE, contract=True),
    night(BOTH, BACK, BACK, 130, contract=True, ends="cut"),
    Scripted(contract=True, ends="away", exit_code=2),
    night((NAME,), BACK, GONE, 1, contract=True),
    night((NAME,), KNOWN, GONE, contract=True),
    night((NAME,), KNOWN, GONE, contract=True, suite=True, marks=("suite the first → the next",)),  # night 20
    night((NAME,), KNOWN, GONE, contract=True, suite=True, choices=True),
    night((NAME,), KNOWN, GONE, contract=True, suite=True, gateway=True),
    night((NAME,), KNOWN, GONE, contract=True, suite=True),
    night(BOTH, KNOWN, BACK, 1, contract=True, suite=True),
    night(BOTH, UNSEEN, KNOWN, 1, contract=True, suite=True, scope_lost=True, marks=LOST),  # night 25
    night(BOTH, UNSEEN, KNOWN, contract=True, suite=True, scope_lost=True),
    night((NAME,), KNOWN, GONE, contract=True, suite=True, marks=REGAINED),
    night((NAME,), KNOWN, GONE, contract=True, suite=True, gateway=True),
    night((), GONE, GONE, contract=True, suite=True),
    night((), GONE, GONE, contract=True, suite=True),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Played]:
    """What came of the nights."""
    with staged(tmp_path_factory.mktemp("thirty")) as (stage, gateway):
        nights = [stage.play(scripted) for scripted in SCRIPT]
        assert gateway.swallowed >= 3  # on each night in which it is there
        return nights


def test_every_state_is_as_scripted(played: list[Played]) -> None:
    """New, known, back, gone and unseen, on each of thirty nights, and nothing else found: no word for any trouble."""
    assert len(SCRIPT) == 30
    assert [one.states for one in played] == [dict(scripted.states) for scripted in SCRIPT]


def test_every_night_ends_as_scripted(played: list[Played]) -> None:
    """1 for what is new or back and for a rule that a lost scope cost, 130 cut short, 2 without a server, else 0."""
    assert [one.exit_code for one in played] == [scripted.exit_code for scripted in SCRIPT]


def test_what_changed_is_marked_where_it_happened(played: list[Played]) -> None:
    """The contract on night 12, the suite on night 20, the key's scopes on nights 25 and 27, and on no other night."""
    begun = [
        all(mark.startswith(due) for mark, due in zip(one.marks, scripted.marks, strict=True))
        if len(one.marks) == len(scripted.marks)
        else one.marks
        for one, scripted in zip(played, SCRIPT, strict=True)
    ]
    assert begun == [True] * 30


def test_what_nobody_could_look_at_says_why(played: list[Played]) -> None:
    """Without the scope its finding is unseen for want of a key that has it."""
    assert "no key with lead_lists:write" in played[24].causes[NAME]


def test_a_gateway_is_settled_by_repeating(played: list[Played]) -> None:
    """What it swallowed was asked again: no trouble is left on any of its nights."""
    assert [one.troubles for one, scripted in zip(played, SCRIPT, strict=True) if scripted.gateway] == [()] * 4
