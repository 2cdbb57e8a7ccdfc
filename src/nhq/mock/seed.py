"""Plant the workspaces: the same seed gives the same bytes. Its data is in fixtures/workspace/*.toml."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.errors import ConfigError
from nhq.mock.seed_campaigns import plant_accounts, plant_campaigns
from nhq.mock.seed_conversations import plant_conversations
from nhq.mock.seed_people import plant_leads, plant_lists
from nhq.mock.seed_plot import Plot
from nhq.mock.store import Store

WORKSPACES = ("alpha", "beta")


def plant_workspaces(seed: int, data: Path | None = None) -> tuple[Store, dict[str, str]]:
    """A store full of records, and the landmarks: names of records that were planted for a purpose.

    `data` is a folder with words.toml and one file a workspace. Raises ConfigError for files that cannot be used.
    """
    store, landmarks = _planted(seed, data or paths.fixtures_folder() / "workspace")
    return store.copy(), dict(landmarks)


@lru_cache(2)
def _planted(seed: int, folder: Path) -> tuple[Store, dict[str, str]]:
    """The original that `plant` copies: copying takes a hundredth of the time."""
    store = Store(seed, WORKSPACES)
    landmarks: dict[str, str] = {}
    words = _read(folder / "words.toml")
    for workspace in WORKSPACES:
        spec = _read(folder / f"{workspace}.toml")
        prefix = "" if workspace == WORKSPACES[0] else f"{workspace}_"
        plot = Plot(store, workspace, prefix, spec, words, landmarks)
        _plant_workspace(plot, folder / f"{workspace}.toml")
    _plant_failing_import(store, words, landmarks, folder / "words.toml")
    return store, landmarks


def _plant_workspace(plot: Plot, file: Path) -> None:
    """Plant one workspace. Raises ConfigError naming the file and what it lacks."""
    try:
        plot.store.names[plot.workspace] = str(plot.spec["name"])
        plot.store.credits[plot.workspace] = int(plot.spec["credits"])
        plant_leads(plot)
        plant_lists(plot)
        plant_accounts(plot)
        plant_campaigns(plot)
        plant_conversations(plot)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError) as problem:
        raise ConfigError(f"seed file {file.name} cannot be planted: {type(problem).__name__} {problem}") from problem


def _plant_failing_import(store: Store, words: dict[str, Any], landmarks: dict[str, str], file: Path) -> None:
    url = words.get("import_url_fails")
    if not isinstance(url, str):
        raise ConfigError(f"seed file {file.name} lacks import_url_fails")
    store.fail_imports_of(url)
    landmarks["import_url_fails"] = url


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"seed file {file.name} is missing") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigError(f"seed file {file.name} cannot be read: {problem}") from None
