"""A mock with its control plane behind a target file, as somebody's own staging server: faults are switched on it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from nhq.client.control_plane import ControlPlane
from nhq.client.mock_process import mock_target
from nhq.client.target import Target


@dataclass(frozen=True, slots=True)
class ControlledMock:
    """A server, its target file, and the environment that holds its keys."""

    file: Path
    environ: Mapping[str, str]
    control: ControlPlane
    pristine: str

    @contextmanager
    def lying(self, *faults: str) -> Iterator[None]:
        """The mock as it began, with these faults and choices until the block is left."""
        self.control.restore(self.pristine)
        for ident in faults:
            self.control.fault(ident, on=True)
        try:
            yield
        finally:
            for ident in faults:
                self.control.fault(ident, on=False)


@contextmanager
def controlled_mock(folder: Path, name: str = "staging", seed: int = 1) -> Iterator[ControlledMock]:
    """A fresh mock; its keys stand in the environment while it is there."""
    with mock_target(seed=seed) as target, closing(ControlPlane(target.control_url, target.control_token)) as control:
        variables = {_variable(name, key.label): key.secret for key in target.keys}
        variables[_variable(name, "control")] = target.control_token
        file = folder / f"{name}.toml"
        file.write_text(tomli_w.dumps(_values(target, name)), "utf-8")
        os.environ |= variables
        try:
            yield ControlledMock(file, variables, control, control.snapshot())
        finally:
            for variable in variables:
                del os.environ[variable]


def _variable(name: str, label: str) -> str:
    return f"NHQ_{name}_{label}".upper()


def _values(target: Target, name: str) -> dict[str, Any]:
    keys = [
        {
            "label": key.label,
            "env": _variable(name, key.label),
            "workspace": key.workspace,
            "scopes": sorted(key.scopes),
            "revoked": key.revoked,
        }
        for key in target.keys
    ]
    return {
        "base_url": target.base_url,
        "control_url": target.control_url,
        "control_env": _variable(name, "control"),
        "allow": sorted(target.allow),
        "given": dict(target.given),
        "key": keys,
    }
