"""`nhq nights`: the nights of a target, in the terminal, as JSON, or as one page."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=Path("reports/nights.db"),
    show_default=True,
    help="Database of nights.",
)
@click.option("--target", metavar="NAME", help="Target to show [the last night's].")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write one self-contained page.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--most", type=click.IntRange(min=1), default=90, show_default=True, help="Show at most this many nights."
)
def command(db: Path, target: str | None, html: Path | None, as_json: bool, most: int) -> int:
    """Show a target's nights: how each ended, what changed around it, and the open findings."""
    from nhq.errors import ConfigError, did_you_mean
    from nhq.files import replace_text
    from nhq.nights.chronicle import chronicle_of, open_standings, to_json
    from nhq.nights.night_store import NightStore
    from nhq.nights.night_text import tell_nights
    from nhq.nights.nights_page import render_nights_page

    store = NightStore(db)
    known = store.targets()
    if target is not None and target not in known:
        raise ConfigError(
            f"no nights of {target} in {db}{did_you_mean(target, known)}; there are {', '.join(known) or 'none'}"
        )
    chosen = target or (known[0] if known else "")
    chronicle = chronicle_of(store, chosen, most)
    if html is not None:
        replace_text(html, render_nights_page(chronicle))
    if as_json:
        click.echo(to_json(chronicle), nl=False)
    else:
        click.echo(tell_nights(chronicle.entries, len(open_standings(chronicle))), nl=False)
    return 0
