"""Media types of a request body or a response, and the schemas of each."""

from collections.abc import Mapping
from typing import Any

from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import Side
from nhq.diff.references import Node, follow_references
from nhq.diff.schema_changes import Pair, compare_values
from nhq.diff.schema_comparer import Comparer


def media_types(document: Mapping[str, Any], content: Node | None) -> dict[str, Node]:
    """The media types of a `content`, by name in lower case, with what parameters it has but `charset`."""
    found: dict[str, Node] = {}
    for name, node in (content.members() if content is not None else {}).items():
        found.setdefault(_plain(name), follow_references(document, node))
    return found


def _plain(name: str) -> str:
    kind, *parameters = (part.strip().lower() for part in name.split(";"))
    return ";".join([kind, *sorted(one for one in parameters if one and not one.startswith("charset="))])


def compare_content(
    pair: Pair, comparer: Comparer, found: ChangeCollector, side: Side, base: Node, head: Node, where: str
) -> None:
    """Add what changed between the contents of two request bodies or responses."""
    old = media_types(pair.base.content, base.child("content"))
    new = media_types(pair.head.content, head.child("content"))
    for name, node in old.items():
        match = name if name in new else _covering(name, new)
        if match is None and side is Side.RESPONSE and any(_covering(other, old) == name for other in new):
            continue  # what is given now is of that range, and compared with it below
        if match is None:
            found.row(f"{side}-media-type-removed", None, node, f"{where} {name}", name, name, "none")
        else:
            before, after = node.child("schema"), new[match].child("schema")
            compare_values(pair, comparer, found, side, before, after, f"{where} {name}")
            one, other = node.get("encoding") or {}, new[match].get("encoding") or {}
            if one != other:
                found.row(f"{side}-encoding", new[match], node, f"{where} {name}", name, one, other)
    for name, node in new.items():
        if name not in old and (covering := _covering(name, old)) is None:
            found.row(f"{side}-media-type-added", node, None, f"{where} {name}", name, "none", name)
        elif name not in old and side is Side.RESPONSE and covering not in new:
            before, after = old[str(covering)].child("schema"), node.child("schema")
            compare_values(pair, comparer, found, side, before, after, f"{where} {name}")


def _covering(name: str, among: Mapping[str, Node]) -> str | None:
    """The range (`application/*`, `*/*`) among some media types that holds one, or the one with other parameters.

    A type without parameters is that with any, either way; two with parameters that differ are two.
    """
    kind = name.partition(";")[0]
    for candidate in (kind, f"{kind.partition('/')[0]}/*", "*/*", "*"):
        if candidate in among and candidate != name:
            return candidate
    return next((other for other in among if kind == name and other.startswith(f"{kind};")), None)
