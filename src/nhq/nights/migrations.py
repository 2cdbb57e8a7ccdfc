"""The tables of the record of nights, version by version."""

import sqlite3
from pathlib import Path

from nhq.errors import ConfigError

# One script per version, in order: a change of the tables is a new script at the end, never an edit of an old one.
SCRIPTS = (
    """
    CREATE TABLE nights (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        target TEXT NOT NULL, started REAL NOT NULL, contract TEXT NOT NULL, suite TEXT NOT NULL, seed INTEGER NOT NULL,
        exit_code INTEGER,
        load TEXT NOT NULL DEFAULT '{}', scopes TEXT NOT NULL DEFAULT '{}',
        statuses TEXT NOT NULL DEFAULT '{}', marks TEXT NOT NULL DEFAULT '[]',
        reasons TEXT NOT NULL DEFAULT '[]', troubles TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX nights_of_target ON nights (target, number);
    CREATE TABLE cells (
        night INTEGER NOT NULL REFERENCES nights (number),
        rule TEXT NOT NULL, operation TEXT NOT NULL, verdict TEXT NOT NULL, cause TEXT NOT NULL,
        PRIMARY KEY (night, rule, operation)
    ) WITHOUT ROWID;
    CREATE TABLE standings (
        night INTEGER NOT NULL REFERENCES nights (number),
        fingerprint TEXT NOT NULL, state TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        cause TEXT NOT NULL, judged_gone INTEGER NOT NULL, sighting TEXT NOT NULL,
        UNIQUE (night, fingerprint)
    );
    """,
    "ALTER TABLE nights ADD COLUMN unused TEXT NOT NULL DEFAULT '{}'",
    """
    ALTER TABLE nights ADD COLUMN timeline TEXT NOT NULL DEFAULT 'null';
    CREATE TABLE sent (
        target TEXT NOT NULL, scenario TEXT NOT NULL, variant INTEGER NOT NULL,
        night INTEGER NOT NULL REFERENCES nights (number),
        PRIMARY KEY (target, scenario, variant)
    ) WITHOUT ROWID;
    """,
)


def migrate_database(database: sqlite3.Connection, file: Path) -> None:
    """Bring the tables to today's version, each step in a transaction of its own.

    Raises ConfigError for a record of a newer suite.
    """
    version = _version(database)
    if version > len(SCRIPTS):
        raise ConfigError(f"{file}: written by a later nhq (version {version}, ours is {len(SCRIPTS)}); update nhq")
    for number in range(version, len(SCRIPTS)):
        _step(database, number)


def _step(database: sqlite3.Connection, number: int) -> None:
    """Migrate by one version, unless another process did so meanwhile."""
    database.execute("BEGIN IMMEDIATE")
    try:
        if _version(database) == number:
            for statement in SCRIPTS[number].split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number + 1}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version
