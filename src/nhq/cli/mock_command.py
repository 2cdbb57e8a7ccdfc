"""`nhq mock`: serve all 16 operations from memory."""

import re
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nhq.mock.planted_faults import Lie


def _finite(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """A window must end."""
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"{value} is no number of seconds")
    return value


def _base_path(context: click.Context, option: click.Parameter, value: str) -> str:
    """A path of plain segments, without a slash at its end; `/` is none."""
    path = value.rstrip("/")
    if path and (not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path) or path.startswith("/__control")):
        raise click.BadParameter(f"{value!r} is no path like /api/v1")
    return path


@click.command(name="mock")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="Port; 0 picks a free one."
)
@click.option("--limit", type=click.IntRange(1), help="Requests per window per key [as the contract says: 60].")
@click.option(
    "--window",
    type=click.FloatRange(0, min_open=True),
    help="Seconds [as the contract says: 60].",
    callback=_finite,
)
@click.option(
    "--contract",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another openapi.json (or YAML) to serve; operations without code answer from its schemas and examples.",
)
@click.option(
    "--anchor",
    type=click.Choice(["first", "clock"]),
    default="first",
    show_default=True,
    help="Windows start at a key's first request, or at multiples of their length.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same data, byte for byte."
)
@click.option("--control", is_flag=True, help="Open the control plane; the clock stands still unless --real-time.")
@click.option("--real-time", is_flag=True, help="Let the clock run in spite of the control plane.")
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Plant a fault or apply a variant; repeatable.")
@click.option(
    "--base-path",
    default="",
    metavar="PATH",
    callback=_base_path,
    help="Serve the operations below this path, e.g. /api/v1; the control plane stays at /__control.",
)
@click.option(
    "--write-target",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for target.toml and keys.env [a private temporary one].",
)
def command(
    port: int,
    limit: int | None,
    window: float | None,
    contract: Path | None,
    anchor: str,
    seed: int,
    control: bool,
    real_time: bool,
    faults: tuple[str, ...],
    base_path: str,
    write_target: Path | None,
) -> None:
    """Serve all 16 operations on loopback, with real state, scopes and limits.

    Prints one line when ready. Writes keys.env and target.toml into the --write-target folder.
    """
    import gc

    gc.disable()  # until it serves: nothing that is made on the way there is garbage
    import secrets
    import tempfile

    from nhq.clock import ManualClock, SystemClock
    from nhq.mock.app import create_app
    from nhq.mock.serving import bind_socket, serve_app, url_of
    from nhq.mock.target_writer import write_target_folder

    clock = ManualClock() if control and not real_time else SystemClock()
    token = secrets.token_hex(16) if control else None
    app = create_app(
        seed,
        limit,
        window,
        clock=clock,
        control_token=token,
        anchor=anchor,
        lies=_lie,
        base_path=base_path,
        document=contract,
    )
    for fault in faults:
        app.lies.switch(fault, True)
    listener = bind_socket(port)
    with tempfile.TemporaryDirectory(prefix="nhq-mock-") as private:
        folder = write_target or Path(private)
        write_target_folder(folder, url_of(listener), app)
        serve_app(
            app, listener, lambda: click.echo(f"nhq mock ready: {url_of(listener)}{base_path} (target files: {folder})")
        )


def _lie(ident: str) -> "Lie":
    """What a fault or a variant does; the catalogues are read when the first is asked for, to start fast without."""
    from nhq.mutation.variants.catalogue import policy_change

    return policy_change(ident)
