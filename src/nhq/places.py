"""Where the data that travels with the code lies: beside the sources in a checkout, inside the package in a wheel."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "_bundle"


def root() -> Path:
    """The folder that holds openapi.json, contracts/, load/, fixtures/ and reports/schemas/.

    NHQ_ROOT names another one: a contract that is being changed, judged before it is merged.
    """
    if "NHQ_ROOT" in os.environ:
        return Path(os.environ["NHQ_ROOT"]).resolve()
    return _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parents[1]


def openapi() -> Path:
    """The published contract."""
    return root() / "openapi.json"


def contracts() -> Path:
    """Rules, overlays, operations, ambiguities, and the tests that hold a target to them."""
    return root() / "contracts"


def approvals() -> Path:
    """What a person has accepted: in the repository that we are called in, else beside the rules. May be missing."""
    here = Path("contracts") / "approvals.toml"
    return here if here.is_file() else contracts() / "approvals.toml"


def load() -> Path:
    """The Locust profiles."""
    return root() / "load"


def fixtures() -> Path:
    """The mock's seed, example target files, recorded histories."""
    return root() / "fixtures"


def schemas() -> Path:
    """JSON Schemas of the files that the suite writes."""
    return root() / "reports" / "schemas"
