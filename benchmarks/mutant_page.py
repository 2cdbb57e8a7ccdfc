"""The page that tells what became of mutants."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.mutant_rooms import Room

Fate = dict[str, Any]
Key = tuple[str, str, str]
#: The "operator" of a mutant that changes nothing.
CONTROL = "none"


def key(fate: Mapping[str, Any]) -> Key:
    """What names a mutant in files."""
    return fate["file"], fate["was"], fate["becomes"]


def call_equivalent(fates: Sequence[Fate], known: Mapping[str, Any]) -> None:
    """Put the fate `equivalent`, with its reason, where one is known and nothing killed the mutant."""
    reasons = {key(entry): entry["reason"] for entry in known.get("equivalent", [])}
    for fate in fates:
        if key(fate) in reasons and fate["fate"] != "killed":
            fate["fate"], fate["by"] = "equivalent", reasons[key(fate)]


def section(fates: Sequence[Fate], known: Mapping[str, Any], places: str, room: Room, seed: int) -> Iterator[str]:
    """The section of a sample."""
    controls = [fate["fate"] for fate in fates if fate.get("operator") == CONTROL]
    fates = [fate for fate in fates if fate.get("operator") != CONTROL]
    call_equivalent(fates, known)
    count = Counter(fate["fate"] for fate in fates)
    judgeable = len(fates) - count["equivalent"] - count["dead"]
    share = count["killed"] / judgeable if judgeable else 0.0
    args = "" if room.name == "mock" else f" ROOM={room.name}"
    yield from (room.heading(seed), "", f"Written by `make mutants{args}` with cosmic-ray: {places}. {room.said}", "")
    yield f"**{count['killed']} of {judgeable} killed: {share:.1%}** ({room.aim:.0%} wanted). {len(fates)} were judged:"
    yield f"{count['equivalent']} are equivalent, {count['dead']} never start; not killed: {count['survived']} that"
    yield f"survive, {count['unjudged']} that end in nothing to judge by (exit 2, or no end)."
    if controls:
        yield f"Of {len(controls)} controls, where nothing was changed, {controls.count('killed')} were killed."
    if known.get("aside"):
        yield from ("", "| set aside | reason |", "|---|---|")
        yield from (f"| {aside_of(entry)} | {entry['reason']} |" for entry in known.get("aside", []))
    for name, said in (("survived", "why"), ("unjudged", "why"), ("equivalent", "reason")):
        rows = [fate for fate in fates if fate["fate"] == name]
        if rows:
            yield from ("", f"### {name.capitalize()}", "", f"| file | was | becomes | {said} |", "|---|---|---|---|")
            yield from (
                f"| {r['file']}:{r['line']} | {code(r['was'])} | {code(r['becomes'])} | {r['by']} |" for r in rows
            )
    first = Counter(_judge(fate["by"]) for fate in fates if fate["fate"] == "killed").most_common()
    yield from ("", "Named first: " + ", ".join(f"{rule} {number}" for rule, number in first) + ".")


def _judge(by: str) -> str:
    """Which kind of judge killed; of the mock's mutants, which rule."""
    return by.split(" ")[0]


def aside_of(entry: Mapping[str, str]) -> str:
    """A whole file, or its lines that match."""
    return entry["files"] + (f", lines like {code(entry['lines'])}" if "lines" in entry else "")


def code(text: str) -> str:
    """Source in a cell of a table."""
    return "`" + text.replace("|", "\\|").replace("\n", " ⏎ ") + "`"


def write(page: Path, lines: Sequence[str]) -> None:
    """Put a section into a page: in the place of the one of its heading, or at the end."""
    heading, text = lines[0], "\n".join(lines) + "\n"
    before = page.read_text("utf-8") if page.exists() else f"# {page.stem.capitalize()}\n"
    parts = re.split(r"(?m)^(?=## )", before)
    place = next((at for at, part in enumerate(parts) if part.startswith(f"{heading}\n")), len(parts))
    parts[place : place + 1] = [text]
    page.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
