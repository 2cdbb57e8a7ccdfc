"""Cases beside the reports: a file for each finding, by its fingerprint."""

import re
from pathlib import Path

from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.record.case_file import Case, case_text, cases_of
from nhq.record.run_record import Record

FOLDER = "cases"
_NAME = re.compile(r"[0-9a-f]{12}\.json")


def case_file_name(fingerprint: str) -> str:
    """The name of a finding's file: the part of its fingerprint that approvals go by."""
    return f"{fingerprint[:12]}.json"


def write_cases(record: Record, folder: Path) -> list[Path]:
    """Write each finding's case into a folder, which then tells of this run alone, and return the files.

    Raises ConfigError where nothing can be written.
    """
    files = [write_case(case, folder) for case in cases_of(record)]
    try:
        for old in folder.glob("*.json"):
            if _NAME.fullmatch(old.name) and old not in files:
                old.unlink()
    except OSError as problem:
        raise ConfigError(f"cannot remove the cases of an earlier run: {problem.strerror or problem}") from problem
    return files


def write_case(case: Case, folder: Path) -> Path:
    """Write one case into a folder, which is made, and return the file. Raises ConfigError where it can't be."""
    file = folder / case_file_name(case.fingerprint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_text(file, case_text(case))
    except OSError as problem:
        raise ConfigError(f"{file}: cannot be written ({problem.strerror or problem})") from problem
    return file
