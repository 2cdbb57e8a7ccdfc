import re

import pytest

from nhq.cli import main
from nhq.contract import Contract


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `nhq explain`."""
    with pytest.raises(SystemExit) as ended:
        main(["explain", *arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_a_rule_is_shown_with_its_sentence_and_what_judges_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A reader can argue with the test, because the promise stands beside it."""
    code, out, _ = run(capsys, "RL-LIMIT")
    assert code == 0
    assert "RL-LIMIT  must  ratelimit" in out
    assert "“capped at 60 per minute”\n  at /info/description" in out
    assert "operations: all 16" in out
    assert re.search(r"judged by: \w+\.py::\w+", out)


def test_small_letters_will_do_and_several_rules_are_shown_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """What is typed by hand need not be in capitals."""
    code, out, _ = run(capsys, "send-ok", "IMPORT-MAX-ACCEPTED")
    assert code == 0
    assert out.index("SEND-OK") < out.index("IMPORT-MAX-ACCEPTED")


def test_a_former_id_explains_the_rule_that_had_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads an old report finds the rule under its present id, which names the former one."""
    code, out, _ = run(capsys, "page-ends")
    assert code == 0
    assert out.startswith("PAGE-TERMINATES  must  pagination")
    assert "formerly PAGE-ENDS" in out


@pytest.mark.parametrize(("name", "near"), [("RL-LIMITS", "RL-LIMIT"), ("pause-only", "CAMP-PAUSE-ONLY-STARTED")])
def test_an_unknown_rule_is_one_line_with_near_matches(
    capsys: pytest.CaptureFixture[str], name: str, near: str
) -> None:
    """A typing error costs one look."""
    code, out, err = run(capsys, name)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert near in err


def test_all_rules_are_listed_by_area(capsys: pytest.CaptureFixture[str], contract: Contract) -> None:
    """Without arguments, every rule has its line."""
    code, out, _ = run(capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if re.match(r"  \S", line)] == list(contract.rules)


def test_the_list_narrows_to_an_area_and_an_operation(capsys: pytest.CaptureFixture[str]) -> None:
    """Both options together choose what both choose."""
    _, out, _ = run(capsys, "--area", "lists", "--operation", "get_lead_list")
    assert "LIST-SAME-ID" in out
    assert "LIST-CREATES" not in out
    assert "4 rules" in out


@pytest.mark.parametrize(
    "arguments", [("--area", "dogs"), ("--operation", "list_dogs"), ("RL-LIMIT", "--area", "ratelimit")]
)
def test_what_cannot_be_chosen_is_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """Unknown areas and operations, and choices that contradict, end with 2."""
    code, out, err = run(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
