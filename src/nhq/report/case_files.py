"""Cases beside the reports: a file for each finding, by its fingerprint."""

import re
from pathlib import Path

from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.record.case_file import case_text, cases_of
from nhq.record.run_record import Record

FOLDER = "cases"
_NAME = re.compile(r"[0-9a-f]{12}\.json")


def case_file_name(fingerprint: str) -> str:
    """The name of a finding's file: the part of its fingerprint that approvals go by."""
    return f"{fingerprint[:12]}.json"


def write_cases(record: Record, folder: Path, *, keep: bool = False) -> list[Path]:
    """Write each finding's case into a folder, which is made where there is any, and return the files.

    `keep`: files of earlier runs stay; else they go, so that the folder tells of this run alone. Raises ConfigError
    where nothing can be written.
    """
    files = {folder / case_file_name(case.fingerprint): case_text(case) for case in cases_of(record)}
    try:
        for old in folder.glob("*.json") if not keep else ():
            if _NAME.fullmatch(old.name) and old not in files:
                old.unlink()
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(file, text)
    except OSError as problem:
        raise ConfigError(f"cannot write cases to {folder}: {problem.strerror or problem}") from problem
    return list(files)
