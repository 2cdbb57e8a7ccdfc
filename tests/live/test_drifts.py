"""`nhq drift` between two mocks that hold other data: one fault or one choice of one of them is named, and no data."""

from collections.abc import Callable, Iterator

import pytest
from controlled_mock import ControlledMock, controlled_mock

from nhq.mutation.faults.catalogue import find_fault
from nhq.nights.drift_comparison import TargetDifference
from nhq.nights.drift_run import TargetObservation, observe_target, target_differences
from nhq.run.gate_options import GateOptions

#: Those that every run of the tests compares; `make proofs` compares all.
ALWAYS = {"lists-leads-without-their-heat", "tells-times-in-whole-seconds"}
FAULTS = (
    "dates-what-was-accepted-with-a-blank",
    "does-not-count-get-lead-list",
    "wants-a-limit-of-list-leads",
    "hides-campaigns-of-no-list",
    "promises-more-after-a-full-page-of-list-conversations",
    "forgets-the-ids-of-linkedin",
    "lists-leads-without-their-heat",
    "shows-one-list-without-its-description",
    "wants-a-lead-to-have-one-list-only",
    "sends-no-headers-with-list-conversations",
    "gives-no-cursor-for-list-linkedin-accounts",
    "reads-threads-of-no-lead",
    "answers-202-for-get-lead",
    "reads-limits-before-the-scope-of-list-lead-lists",
    "matches-any-term",
    "answers-500-for-unknown-conversations",
    "has-other-priorities",
    "unwraps-list-members",
    "opens-list-conversations-to-everyone",
    "tells-errors-of-list-leads-in-other-words",
)
#: A choice, and the operation whose answers show it.
CHOICES = {
    "sends-many-more-headers": "list_leads",
    "says-charset": "list_leads",
    "spells-the-media-type-in-capitals": "list_leads",
    "sends-bodies-in-chunks": "list_leads",
    "has-uuids-for-ids": "list_leads",
    "has-numbers-for-ids": "list_leads",
    "has-urns-for-ids": "list_leads",
    "tells-times-of-another-zone": "list_leads",
    "tells-times-in-whole-seconds": "list_leads",
    "tells-times-in-nanoseconds": "list_leads",
    "tells-times-in-small-letters": "list_leads",
    "writes-json-for-people": "list_leads",
    "ends-json-with-a-line-end": "list_leads",
    "turns-members-round": "list_leads",
    "writes-whole-numbers-with-a-fraction": "list_campaigns",
    "shows-more-than-the-schemas-name": "list_leads",
    "leaves-out-what-a-lead-lacks": "list_leads",
    "closes-after-each-answer": "list_leads",
    "has-base64-for-ids": "list_leads",
    "tells-each-time-of-a-zone-of-its-own": "list_leads",
}

Observe = Callable[[ControlledMock, tuple[str, ...], tuple[str, ...]], TargetObservation]


@pytest.fixture(scope="module")
def mocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ControlledMock, ControlledMock]]:
    """Two servers that hold other data."""
    folder = tmp_path_factory.mktemp("drift")
    with controlled_mock(folder, "here", 1) as here, controlled_mock(folder, "there", 2) as there:
        yield here, there


@pytest.fixture(scope="module")
def honest() -> dict[object, TargetObservation]:
    """What the first answered already, by what it was asked."""
    return {}


def observed(mock: ControlledMock, rules: tuple[str, ...], operations: tuple[str, ...]) -> TargetObservation:
    asked = GateOptions(mock.file, 1, rules, operations, profile="gate", nonce="drift")
    return observe_target(asked)


@pytest.fixture
def compare(
    mocks: tuple[ControlledMock, ControlledMock], honest: dict[object, TargetObservation]
) -> Callable[..., list[TargetDifference]]:
    """How the second differs while it lies, or chooses otherwise."""

    def differ(rules: tuple[str, ...], operations: tuple[str, ...], *planted: str) -> list[TargetDifference]:
        here, there = mocks
        if (rules, operations) not in honest:
            honest[rules, operations] = observed(here, rules, operations)
        with there.lying(*planted):
            return target_differences(honest[rules, operations], observed(there, rules, operations))

    return differ


def marked(ident: str) -> object:
    return pytest.param(ident, marks=[] if ident in ALWAYS else [pytest.mark.proof])


@pytest.mark.parametrize("ident", [marked(ident) for ident in FAULTS])
def test_a_fault_is_named(compare: Callable[..., list[TargetDifference]], ident: str) -> None:
    """By a rule that holds on one and not on the other."""
    fault = find_fault(ident)
    named = {found.kind for found in compare(fault.rules[:1], fault.on[:1], ident)}
    assert named & {f"rule {rule}" for rule in fault.rules}


@pytest.mark.parametrize("ident", [marked(ident) for ident in CHOICES])
def test_a_choice_is_named(compare: Callable[..., list[TargetDifference]], ident: str) -> None:
    """By a trait of the answers, or by an open question; no rule is called broken."""
    found = compare(("PAGE-HAS-MORE-TRUE",), (CHOICES[ident],), ident)
    assert found
    assert not [one for one in found if one.kind.startswith("rule")]


@pytest.mark.proof
def test_other_data_is_no_difference(compare: Callable[..., list[TargetDifference]]) -> None:
    """All that may be read of both, and nothing is told."""
    assert compare((), ()) == []
