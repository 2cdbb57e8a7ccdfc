"""Bodies against the schemas of the contract: jsonschema-rs, formats asserted, compiled when first needed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

import jsonschema_rs

from nhq.contract.definitions import SchemaProblem
from nhq.contract.overlay import MARK
from nhq.contract.pointers import child_value, make_pointer, resolve_pointer
from nhq.errors import ContractError

Validate = Callable[[object], list[SchemaProblem]]

_EXPECTED_AT_MOST = 80


class Validators:
    """Compiled validators of one document, by the pointer of their schema."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._compiled: dict[str, Validate] = {}

    def at(self, schema: str) -> Validate:
        """A validator for the schema at a pointer.

        Raises LookupError where the document has none, ContractError where what stands there is no schema.
        """
        if schema not in self._compiled:
            if not isinstance(resolve_pointer(self._document, schema), dict | bool):
                raise ContractError(f"the schema at {schema} is neither an object nor a boolean")
            self._compiled[schema] = self._compile(schema)
        return self._compiled[schema]

    def _compile(self, schema: str) -> Validate:
        # The document itself is the root, so that every $ref in it resolves and paths lead into it.
        root = {**self._near(schema), "$ref": "#" + quote(schema, safe="/~")}
        try:
            compiled = jsonschema_rs.Draft202012Validator(root, validate_formats=True)
        except (jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError):  # it leads into another operation
            root = {**self._document, "$ref": root["$ref"]}
            compiled = _compiled(root, schema)

        def validate(body: object) -> list[SchemaProblem]:
            try:
                return self._told(compiled, body, root)
            except UnicodeEncodeError:
                return self._told(compiled, _encodable(body), root)

        return validate

    def _told(
        self, compiled: jsonschema_rs.Draft202012Validator, body: object, root: Mapping[str, Any]
    ) -> list[SchemaProblem]:
        if compiled.is_valid(body):
            return []
        problems = (p for error in compiled.iter_errors(body) for p in self._problems(error, root))
        return list(dict.fromkeys(problems))

    def _near(self, schema: str) -> Mapping[str, Any]:
        """The document without the paths that a schema isn't in: it compiles six times as fast."""
        steps = schema.split("/")
        if steps[1:2] != ["paths"] or len(steps) < 3:
            return self._document
        template = steps[2].replace("~1", "/").replace("~0", "~")
        return {**self._document, "paths": {template: self._document["paths"][template]}}

    def _problems(self, error: jsonschema_rs.ValidationError, root: Mapping[str, Any]) -> Iterator[SchemaProblem]:
        meant = _meant(error)
        if meant:
            for inner in meant:
                yield from self._problems(inner, root)
        else:
            yield SchemaProblem(
                pointer=make_pointer(error.instance_path),
                keyword=error.kind.name,
                schema=make_pointer(error.schema_path),
                expected=_expected(error),
                rule=_rule(root, error.evaluation_path),
            )


def _compiled(root: dict[str, Any], schema: str) -> jsonschema_rs.Draft202012Validator:
    """The last try. Raises ContractError for what is no schema: a $ref to nowhere, a type or pattern that is none."""
    try:
        return jsonschema_rs.Draft202012Validator(root, validate_formats=True)
    except jsonschema_rs.ReferencingError as problem:
        raise ContractError(f"the schema at {schema} leads to nowhere: {problem}") from None
    except jsonschema_rs.ValidationError as problem:
        where = make_pointer(problem.instance_path) or schema
        raise ContractError(f"the schema at {schema} is none, at {where}: {problem.message}") from None


def _encodable(value: Any) -> Any:
    """The same value with U+FFFD for half a surrogate pair: JSON can spell that, UTF-8 and so the validator can't."""
    if isinstance(value, dict):
        return {_encodable(name): _encodable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_encodable(inner) for inner in value]
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def _meant(error: jsonschema_rs.ValidationError) -> Sequence[jsonschema_rs.ValidationError]:
    """The errors of the alternative that the body was meant to be; none where that can't be told.

    An alternative of another type is not it; of the rest, the one that fails deepest inside the body is.
    """
    branches: Sequence[Sequence[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", ())
    here = list(error.instance_path)
    fitting = [b for b in branches if b and not any(e.kind.name == "type" and e.instance_path == here for e in b)]
    if not fitting:
        return ()
    depths = [min(len(e.instance_path) for e in branch) for branch in fitting]
    deepest = [branch for branch, depth in zip(fitting, depths, strict=True) if depth == max(depths)]
    return deepest[0] if len(deepest) == 1 else ()


def _expected(error: jsonschema_rs.ValidationError) -> str:
    """What the keyword asks for, from the schema alone."""
    asked = {k: v for k, v in error.kind.as_dict().items() if k not in ("context", "unexpected")}
    if not asked:
        return error.kind.name
    text = ", ".join(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in asked.values())
    said = f"{error.kind.name}: {text}"
    return said if len(said) <= _EXPECTED_AT_MOST else said[: _EXPECTED_AT_MOST - 1] + "…"


def _rule(root: Mapping[str, Any], path: Sequence[str | int]) -> str | None:
    """The rule that the innermost schema on the way to the failed keyword names, references followed."""
    value: Any = root
    found: str | None = None
    for token in path:
        value = child_value(value, token)
        if token == "$ref":
            value = resolve_pointer(root, unquote(value.removeprefix("#")))
        if isinstance(value, dict) and isinstance(value.get(MARK), str):
            found = value[MARK]
    return found
