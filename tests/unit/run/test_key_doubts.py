"""What a wrong line of the target file explains is trouble of ours; what it may explain is said beside the finding."""

import pytest

from nhq.client.target import Target
from nhq.model import Finding, Identity, Verdict, violated
from nhq.run.collector import Collector
from nhq.run.key_doubts import withdraw_doubtful_findings
from nhq.run.scope_inference import KeyAnswers

READS = frozenset({"leads:read", "campaigns:read"})
WRONG, RIGHT = Identity("wrong", "w", READS, "s1", env="WRONG_KEY"), Identity("right", "w", READS, "s2")
LISTS = ("list_leads", "list_campaigns")


@pytest.fixture
def judged(contract, exchange):
    """A run in which the first key is kept out of its two lists, and the others of `keys` are not."""

    def run(keys: tuple[Identity, ...], *, kept_out: tuple[str, ...] = LISTS) -> Collector:
        target = Target("http://x", keys, name="mine")
        collector, answers, number = Collector(target), KeyAnswers(), 0
        for key in keys:
            for operation in LISTS:
                number, out = number + 1, key is keys[0] and operation in kept_out
                asked = exchange(number, identity=key, operation=operation, status=403 if out else 200, test=key.label)
                answers.hear(asked)
                collector.exchange(asked)
                if out:
                    found = Finding("SCOPE-SUFFICIENT", operation, "let in", "403", "status", (number,))
                    collector.observe([violated(found)])
        withdraw_doubtful_findings(collector, target, contract, answers)
        return collector

    return run


def test_a_slip_of_the_file_is_no_finding(judged):
    """The key is named as trouble, and what was seen with it is unknown."""
    collector = judged((WRONG, RIGHT))
    assert collector.findings == {}
    assert {cell.verdict for cell in collector.cells.values()} == {Verdict.UNKNOWN}
    (trouble,) = collector.troubles
    assert "key wrong (WRONG_KEY) fit other scopes" in trouble.cause
    assert "it lacks campaigns:read, leads:read" in trouble.cause


def test_where_it_is_not_sure_the_finding_says_what_else_it_may_be(judged):
    """Nobody else shows how the key should be answered."""
    collector = judged((WRONG,))
    assert collector.troubles == []
    assert {proven.finding.actual for proven in collector.findings.values()} == {
        "403, or the target file is wrong about key wrong"
    }


def test_one_operation_is_not_enough_to_doubt_the_file(judged):
    """That is a server's mistake more often than a slip."""
    collector = judged((WRONG, RIGHT), kept_out=("list_leads",))
    assert (len(collector.findings), collector.troubles) == (1, [])
