"""The inventory: what the target holds, found by reading it once per run; no scenario needs a back door."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any

from nhq.client.api import Api, Crawl
from nhq.errors import PreconditionNotMet
from nhq.model import Identity
from nhq.needs import GIVEN, SECOND

Row = dict[str, Any]
_PAGES_MOST = 4
_COLLECTIONS = ("campaigns", "lists", "leads", "accounts", "conversations")


class Inventory:
    """Lazily read collections of one workspace (the main one unless told). Rows are as the target sent them.

    Of each collection at most `pages` pages of `limit` rows are read.
    """

    def __init__(self, api: Api, workspace: str | None = None, limit: int = 500, pages: int = _PAGES_MOST) -> None:
        self._api, self._limit, self._pages = api, limit, pages
        self.workspace = workspace or api.target.workspace
        self._others: dict[str, list[Row]] = {}
        self.cut: set[str] = set()  # operations whose lists are longer than what was read of them
        self.venues: dict[str, Any] = {}  # lists to walk by operation, kept for the run where nothing is put back

    def _read(self, operation: str, **options: Any) -> Crawl:
        if silence := self._api.answered.silence(operation):
            raise PreconditionNotMet(
                silence
            )  # or a test that needs it for one of many things gets nowhere with the others
        crawl = self._api.crawl(
            operation, limit=self._limit, max_pages=self._pages, key=self._api.key(operation, self.workspace), **options
        )
        self.cut |= set() if crawl.complete else {operation}
        return crawl

    def readable(self, operation: str) -> bool:
        """Does the target file have a key for this operation in this workspace?"""
        return bool(self._api.target.holders(self._api.operation(operation).scope, self.workspace))

    @cached_property
    def campaigns(self) -> list[Row]:
        return list(self._read("list_campaigns").items)

    @cached_property
    def lists(self) -> list[Row]:
        """Lead lists; without a key that may read them, those that leads say they are in: their id and `lead_count`."""
        if not self.readable("list_lead_lists") and self.readable("list_leads"):
            inside = Counter(ident for lead in self.leads for ident in lead.get("lead_list_ids") or ())
            return [{"id": ident, "lead_count": count} for ident, count in inside.items()]
        return list(self._read("list_lead_lists").items)

    @cached_property
    def leads(self) -> list[Row]:
        return list(self._read("list_leads").items)

    @cached_property
    def accounts(self) -> list[Row]:
        return list(self._read("list_linkedin_accounts").items)

    @cached_property
    def conversations(self) -> list[Row]:
        return list(self._read("list_conversations").items)

    def shown_for(self, parameter: str) -> list[Row]:
        """What a path parameter of a changed contract names, as the list at the path before it shows.

        Raises PreconditionNotMet where there is no such list, or its rows have no ids.
        """
        if parameter not in self._others:
            self._others[parameter] = self._shown_for(parameter)
        return self._others[parameter]

    def _shown_for(self, parameter: str) -> list[Row]:
        rows = self._api.session.contract.operations.values()
        heads = {row.path.partition("/{" + parameter + "}")[0] for row in rows if "{" + parameter + "}" in row.path}
        lists = [row for row in rows if row.path in heads and row.method == "GET" and not row.path_parameters]
        if not lists:
            raise PreconditionNotMet(f"no list shows what {parameter} names")
        key = self._api.key(lists[0].id, self.workspace)
        found = self._api.ok(lists[0].id, key=key).json()
        data = found.get("data") if isinstance(found, dict) else None
        return [row for row in data if isinstance(row, dict) and "id" in row] if isinstance(data, list) else []

    @cached_property
    def foreign(self) -> "Inventory":
        """The world of another workspace. Raises PreconditionNotMet when the target file has no key of one."""
        others = self._api.target.foreign
        if not others:
            raise PreconditionNotMet("the target file has no key of a second workspace", SECOND)
        return Inventory(self._api, others[0].workspace, self._limit, self._pages)

    def at(self, workspace: str) -> "Inventory":
        """The world of one other workspace."""
        return Inventory(self._api, workspace, self._limit, self._pages)

    @property
    def foreign_keys(self) -> list[Identity]:
        """Usable keys of other workspaces."""
        return self._api.target.foreign

    def campaign(self, status: str, fits: Callable[[Row], bool] = lambda row: True, what: str = "") -> Row:
        """A campaign in a state. Raises PreconditionNotMet naming what is missing."""
        return first_row(
            (row for row in self.campaigns if row["status"] == status and fits(row)),
            what or f"campaign in state {status}",
        )

    def given(self, name: str) -> str:
        """The id of something that can't be recognised by reading, as the target file's [given] names it."""
        value = self._api.target.given.get(name)
        if not value:
            raise PreconditionNotMet(f"the target file's [given] names no {name}", f"{GIVEN} {name}")
        return value

    def warm(self) -> None:
        """Read everything that the keys allow, so that tests know the same whatever their order."""
        for world in [self, *([self.foreign] if self._api.target.foreign else [])]:
            for name in _COLLECTIONS:
                with suppress(PreconditionNotMet):
                    getattr(world, name)


def first_row(rows: Iterable[Row], what: str) -> Row:
    """The first of some rows. Raises PreconditionNotMet("no …") when there is none."""
    for row in rows:
        return row
    raise PreconditionNotMet(f"no {what} on the target")
