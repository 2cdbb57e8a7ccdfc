"""Files that we write: no link is followed out of the folder they are meant for, and one run at a time writes there."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nhq.errors import ConfigError

LOCK = ".nhq.lock"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def create_new(path: Path) -> int:
    """A descriptor of an empty file; whatever stood there, a link too, is gone and nothing else is touched.

    Raises OSError.
    """
    path.unlink(missing_ok=True)
    return os.open(path, _NEW, 0o666)


def replace_text(path: Path, text: str, errors: str = "strict") -> None:
    """Write beside, then rename: a reader never meets half a file. Raises OSError."""
    beside = path.with_name(f".{path.name}.part")
    with os.fdopen(create_new(beside), "w", encoding="utf-8", errors=errors, newline="\n") as stream:
        stream.write(text)
    os.replace(beside, path)


def append_text(path: Path, text: str) -> None:
    """Write at the end of a file that is no link. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        stream.write(text)


def keep_inside(folder: Path, path: Path) -> None:
    """Raises ConfigError where a link on the way to `path` leads out of `folder`."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"{path}: a link in it leads out of {folder}; remove the link")


@contextmanager
def lock_folder(folder: Path | None, option: str = "--out") -> Iterator[None]:
    """One run at a time writes into a folder, which is made. The kernel frees it when a run dies. None: nothing to do.

    `option` names the folder on the command line. Raises ConfigError that names the process of the run that has it,
    or why nothing can be written there.
    """
    if folder is None:
        yield
        return
    path = folder / LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _held(path)
    except BlockingIOError:
        raise ConfigError(f"{folder}: {_holder(path)} writes there; wait for it, or choose another {option}") from None
    except OSError as problem:
        raise ConfigError(f"cannot write to {folder}: {problem.strerror}") from None
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _held(path: Path) -> int:
    """The descriptor of the lock, held; once more where its file went away meanwhile. Raises BlockingIOError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, str(os.getpid()).encode())
                return descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _holder(path: Path) -> str:
    told = path.read_text("ascii", "replace").strip() if path.exists() else ""
    return f"another run (process {told})" if told.isdecimal() else "another run"
