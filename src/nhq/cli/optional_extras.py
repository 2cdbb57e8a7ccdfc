"""The extras of the package, and which of them a command lacks."""

from collections.abc import Iterator

#: Extra -> the top-level modules that come with it. `[all]` is all of them.
EXTRAS = {
    "load": frozenset({"gevent", "geventhttpclient", "locust", "numpy", "pyarrow"}),
    "cassettes": frozenset({"pytest_recording", "vcr"}),
}


def lacking_extra(problem: BaseException) -> str:
    """What to install if the missing module belongs to an extra; "" for any other problem."""
    missing = [cause.name or "" for cause in _causes(problem) if isinstance(cause, ModuleNotFoundError)]
    for name in missing:
        for extra, modules in EXTRAS.items():
            if name.partition(".")[0] in modules:
                return f"{name} is not installed; pip install 'networkhq-conformance[{extra}]' adds what this needs"
    return ""


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
