"""The version of the suite that judged a night: its release, and a digest of everything that judges."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import nhq
from nhq import paths

_DIGITS = 12
_JUDGES = {".py", ".toml", ".yaml"}
_NOT = {paths.approvals_file().name}  # approvals change no judge
_BUNDLED = "_bundle/"  # the tests in a wheel, which are read separately


def suite_version(folders: Iterable[Path] | None = None) -> str:
    """The version and twelve digits of a digest: another one where a test, a rule, an overlay or a module differs.

    `folders` are those of the tests and of the package, unless told. Where they lie, and what else lies there, changes
    nothing.
    """
    whole = hashlib.sha256()
    for folder in folders or (paths.contracts_folder(), Path(nhq.__file__).parent):
        for name, file in sorted(_files(folder)):
            whole.update(f"{name}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return f"{nhq.__version__}+{whole.hexdigest()[:_DIGITS]}"


def _files(folder: Path) -> Iterable[tuple[str, Path]]:
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.suffix in _JUDGES and file.name not in _NOT and not name.startswith(_BUNDLED) and file.is_file():
            yield name, file
