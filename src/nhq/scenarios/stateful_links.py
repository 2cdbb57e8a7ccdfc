"""Schemathesis' own state machine over the links of the overlay, sent through our session.

What one answer names, another operation takes; the universal checks judge every answer. In addition: a thing that
was listed, or said to be created, can be reached.
"""

import copy
from contextlib import suppress
from typing import Any

from requests import Response as Received

from nhq.checks.listed_is_found import LISTED_BY, ids_of
from nhq.contract import Contract
from nhq.errors import PreconditionNotMet
from nhq.generate.generated_cases import as_request
from nhq.generate.schemathesis_adapter import (
    NO_FEEDBACK,
    APIStateMachine,
    Case,
    ParameterLocation,
    Response,
    StepInput,
    StepOutput,
    schema_of,
)
from nhq.model import Effect, Exchange
from nhq.scenarios.payloads import known_ids, only_foreign
from nhq.scenarios.stateful import MachineStage

FOREIGN, SHOWN = "WS-LISTS-OWN", "WS-LISTED-FOUND"
# What a link that leads nowhere breaks, by the operation whose answer named the thing; a list may show too much.
NAMED_BY = {
    "list_campaigns": SHOWN,
    "list_lead_lists": SHOWN,
    "list_leads": SHOWN,
    "list_conversations": SHOWN,
    "create_lead_lists": "LIST-CREATES",
    "import_leads": "IMPORT-CREATED",
}
RULES = (FOREIGN, *dict.fromkeys(NAMED_BY.values()))
_MADE: dict[tuple[str, bool], type[APIStateMachine]] = {}
_CONFIG: dict[str, Any] = {
    "seed": 0,
    "generation": {"mode": "positive", "allow-x00": False, "with-security-parameters": False},
    "phases": {"stateful": {"inference": {"algorithms": []}}},
}


def linked_machine(contract: Contract, *, reading: bool) -> type[APIStateMachine]:
    """A state machine class of the linked operations, or of those that only read; to be given a stage.

    Made once for each contract: Hypothesis keeps every such class, and all that it holds, until the process ends.
    """
    kept = contract.digest, reading
    if kept not in _MADE:
        _MADE[kept] = _made(contract, reading)
    return _MADE[kept]


def _made(contract: Contract, reading: bool) -> type[APIStateMachine]:
    schema: Any = schema_of(copy.deepcopy(dict(contract.assumed)), _CONFIG)
    labels = {f"{row.method} {row.template}": row for row in contract.operations.values()}
    if reading:
        readers = {label for label, row in labels.items() if row.effect is Effect.READ}
        schema = schema.include(lambda context: context.operation.label in readers)
    base: Any = schema.build_state_machine(feedback=NO_FEEDBACK, link_calibration=None)

    class Linked(base):  # type: ignore[misc]
        """One sequence: each step a link followed, or a list or creation to begin with."""

        def __init__(self, stage: MachineStage) -> None:
            super().__init__()
            self.stage = stage
            stage.begin()
            self.proof: list[Exchange] = []

        def call(self, case: Case[Any], **kwargs: Any) -> Response:
            """Send a step through our session."""
            row = labels[case.operation.label]
            answers: list[Received] = []
            made = as_request(case)
            assert made is not None
            headers = made.headers | {"Authorization": f"Bearer {self.stage.api.key(row.id).secret}"}
            hooks = {"response": lambda answer, **_: answers.append(answer)}
            parts = {"params": list(made.query), "data": made.body, "headers": headers, "hooks": hooks}
            self.proof.append(self.stage.api.send(made.method, made.path, **parts))
            return Response.from_requests(answers[-1], verify=True)

        def validate_response(self, response: Response, case: Case[Any], **kwargs: Any) -> None:
            """Universal checks have judged it already."""

        def step(self, input: StepInput) -> StepOutput:
            """Send, and judge whether the link led somewhere."""
            source = self.source(input)
            if source:
                self.aim(source, input.case)
            output: StepOutput = super().step(input)
            if source:
                self.reached(source, labels[input.case.operation.label].id)
            return output

        def source(self, input: StepInput) -> str:
            """The operation whose answer named the ids of a step's path; "" where none did, or nothing is put back."""
            by_id = any(where is ParameterLocation.PATH for where, _ in input.applied_parameters)
            if input.transition is None or not by_id or not self.stage.restorable:
                return ""
            return labels[self.recorder.cases[input.transition.parent_id].value.operation.label].id

        def aim(self, source: str, case: Case[Any]) -> None:
            """Of what a list has shown follow a row of the other workspace, where there is one: that tells the most."""
            for name in [name for name, lists in LISTED_BY.items() if source in lists and name in case.path_parameters]:
                pages = [page for page in self.proof if page.ok and page.operation == source]
                shown = dict.fromkeys(ident for page in pages for ident in ids_of(page))
                with suppress(PreconditionNotMet):
                    theirs = set(known_ids(self.stage.world.foreign, name)) & shown.keys()
                    leaked = (i for i in shown if i in theirs and only_foreign(self.stage.world, name, i))
                    case.path_parameters[name] = next(leaked, case.path_parameters[name])

        def reached(self, source: str, operation: str) -> None:
            """A thing just named by an answer is no 404."""
            rule, status = NAMED_BY.get(source), self.proof[-1].status
            if rule is not None and status is not None and (status == 404 or 200 <= status < 300):
                lost = status == 404
                if rule == SHOWN and (not lost or self.foreign()):
                    self.stage.judge.must(FOREIGN, not lost, self.proof, operation=source, **self.words(operation))
                told = operation if rule == SHOWN else source
                self.stage.judge.must(rule, not lost, self.proof, operation=told, **self.words(operation))

        def foreign(self) -> bool:
            """Does the last request name a thing that another workspace holds, and not this one?"""
            match = contract.match(self.proof[-1].method, self.proof[-1].path)
            with suppress(PreconditionNotMet):
                asked = match[1].items() if match is not None else ()
                return any(only_foreign(self.stage.world, name, ident) for name, ident in asked)
            return False

        def words(self, operation: str) -> dict[str, str]:
            """What was expected of the last request, and the steps that led to it."""
            answered = enumerate(self.proof, 1)
            steps = "; ".join(f"{number}. {seen.operation} answers {seen.status}" for number, seen in answered)
            status = self.proof[-1].status
            return {"expected": f"{operation} finds what was named", "actual": f"{status} (after {steps})"}

    return Linked
