"""All that the suite takes from inside Schemathesis: what its public package doesn't promise may move with any release.

No other module imports it but by its public name (`nhq.schemathesis_hooks`); pyproject.toml bounds its versions, and
tests/unit/generate/test_schemathesis_adapter.py names what moved in a newer one.
"""

from typing import Any

from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CoverageScenario
from schemathesis.generation.overrides import Override
from schemathesis.generation.stateful.state_machine import APIStateMachine, StepInput, StepOutput
from schemathesis.schemas import APIOperation

__all__ = [
    "NO_FEEDBACK",
    "APIOperation",
    "APIStateMachine",
    "Case",
    "CoverageGenerator",
    "CoverageScenario",
    "ExamplesGenerator",
    "GenerationMode",
    "Override",
    "ParameterLocation",
    "Response",
    "StepInput",
    "StepOutput",
    "openapi_validator",
    "schema_of",
]


def schema_of(document: dict[str, Any], config: dict[str, Any]) -> Any:
    """Schemathesis' schema of a document, which it may change; `config` as its configuration file has it."""
    return openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


def openapi_validator(version: str) -> Any:
    """The validator of OpenAPI documents of a version ("3.1"); that of 3.1 for a version that it doesn't know."""
    from schemathesis.specs.openapi import definitions

    by_version = {
        "3.0": definitions.OPENAPI_30_VALIDATOR,
        "3.1": definitions.OPENAPI_31_VALIDATOR,
        "3.2": definitions.OPENAPI_32_VALIDATOR,
    }
    return by_version.get(version, definitions.OPENAPI_31_VALIDATOR)
