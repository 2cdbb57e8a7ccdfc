"""The arguments that our locustfile adds to Locust's own, each with an environment variable."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nhq.client.address import clean_url
from nhq.client.target import Target, load_target, permit_effects
from nhq.errors import ConfigError
from nhq.load.profile import profile_names
from nhq.load.profile_tables import SUFFIX
from nhq.load.traffic_mix import MixRow, mix_operations, scopes_of
from nhq.masking import learn_secrets
from nhq.model import Effect, Identity

#: Effects that need their word on the command line too, where the target is not on this machine.
GRAVE = (Effect.SEND, Effect.SPEND)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a load run was asked for. `keys`, `limit`, `window`, `duration` 0: as the profile and the target say."""

    profile: str
    target: str
    out: str
    run: str
    keys: int
    limit: int
    window: float
    duration: float
    seed: int
    fresh: bool
    exclusive_keys: bool = False
    asked: frozenset[Effect] = frozenset()
    load: bool = False


class _Profiles(list[str]):
    """What may be chosen: a profile by its name, or a file of one's own."""

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or str(word).endswith(SUFFIX)


def add_arguments(parser: Any) -> None:
    """Add ours to Locust's parser (its listener `init_command_line_parser`). Its web UI is for this machine alone."""
    parser.set_defaults(web_host="127.0.0.1")
    add = parser.add_argument  # not a group: the web UI shows only what the parser itself was given
    add(
        "--nhq-profile",
        env_var="NHQ_PROFILE",
        default="boundary",
        choices=_Profiles(profile_names()),
        help="What to send",
    )
    add("--nhq-target", env_var="NHQ_TARGET", default="", help="Target file; without it --host and NHQ_API_KEYS")
    add("--nhq-keys", env_var="NHQ_KEYS", type=int, default=0, help="How many keys to use (0: as the profile says)")
    add("--nhq-limit", env_var="NHQ_LIMIT", type=int, default=0, help="Requests a window (0: the target's)")
    add("--nhq-window", env_var="NHQ_WINDOW", type=float, default=0.0, help="Seconds a window (0: the target's)")
    add("--nhq-duration", env_var="NHQ_DURATION", type=float, default=0.0, help="Seconds (0: as the profile says)")
    add("--nhq-seed", env_var="NHQ_SEED", type=int, default=1, help="Fixes the order of a mix")
    add("--nhq-out", env_var="NHQ_OUT", default="reports/out/histories", help="Folder for histories")
    add("--nhq-run", env_var="NHQ_RUN", default="", help="Folder in it for this run")
    for effect in GRAVE:
        add(
            f"--nhq-allow-{effect}",
            action="store_true",
            help=f"Off loopback: {effect}, where the target file allows it",
        )
    add("--nhq-allow-load", action="store_true", help="Off loopback: send beyond the allowance, as the profile says")
    add("--nhq-fresh", env_var="NHQ_FRESH", action="store_true", help="The keys were unused for a window before")
    add(
        "--nhq-exclusive-keys",
        env_var="NHQ_EXCLUSIVE_KEYS",
        action="store_true",
        help="No other client uses these keys meanwhile",
    )
    add("--nhq-alone", env_var="NHQ_ALONE", action="store_true", help=argparse.SUPPRESS)  # its former name


def settings_from_locust(options: Any) -> Settings:
    """Ours out of Locust's parsed options; a former name is answered with today's."""
    if options.nhq_alone:
        _say_renamed()
    return Settings(
        profile=options.nhq_profile,
        target=options.nhq_target,
        out=options.nhq_out,
        run=options.nhq_run,
        keys=options.nhq_keys,
        limit=options.nhq_limit,
        window=options.nhq_window,
        duration=options.nhq_duration,
        seed=options.nhq_seed,
        fresh=options.nhq_fresh,
        exclusive_keys=options.nhq_exclusive_keys or options.nhq_alone,
        asked=frozenset(effect for effect in GRAVE if getattr(options, f"nhq_allow_{effect}")),
        load=options.nhq_allow_load,
    )


@cache
def _say_renamed() -> None:
    """Once in a process, however often the options are read."""
    print("nhq: --nhq-alone is called --nhq-exclusive-keys now", file=sys.stderr)


def load_locust_target(
    file: str, host: str | None, environ: Mapping[str, str], asked: frozenset[Effect] = frozenset()
) -> Target:
    """The target of a file, or of Locust's --host and NHQ_API_KEYS (comma between keys). Raises ConfigError."""
    if file:
        return permit_effects(load_target(Path(file), environ), asked)
    secrets = [key.strip() for key in environ.get("NHQ_API_KEYS", "").split(",") if key.strip()]
    if not host or not secrets:
        raise ConfigError("give --nhq-target FILE, or --host URL and keys in NHQ_API_KEYS (comma between them)")
    learn_secrets(secrets)
    scopes = frozenset(row.scope for row in mix_operations().values())
    keys = tuple(Identity(f"key_{n}", "", scopes, secret) for n, secret in enumerate(secrets, 1))
    return Target(clean_url("--host", host), keys, allow=frozenset({Effect.READ}), name="host")


def within_reach(
    mix: Mapping[str, int], target: Target, rows: Mapping[str, MixRow]
) -> tuple[dict[str, int], list[str]]:
    """The part of a mix that keys of the target can send, and the operations that are left out.

    All of it where a key holds every scope; else what the key that can send most of it holds the scopes for. Where no
    key can send anything, all of it: who asks for keys then says what is missing.
    """
    reach = [
        {name: weight for name, weight in mix.items() if scopes_of([name], rows) <= key.scopes}
        for key in usable_keys(target, set())
    ]
    kept = max(reach, key=lambda one: sum(one.values()), default={}) or dict(mix)
    return kept, [name for name in mix if name not in kept]


def usable_keys(target: Target, scopes: set[str]) -> list[Identity]:
    """Keys of the main workspace that are not revoked and hold the scopes."""
    mine = [key for key in target.keys if not key.revoked and key.workspace == target.workspace]
    return [key for key in mine if scopes <= key.scopes]
