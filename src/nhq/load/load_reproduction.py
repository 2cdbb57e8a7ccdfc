"""The command that reproduces a finding of a load run, where the run's own command isn't enough."""

import shlex
from collections.abc import Callable

from nhq.load.load_request import Role, Run
from nhq.model import Finding


def history_command(work: Run) -> Callable[[Finding], str] | None:
    """For a run over several machines: judge its histories again. None: the run's own command does."""
    request = work.request
    if request.role is Role.ALL:
        return None
    words = ["nhq", "check", str(request.out / "histories" / work.folder.name)]
    words += ["--skew", f"{request.skew:.15g}"] if request.skew is not None else []
    words += ["--exclusive-keys"] if request.exclusive_keys else []
    return lambda _: shlex.join(words)
