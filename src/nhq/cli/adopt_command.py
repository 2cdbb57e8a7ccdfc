"""`nhq adopt`: make a changed openapi.json our contract."""

from pathlib import Path

import click


@click.command()
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--write", is_flag=True, help="Write the edits; without it they are only shown.")
def command(document: Path, write: bool) -> int:
    """Show the edits that a changed openapi.json (or YAML) needs: rows, rules, quotes, overlays, the document itself.

    Reports what becomes stale and what is left to do by hand. Exit codes: 0 shown or written, 2 not an OpenAPI
    document.
    """
    from nhq import paths
    from nhq.adopt.adoption import propose_adoption

    proposal = propose_adoption(document, paths.data_root())
    if not proposal.files:
        click.echo("nothing to adopt: the document says what ours says")
        return 0
    click.echo(proposal.diff(), nl=False)
    for title, lines in (("goes stale", proposal.stale), ("left to a person", proposal.left)):
        if lines:
            click.echo(f"\n{title}:")
            click.echo("\n".join(f"  {line}" for line in lines))
    if write:
        proposal.write(paths.data_root())
    click.echo(f"\n{len(proposal.files)} files {'written' if write else 'to write: give --write'}")
    return 0
