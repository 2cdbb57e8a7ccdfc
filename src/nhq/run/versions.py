"""Which shape a record has: raised when a field is renamed or dropped, or means something else."""

from collections.abc import Mapping
from typing import Any

from nhq.errors import ConfigError

#: 1 had no ids of scenarios, no codes and no fingerprints.
SCHEMA_VERSION = 2


def check_version(record: Mapping[str, Any], name: str) -> None:
    """Raises ConfigError, naming the file, for a record whose shape isn't today's."""
    told = record.get("schema_version", 1)
    if told != SCHEMA_VERSION:
        raise ConfigError(f"{name}: schema_version {str(told)[:20]}, read is {SCHEMA_VERSION}; make that run again")
