"""How benchmarks.peers runs each tool, and how it reads what the tool complains of.

A complaint is a line that says what failed, not with which values: the same complaint on a clean mock must be equal.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from nhq import paths
from nhq.contract import load_contract

SECONDS = 900  # a run that takes longer is stopped, and counts as one that saw nothing
PACKAGES = ("@apideck/portman", "newman", "dredd", "@redocly/cli")
#: Which landmark of the mock stands for each path parameter, where the document that a peer gets needs an example.
EXAMPLES = {
    "run_campaign_action": {"campaign_id": "campaign_startable"},
    "list_campaign_leads": {"campaign_id": "campaign_started"},
    "save_message_overrides": {"campaign_id": "campaign_started", "lead_id": "lead_enrolled"},
    "get_lead_list": {"lead_list_id": "list"},
    "list_members": {"lead_list_id": "list"},
    "import_leads": {"lead_list_id": "list"},
    "get_lead": {"lead_id": "lead"},
    "enrich_lead": {"lead_id": "lead_enrichable"},
    "get_conversation": {"conversation_id": "conversation"},
    "send_message": {"conversation_id": "conversation"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tool runs: its own folder, the mock's URL, a key of all scopes, and the folder of the npm packages."""

    folder: Path
    url: str
    key: str
    packages: Path


@dataclass(frozen=True, slots=True)
class Tool:
    """`prepare` runs once before any mock is up, `complain` against each mock. `given` says what it is told."""

    name: str
    given: str
    complain: Callable[[Place], Iterator[str]]
    prepare: Callable[[Place], None] = lambda place: None
    packages: tuple[str, ...] = ()


def run(place: Place, *command: str) -> None:
    """Run a tool to its end, whatever its exit code; what it prints goes to a file. Raises TimeoutExpired."""
    environ = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    program = place.packages / "node_modules" / ".bin" / command[0]
    words = [str(program) if program.exists() else command[0], *command[1:]]
    with (place.folder / "printed.txt").open("ab") as printed:
        subprocess.run(
            words, cwd=place.folder, env=environ, stdout=printed, stderr=printed, timeout=SECONDS, check=False
        )


def loaded(path: Path) -> Any:
    """A tool's JSON report. Raises FileNotFoundError when the tool wrote none."""
    return json.loads(path.read_text("utf-8"))


def document(landmarks: dict[str, str]) -> dict[str, Any]:
    """openapi.json with an operationId everywhere and an id that exists as the example of each path parameter."""
    contract = load_contract()
    made: dict[str, Any] = json.loads((paths.data_root() / "openapi.json").read_text("utf-8"))
    for operation in contract.operations.values():
        described = made["paths"][operation.path][operation.method.lower()]
        described["operationId"] = operation.id
        for parameter in described.get("parameters", []):
            if parameter["in"] == "path":
                parameter["example"] = landmarks[EXAMPLES[operation.id][parameter["name"]]]
    return made


def ask_schemathesis(place: Place) -> Iterator[str]:
    """Each kind of failure on each operation."""
    header = f"Authorization: Bearer {place.key}"
    report = ["--report", "json", "--report-json-path", "st.json", "--no-color"]
    program = str(Path(sys.executable).parent / "st")
    contract = str(paths.data_root() / "openapi.json")
    run(place, program, "run", contract, "--url", place.url, "--header", header, "--seed", "1", *report)
    told = loaded(place.folder / "st.json")
    for failure in told["failures"]:
        yield from (f"{failure['code']} {operation}" for operation in failure["operations"])


def make_collection(place: Place) -> None:
    """Portman draws its example values by chance, so the collection is made once for all mocks."""
    run(place, "portman", "-l", "openapi.json", "-b", "http://127.0.0.1", "-o", "collection.json")


def ask_newman(place: Place) -> Iterator[str]:
    """Each assertion of each request that failed."""
    variables = ["--env-var", f"baseUrl={place.url}", "--env-var", f"bearerToken={place.key}"]
    report = ["--reporters", "json", "--reporter-json-export", "newman.json"]
    run(place, "newman", "run", "collection.json", *variables, *report)
    for failure in loaded(place.folder / "newman.json")["run"]["failures"]:
        source, error = failure.get("source", {}), failure["error"]
        yield f"{source.get('name')}: {error.get('test') or error.get('name')}"


def ask_dredd(place: Place) -> Iterator[str]:
    """Each transaction that failed."""
    header = f"Authorization: Bearer {place.key}"
    run(place, "dredd", "openapi.json", place.url, "--header", header, "--reporter", "xunit", "--output", "dredd.xml")
    for case in ElementTree.parse(place.folder / "dredd.xml").getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            yield str(case.get("name"))


def make_arazzo(place: Place) -> None:
    """Redocly's own generator writes one workflow an operation."""
    run(place, "redocly", "generate-arazzo", "openapi.json", "-o", "peers.arazzo.yaml")


def ask_respect(place: Place) -> Iterator[str]:
    """Each check of each step that failed."""
    given = ["--server", f"openapi={place.url}", "--input", f"bearerAuth={place.key}"]
    run(place, "redocly", "respect", "peers.arazzo.yaml", *given, "--json-output", "respect.json")
    for file in loaded(place.folder / "respect.json")["files"].values():
        for workflow in file["executedWorkflows"]:
            for step in workflow["executedSteps"]:
                yield from (f"{step['stepId']}: {c['name']}" for c in step["checks"] if not c["passed"])


SCHEMATHESIS = Tool(
    "Schemathesis (`st run`)", "the published document, a key; otherwise its defaults", ask_schemathesis
)
PORTMAN = Tool(
    "Portman + Newman", "a key, an existing id for each path parameter", ask_newman, make_collection, PACKAGES[:2]
)
DREDD = Tool("Dredd", "a key, an existing id for each path parameter", ask_dredd, packages=PACKAGES[2:3])
RESPECT = Tool(
    "Redocly Respect", "a key, an existing id for each path parameter", ask_respect, make_arazzo, PACKAGES[3:]
)
PEERS = (SCHEMATHESIS, PORTMAN, DREDD, RESPECT)
