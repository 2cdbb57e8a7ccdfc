"""What may be said of a rule when the document has lost a name that its judges speak of."""

import json
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.contract.bindings import rule_bindings
from nhq.contract.revision import load_revision
from nhq.run.revised_observations import doubtful_rules


def doubts_without(member: str, folder: Path) -> dict[str, str]:
    """The doubtful rules of our document without a member of whatever schema."""
    document = json.loads(paths.openapi_file().read_text("utf-8"))
    for schema in _schemas(document):
        schema.get("properties", {}).pop(member, None)
        schema["required"] = [name for name in schema.get("required", []) if name != member]
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return doubtful_rules(load_revision(file), rule_bindings())


def _schemas(node: Any) -> list[dict[str, Any]]:
    """Every object schema below a node."""
    if isinstance(node, list):
        return [schema for item in node for schema in _schemas(item)]
    if not isinstance(node, dict):
        return []
    below = [schema for item in node.values() for schema in _schemas(item)]
    return [node, *below] if isinstance(node.get("properties"), dict) else below


@pytest.mark.parametrize(
    ("member", "rule"), [("connectionsSent", "CAMP-RESUME-ONLY-FLIPS"), ("profile_enriched_at", "ENRICH-INSUFFICIENT")]
)
def test_what_scenarios_share_speaks_for_each_of_them(member: str, rule: str, tmp_path: Path) -> None:
    """A scenario's rule is doubtful, too, for a name that stands in a module of its area alone."""
    file = next(judge.partition("::")[0] for judge in rule_bindings()[rule] if judge.startswith("test_"))
    assert member not in (paths.contracts_folder() / file).read_text("utf-8")
    assert member in doubts_without(member, tmp_path)[rule]
