"""Requests made by Schemathesis out of the contract: the examples and coverage phases, and fuzzing.

Only its generators are used. What is sent goes through our own session, and what came back is judged by our own
checks, so that an operation is never left at its first failure and the same seed gives the same requests.
"""

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable

from nhq.checks.request_validity import may_be_doubted
from nhq.contract import Contract, Operation
from nhq.generate.schemathesis_adapter import (
    NO_FEEDBACK,
    APIOperation,
    Case,
    CoverageGenerator,
    CoverageScenario,
    ExamplesGenerator,
    GenerationMode,
    Override,
    schema_of,
)

_Case = Case[Any]
_Operation = APIOperation[Any, Any, Any, Any]

_BASE = "http://nhq.invalid"
_METHODS = ("delete", "patch")  # those that an API may have without saying so; the others are the web server's affair
_LIKELY: Mapping[str, Callable[[int], str]] = {
    "linkedin_url": lambda n: f"https://www.linkedin.com/in/nhq-{n}",
    "company_linkedin_url": lambda n: f"https://www.linkedin.com/company/nhq-{n}",
    "profile_picture_url": lambda n: f"https://example.com/nhq-{n}.jpg",
    "email": lambda n: f"nhq-{n}@example.com",
    "phone": lambda n: f"+1 415 555 {n:04d}",
}


class GeneratedKind(StrEnum):
    """What a generated request asks about."""

    ORDINARY = "ordinary"
    METHOD = "method"
    MEDIA_TYPE = "media type"


@dataclass(frozen=True, slots=True)
class Sending:
    """A request ready to be sent. `path` is filled and starts below the base; no key is in it yet."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    media_type: str = ""
    kind: GeneratedKind = GeneratedKind.ORDINARY
    negative: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type} if self.media_type else {}


class Generator:
    """Schemathesis' generators over the published contract, by our operation ids."""

    def __init__(self, contract: Contract) -> None:
        document = copy.deepcopy(dict(contract.document))
        schema = schema_of(document, _CONFIG)
        rows = contract.operations.values()
        self._operations: dict[str, _Operation] = {row.id: schema[row.template][row.method] for row in rows}

    def gate(self, row: Operation, ids: Mapping[str, str], filters: Mapping[str, str]) -> list[Sending]:
        """The examples and coverage phases of one operation, negative requests first, none twice.

        Negative ones first, because an accepted one may change the state that the others need. `ids` fill the
        path, `filters` stand in for the empty texts that coverage gives to query parameters.
        """
        operation = self._operations[row.id]
        override = Override(path_parameters=document_parameters(row, ids))
        config = operation.schema.config.generation_for(operation=operation, phase="coverage")
        coverage = CoverageGenerator(
            operation=operation,
            generation_modes=list(config.modes),
            generation_config=config,
            auth_storage=None,
            override=override,
            feedback=NO_FEEDBACK,
        )
        examples = ExamplesGenerator(operation=operation, override=override, feedback=NO_FEEDBACK, fill_missing=True)
        cases = (*coverage, *examples)
        return _distinct(_filtered(made, filters) for case in cases if (made := as_request(case)) is not None)

    def fuzz(self, row: Operation, ids: Mapping[str, str], count: int, seed: int) -> list[Sending]:
        """Up to `count` random requests in each mode; the seed decides."""
        operation = self._operations[row.id]
        cases: list[_Case] = []
        for mode in (GenerationMode.NEGATIVE, GenerationMode.POSITIVE):
            strategy = operation.as_strategy(mode, feedback=NO_FEEDBACK, path_parameters=document_parameters(row, ids))
            cases += draw_values(strategy, count, seed)
        return _distinct(made for case in cases if (made := as_request(case)) is not None)


def document_parameters(row: Operation, ids: Mapping[str, str]) -> dict[str, str]:
    """Path parameters by the names that the document gives them."""
    named = {parameter.name: parameter.spelt or parameter.name for parameter in row.parameters}
    return {named.get(name, name): value for name, value in ids.items()}


_CONFIG: dict[str, Any] = {
    "seed": 0,
    "generation": {"allow-x00": False, "with-security-parameters": False},
    "phases": {"coverage": {"unexpected-methods": list(_METHODS)}},
}


def draw_values(strategy: Any, count: int, seed: int) -> list[Any]:
    """`count` values of a strategy, the same for the same seed; none where it has none (nothing to negate)."""
    values: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        values.append(value)

    try:
        collect()
    except Unsatisfiable:
        return []
    return values


def as_request(case: _Case) -> Sending | None:
    """A case as a request; None for probes of what the contract has nothing to say about."""
    scenario = getattr(case.meta.phase.data, "scenario", None) if case.meta is not None else None
    if scenario is CoverageScenario.MALFORMED_CONTENT_TYPE:
        return None
    parts = case.as_transport_kwargs(base_url=_BASE)
    kind = GeneratedKind.ORDINARY
    if scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        kind = GeneratedKind.METHOD
    elif scenario is CoverageScenario.UNSUPPORTED_CONTENT_TYPE:
        kind = GeneratedKind.MEDIA_TYPE
    body = _body(parts)
    return Sending(
        method=str(parts["method"]).upper(),
        path=urlsplit(str(parts["url"])).path,
        query=tuple(_pairs(parts.get("params"))),
        body=body,
        media_type=str(parts["headers"].get("Content-Type", "application/json")) if body is not None else "",
        kind=kind,
        negative=case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE,
    )


def _body(parts: Mapping[str, Any]) -> bytes | None:
    if "json" in parts:
        return json.dumps(realistic_value(parts["json"])).encode()
    data = parts.get("data")
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    return data if isinstance(data, bytes) else None


def _pairs(params: Any) -> Iterator[tuple[str, str]]:
    if isinstance(params, str):
        yield from parse_qsl(params, keep_blank_values=True)
    elif isinstance(params, Mapping):
        for name, value in params.items():
            for one in value if isinstance(value, list | tuple) else (value,):
                yield str(name), str(one)


def realistic_value(value: Any, name: str = "", position: int = 0) -> Any:
    """A body with URLs, addresses and numbers where the contract has a text that is to be one, and says no form."""
    if isinstance(value, dict):
        return {key: realistic_value(inner, key, position) for key, inner in value.items()}
    if isinstance(value, list):
        return [realistic_value(inner, name, number) for number, inner in enumerate(value)]
    if isinstance(value, str) and name in _LIKELY and may_be_doubted(value, name):
        return _LIKELY[name](position)
    return value


def _filtered(sending: Sending, filters: Mapping[str, str]) -> Sending:
    """Empty texts become filters that mean something; an empty cursor beside other parameters is left out."""
    alone = len(sending.query) == 1
    kept = ((n, v) for n, v in sending.query if alone or (n, v) != ("cursor", ""))
    return replace(sending, query=tuple((name, value or filters.get(name, value)) for name, value in kept))


def _distinct(sendings: Iterable[Sending]) -> list[Sending]:
    """Each request once, negative ones first. What differs by its mode alone goes out once."""
    seen: dict[tuple[Any, ...], Sending] = {}
    for sending in sorted(sendings, key=lambda s: not s.negative):
        seen.setdefault((sending.method, sending.path, sending.query, sending.body, sending.media_type), sending)
    return list(seen.values())
