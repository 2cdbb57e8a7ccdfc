"""Where the data that travels with the code lies: beside the sources in a checkout, inside the package in a wheel."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "_bundle"
_OTHERS: list[Path] = []  # folders that stand in for the root, the one that counts last


def data_root() -> Path:
    """The folder that holds openapi.json, contracts/, load/, fixtures/ and reports/schemas/.

    NHQ_ROOT names another one: a contract that is being changed, judged before it is merged.
    """
    if _OTHERS:
        return _OTHERS[-1]
    if "NHQ_ROOT" in os.environ:
        return Path(os.environ["NHQ_ROOT"]).resolve()
    return _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parents[1]


@contextmanager
def other_root(root: Path) -> Iterator[None]:
    """Within, another folder is the root, for this process; children learn of it by `root_environment`."""
    _OTHERS.append(root.resolve())
    try:
        yield
    finally:
        _OTHERS.pop()


def root_environment() -> dict[str, str]:
    """What a child's environment needs for it to take the same root as we; empty where it does so by itself."""
    return {"NHQ_ROOT": str(_OTHERS[-1])} if _OTHERS else {}


def openapi_file() -> Path:
    """The published contract."""
    return data_root() / "openapi.json"


def contracts_folder() -> Path:
    """Rules, overlays, operations, ambiguities, and the tests that hold a target to them."""
    return data_root() / "contracts"


def approvals_file() -> Path:
    """What a person has accepted: in the repository that we are called in, else beside the rules. May be missing."""
    here = Path("contracts") / "approvals.toml"
    return here if here.is_file() else contracts_folder() / "approvals.toml"


def load_folder() -> Path:
    """The Locust profiles."""
    return data_root() / "load"


def fixtures_folder() -> Path:
    """The mock's seed, example target files, recorded histories."""
    return data_root() / "fixtures"


def schemas_folder() -> Path:
    """JSON Schemas of the files that the suite writes."""
    return data_root() / "reports" / "schemas"
