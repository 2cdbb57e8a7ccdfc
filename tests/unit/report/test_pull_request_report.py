"""The answer to a pull request as text: one screen, a reason before every red, and the exit code."""

import json

import pytest

from nhq import paths
from nhq.report.pull_request_report import (
    PullRequestAnswer,
    PullRequestStage,
    StageState,
    pull_request_json,
    pull_request_markdown,
    pull_request_text,
)

PASSED, FAILED, UNJUDGED = StageState.PASSED, StageState.FAILED, StageState.UNJUDGED


def answer(*states: StageState, interrupted: bool = False, reasons: int = 1) -> PullRequestAnswer:
    """An answer with a stage for each state, those that aren't green with reasons and a stanza."""
    return PullRequestAnswer(
        "main:openapi.json",
        "openapi.json",
        tuple(
            PullRequestStage(f"stage{number}", state, "told")
            if state is PASSED
            else PullRequestStage(
                f"stage{number}", state, "told", tuple(f"why {n}" for n in range(reasons)), "nhq x", ("[[a]]",)
            )
            for number, state in enumerate(states)
        ),
        interrupted,
    )


@pytest.mark.parametrize(
    ("states", "code"),
    [((PASSED, PASSED), 0), ((PASSED, UNJUDGED), 2), ((UNJUDGED, FAILED), 1), ((FAILED, PASSED), 1)],
)
def test_red_goes_before_what_could_not_be_judged(states: tuple[StageState, ...], code: int) -> None:
    """A proof is a proof whatever else stayed open; nothing passes by silence."""
    assert answer(*states).exit_code == code


def test_an_interrupted_run_is_no_verdict() -> None:
    """130, as for every command."""
    assert answer(FAILED, interrupted=True).exit_code == 130


def test_one_screen_has_the_first_reasons_of_each_stage_and_says_where_the_rest_is() -> None:
    """Five red stages with a hundred reasons each, and still no more lines than a terminal has."""
    shown = pull_request_text(
        answer(*[FAILED] * 5, reasons=100), ("out/pull-request.json", "out/proposed-approvals.toml")
    )
    assert len(shown.splitlines()) <= 50
    assert "… and 96 more reasons, all in pull-request.json" in shown
    assert shown.index("why 0") < shown.index("reproduce: nhq x")
    assert "to 1 stanza:\n  out/proposed-approvals.toml" in shown


def test_a_green_answer_is_a_line_a_stage() -> None:
    """Nothing is repeated or approved where nothing is red."""
    assert pull_request_text(answer(PASSED, PASSED)).splitlines() == [
        "PASSED (main:openapi.json → openapi.json)",
        "✓ stage0     told  (0.0 s)",
        "✓ stage1     told  (0.0 s)",
    ]


def test_the_json_obeys_its_schema() -> None:
    """Every reason stands there, however many the terminal shows."""
    from jsonschema import Draft202012Validator

    schema = json.loads((paths.schemas_folder() / "pull-request.schema.json").read_text("utf-8"))
    told = json.loads(pull_request_json(answer(PASSED, FAILED, UNJUDGED, reasons=30)))
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
    assert (told["exit_code"], len(told["stages"][1]["reasons"])) == (1, 30)


def test_a_reason_is_no_markup_of_the_comment() -> None:
    """Words of a document make no table, link or mention."""
    stage = PullRequestStage("diff", FAILED, "a | b", ("see @everyone <img>",))
    page = pull_request_markdown(PullRequestAnswer("main", "openapi.json", (stage,)), "### API changes")
    assert r"a \| b" in page
    assert r"\@everyone \<img\>" in page
    assert page.endswith("### API changes")
