"""How long does a comparison take? CPU seconds after start, for documents of 125, 250 and 500 operations and our own.

Each operation has a body, three parameters and three answers; in the head one shared schema and every tenth operation
have changed. `python -m benchmarks.diff [--quick]`
"""

import argparse
import datetime
import json
import time
from typing import Any

from nhq import paths
from nhq.diff.change_records import ComparedDocument
from nhq.diff.full_comparison import compare_all

TODAY = datetime.date(2026, 11, 28)
_TEXT, _COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}


def _answer(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": schema, "content": content}


def _operation(number: int, changed: bool) -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 100 if changed and number % 10 == 0 else 120}},
        "required": ["name"],
    }
    names = ("limit", "cursor", "filter")
    return {
        "parameters": [{"name": name, "in": "query", "schema": _COUNT if name == "limit" else _TEXT} for name in names],
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": _answer("Item"), "400": _answer("Error"), "404": _answer("Error")},
    }


def made(operations: int, changed: bool) -> ComparedDocument:
    """A document of so many operations."""
    item = {f"field_{n}": {"type": ["string", "null"]} for n in range(20)}
    item["count"] = {"type": "number" if changed else "integer"}
    schemas = {
        "Item": {"type": "object", "properties": {**item, "owner": {"$ref": "#/components/schemas/Owner"}}},
        "Owner": {"type": "object", "properties": {"id": _TEXT, "name": _TEXT}, "required": ["id"]},
        "Error": {"type": "object", "properties": {"code": _TEXT, "message": _TEXT}, "required": ["code"]},
    }
    paths = {f"/resource_{n}/{{id}}": {"post": _operation(n, changed)} for n in range(operations)}
    return ComparedDocument("made", {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}})


def seconds(base: ComparedDocument, head: ComparedDocument) -> float:
    """CPU seconds of one comparison."""
    began = time.process_time()
    compare_all(base, head, TODAY)
    return time.process_time() - began


def main() -> None:
    """Print the seconds, and how they grow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round instead of three")
    rounds = 1 if parser.parse_args().quick else 3
    compare_all(made(2, False), made(2, True), TODAY)  # imports are not what is measured
    taken = {n: min(seconds(made(n, False), made(n, True)) for _ in range(rounds)) for n in (125, 250, 500)}
    for count, spent in taken.items():
        print(f"{count:>4} operations: {spent:.2f} CPU s, {1000 * spent / count:.2f} ms each")
    ours = ComparedDocument("ours", json.loads(paths.openapi_file().read_bytes()))
    edited = json.loads(json.dumps(ours.content).replace('"maxLength": 120', '"maxLength": 100'))
    print(f" our document: {min(seconds(ours, ComparedDocument('head', edited)) for _ in range(rounds)):.2f} CPU s")


if __name__ == "__main__":
    main()
