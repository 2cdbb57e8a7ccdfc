"""Locust's options that `nhq load` lacks: each error names the option that does the same here."""

from __future__ import annotations

import click

from nhq.cli.target_defaults import TargetCommand

_UI = "nhq load has no web UI and is always headless; for the UI: locust -f load/locustfile.py --nhq-target FILE"
_LOG = "Locust's log is a .log file beside the histories, in OUT/histories/"
_FLEET = "say --master --workers N --at HOST:PORT on the machine that leads, --worker --at HOST:PORT on each that sends"
_MIX = "a profile of your own, a TOML file, says what is sent: nhq load FILE.toml (its fields: load/README.md)"
ANSWERS: dict[str, tuple[str, ...]] = {
    "a key sends at its profile's instants, all from the start": ("-r", "--spawn-rate"),
    "--target FILE names the server and its keys": ("-H", "--host"),
    _MIX: ("-f", "--locustfile", "-T", "--tags", "-E", "--exclude-tags", "--config"),
    _UI: ("--headless", "--autostart", "--autoquit", "--class-picker", "-P", "--web-port", "--web-host"),
    "report.html is always written into --out; --format chooses": ("--html", "--json", "--json-file"),
    "the summary is printed at the end; --csv PREFIX writes Locust's own files": ("--only-summary", "--print-stats"),
    "every CSV file of --csv holds its full course": ("--csv-full-history",),
    _LOG: ("-L", "--loglevel", "--logfile", "--skip-log-setup"),
    _FLEET: ("--master-host", "--master-port", "--master-bind-host", "--master-bind-port", "--expect-workers"),
    "--plan shows the share of each operation": ("--show-task-ratio", "--show-task-ratio-json"),
    "--errors SHARE is how many may fail; exit codes: --help": ("--exit-code-on-error",),
    "a master waits ten minutes for its workers": ("--expect-workers-max-wait",),
    "--workers N starts as many processes here": ("--processes",),
    "what is in flight at the end is recorded as it ends": ("-s", "--stop-timeout"),
}
_BY_OPTION = {option: answer for answer, options in ANSWERS.items() for option in options}


class LocustCommand(TargetCommand):
    """A command that recognises Locust's options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but an option of Locust's gets an error that names ours."""
        own = {name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)}
        for word in args[: args.index("--")] if "--" in args else args:
            name = word.partition("=")[0] if word.startswith("--") else word[:2]
            if name in _BY_OPTION and name not in own:
                raise click.UsageError(f"{name} is Locust's: {_BY_OPTION[name]}", ctx)
        return super().parse_args(ctx, args)
