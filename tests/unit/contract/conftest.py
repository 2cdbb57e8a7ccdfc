"""A copy of the contract's folder that a test may spoil, and the loaded contract."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.contract import Contract, load_contract


@dataclass(frozen=True)
class Copy:
    """openapi.json and contracts/ in a temporary folder."""

    document: Path
    contracts: Path

    def load(self) -> Contract:
        return load_contract(self.document, self.contracts)

    def change_document(self, change: Callable[[Any], object]) -> None:
        content = json.loads(self.document.read_text(encoding="utf-8"))
        change(content)
        self.document.write_text(json.dumps(content), encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.contracts / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    document = shutil.copy(paths.openapi_file(), tmp_path / "openapi.json")
    contracts = shutil.copytree(paths.contracts_folder(), tmp_path / "contracts", ignore=shutil.ignore_patterns("*.py"))
    return Copy(Path(document), Path(contracts))


@pytest.fixture(scope="session")
def contract() -> Contract:
    return CONTRACT
