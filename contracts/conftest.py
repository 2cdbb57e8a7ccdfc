"""`pytest contracts`: these tests under plain pytest, against a fresh mock or `--nhq-target FILE`."""

from nhq.run.pytest_entry import pytest_addoption, pytest_configure

__all__ = ["pytest_addoption", "pytest_configure"]
