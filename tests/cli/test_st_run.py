"""A plain run of Schemathesis' own command against the mock: whoever has it needs nothing of ours."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from known_contract import CONTRACT
from schemathesis.checks import CHECKS, load_all_checks

from nhq import paths
from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import open_session
from nhq.client.target import Target
from nhq.contract import Contract
from nhq.contract.ambiguities import load_excluded
from nhq.contract.definitions import Excluded

EXCLUDED = load_excluded(paths.contracts_folder() / "ambiguities.toml")
FAILURES = {"negative_data_rejection": "AcceptedNegativeData"}  # what the report calls a failure of a check
GIVEN = {
    "run_campaign_action": {"campaign_id": "campaign_startable"},
    "list_campaign_leads": {"campaign_id": "campaign_large"},
    "save_message_overrides": {"campaign_id": "campaign_large", "lead_id": "lead_enrolled"},
    "get_lead_list": {"lead_list_id": "list"},
    "list_members": {"lead_list_id": "list"},
    "import_leads": {"lead_list_id": "list_empty"},
    "get_lead": {"lead_id": "lead"},
    "enrich_lead": {"lead_id": "lead_enrichable"},
    "get_conversation": {"conversation_id": "conversation"},
    "send_message": {"conversation_id": "conversation"},
}
EXAMPLES = "8"
SECONDS_MOST = 300


@dataclass(frozen=True)
class Plain:
    """Runs `st run` in a folder of its own."""

    contract: Contract
    target: Target
    parameters: Mapping[str, Mapping[str, str]]
    folder: Path

    def run(self, excluded: Iterable[Excluded], *options: str) -> dict[str, Any]:
        """The report of a run with all phases and checks, one worker, the effective contract, and ids given."""
        (self.folder / "contract.json").write_text(json.dumps(self.contract.assumed), encoding="utf-8")
        (self.folder / "schemathesis.toml").write_text(self.configuration(list(excluded)), encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "run", "contract.json", "--url", self.target.base_url]
        fixed = ["--workers", "1", "--seed", "1", "--max-examples", EXAMPLES, "--warnings", "off"]
        report = ["--report", "json", "--report-json-path", "report.json", "--continue-on-failure"]
        done = subprocess.run(
            [*command, *fixed, *report, *options], cwd=self.folder, capture_output=True, text=True, timeout=SECONDS_MOST
        )
        assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return found | {"output": done.stdout}

    def configuration(self, excluded: list[Excluded]) -> str:
        """schemathesis.toml: the full key, every check on, ids by operation, and what is excluded."""
        load_all_checks()
        lines = ["[headers]", f'Authorization = "Bearer {self.target.keys[0].secret}"', "[checks]"]
        lines += [f"{name}.enabled = true" for name in CHECKS.get_all_names()]
        for operation, parameters in self.parameters.items():
            own = [f"checks.{row.check}.enabled = false" for row in excluded if row.operation == operation]
            own += [f"parameters.{name} = {json.dumps(value)}" for name, value in parameters.items()]
            lines += ["[[operations]]", f'include-operation-id = "{operation}"', *own] if own else []
        return "\n".join(lines)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


@pytest.fixture
def plain(contract: Contract, tmp_path: Path) -> Iterator[Plain]:
    """A fresh mock whose limit is out of the way: Schemathesis doesn't pace itself by the headers."""
    with mock_target(seed=1, options=["--limit", "1000000"]) as target:
        session = open_session(target, contract)
        parameters = {operation: dict(given(Api(session), operation)) for operation in contract.operations}
        session.close()
        yield Plain(contract, target, parameters, tmp_path)


def given(api: Api, operation: str) -> Iterator[tuple[str, str]]:
    """Ids that exist, and a cursor that was issued: none of these can be guessed."""
    path = {name: api.target.given[landmark] for name, landmark in GIVEN.get(operation, {}).items()}
    yield from path.items()
    if api.operation(operation).paginated:
        first = api.ok(operation, path=path, query={"limit": 1}).json()
        yield "cursor", str(first["pagination"]["next_cursor"])


def failures(report: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Kind of failure and operation."""
    return {(failure["type"], label) for failure in report["failures"] for label in failure["operations"]}


@pytest.mark.proof
def test_a_plain_run_reports_no_failure(plain: Plain) -> None:
    """All phases and all checks on all 16 operations of the mock find nothing, but for what is excluded by name."""
    report = plain.run(EXCLUDED)
    assert failures(report) == set(), report["output"][-4000:]
    assert not report["errors"]
    assert report["exit_code"] == 0
    assert "Tested: 16" in report["output"]


@pytest.mark.proof
def test_every_exclusion_is_still_needed(plain: Plain) -> None:
    """Without the exclusions exactly the excluded checks fail: a row that is needed no more is a row too many."""
    chosen = [f"--include-operation-id={row.operation}" for row in EXCLUDED]
    rows = [(row, plain.contract.operations[row.operation]) for row in EXCLUDED]
    expected = {(FAILURES[row.check], f"{operation.method} {operation.path}") for row, operation in rows}
    enough = ["--phases=coverage,fuzzing", "--max-examples=80", "--no-shrink"]
    assert failures(plain.run([], *chosen, *enough)) == expected


def test_exclusions_name_operations_of_the_contract(contract: Contract) -> None:
    """Each row names one of the sixteen and a check that exists, and gives a reason that is a sentence."""
    load_all_checks()
    for row in EXCLUDED:
        assert row.operation in contract.operations
        assert row.check in CHECKS.get_all_names()
        assert len(row.reason.split()) > 5
