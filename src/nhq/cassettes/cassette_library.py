"""Where cassettes lie and what is written on them: one YAML file a test, and one for what was read before the first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from vcr.cassette import Cassette

from nhq import paths
from nhq.cassettes import cassette_transport
from nhq.cassettes.pseudonymizing import BASE, CONTROL, stand_in
from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.model import Effect, Identity

DISCOVERY = "discovery"
FORMAT = "nhq-cassette/1"


@dataclass(frozen=True, slots=True)
class Label:
    """What a cassette says of itself: a scenario's id, the contract it was recorded under, the seed."""

    test: str
    contract: str
    seed: int
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Recorded:
    """A cassette from the shelf. `name` is its path below the folder."""

    name: str
    label: Label
    held: Cassette


def cassettes_folder() -> Path:
    """The folder of the cassettes that travel with the code."""
    return paths.data_root() / "cassettes"


def cassette_path(folder: Path, scenario: str) -> Path:
    """A scenario's cassette: its path is the scenario's id, below a folder for each area."""
    area, _, name = scenario.partition("/")
    file = re.sub(r"[^\w.\[\]-]", "-", name)
    return folder / area / f"{file}.yaml" if name else folder / f"{area}.yaml"


def blank_cassette_of(folder: Path, label: Label) -> Cassette:
    """An empty cassette for a test, to record on."""
    made = cassette_transport.blank_cassette(cassette_path(folder, label.test))
    made.get_metadata("nhq", asdict(label))
    return made


def write_recorded_target(first: Cassette, target: Target) -> None:
    """Keep on the first cassette who was recorded: the target as the session knew it, without its secrets."""
    told: dict[str, Any] = {
        "controlled": bool(target.control_url),
        "limit": target.limit,
        "window": target.window,
        "allow": sorted(map(str, target.allow)),
        "given": dict(sorted(target.given.items())),
        "keys": [
            {"label": key.label, "workspace": key.workspace, "scopes": sorted(key.scopes), "revoked": key.revoked}
            for key in target.keys
        ],
    }
    first.get_metadata("target", told)


def read_target(first: Cassette) -> Target:
    """The target that a session of a replay talks to. Raises ConfigError where the cassette doesn't tell."""
    try:
        told: Mapping[str, Any] = first.get_metadata("target", None)
        return Target(
            base_url=BASE,
            keys=tuple(_identity(row) for row in told["keys"]),
            control_url=CONTROL if told["controlled"] else "",
            control_token=stand_in("control") if told["controlled"] else "",
            allow=frozenset(map(Effect, told["allow"])),
            limit=told["limit"],
            window=told["window"],
            given=told["given"],
            name="cassettes",
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ConfigError(
            f"{DISCOVERY}.yaml does not say which target was recorded: {type(problem).__name__}"
        ) from None


def _identity(row: Mapping[str, Any]) -> Identity:
    scopes = frozenset(map(str, row["scopes"]))
    return Identity(row["label"], row["workspace"], scopes, stand_in(row["label"]), row["revoked"])


def read_all(folder: Path) -> dict[str, Recorded]:
    """Every cassette of a folder by its test, the discovery's first. Raises ConfigError for a file that is none."""
    files = sorted(folder.rglob("*.yaml"), key=lambda file: (file.stem != DISCOVERY, file))
    if not files or files[0].stem != DISCOVERY:
        raise ConfigError(f"{folder}: no cassettes; make them with `nhq record`")
    found = [_read(folder, file) for file in files]
    return {recorded.label.test: recorded for recorded in found}


def _read(folder: Path, file: Path) -> Recorded:
    name = file.relative_to(folder).as_posix()
    try:
        held = cassette_transport.load_cassette(file)
        return Recorded(name, Label(**held.get_metadata("nhq", {})), held)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, yaml.YAMLError) as problem:
        raise ConfigError(f"{name}: not one of our cassettes ({type(problem).__name__})") from None


def stale_cassettes(shelf: Mapping[str, Recorded], digest: str, tests: Iterator[str] | set[str]) -> list[str]:
    """What is out of date, one line each: recorded under another contract, or for a test that is gone."""
    known = {DISCOVERY, *tests}
    lines = [f"{r.name}: recorded under another contract" for r in shelf.values() if r.label.contract != digest]
    return lines + [f"{r.name}: its test is gone" for test, r in shelf.items() if test not in known]
