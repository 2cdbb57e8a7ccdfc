"""Sequences of creating lists and importing leads, in any order, against a small model of lists and their members.

Not convicted: entries that fail in processing, effects that show some seconds later, and lists that others create.
"""

import random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from nhq.scenarios import (
    Api,
    Breach,
    Effort,
    Exchange,
    Inventory,
    Judge,
    MachineStage,
    Size,
    Workflow,
    array_of,
    index_of,
    is_comparable_number,
    look_until,
    names_exactly,
    play_machine,
    read_batch,
    read_members,
)

SIZES = (Size(1, 2), Size(8, 12), Size(60, 30))
BROKEN = -1  # stands for an entry that breaks its schema
PEOPLE = st.integers(BROKEN, 3)
ENTRIES = st.lists(st.sampled_from([0, 1, BROKEN]), min_size=1, max_size=3)
RESULTS = {"created": "IMPORT-CREATED", "added_existing": "IMPORT-EXISTING", "already_in_list": "IMPORT-ALREADY"}


class Lists(Workflow):
    """Lists of our own, and people nobody else has. The model: who is a member of which list."""

    def __init__(self, stage: MachineStage) -> None:
        super().__init__(stage)
        self.members: dict[str, set[str]] = {}
        self.names: set[str] = set()
        self.leads: dict[int, str] = {}
        self.unsure: set[int] = set()

    def chosen(self, which: int) -> str:
        """One of our lists, by number."""
        return list(self.members)[which % len(self.members)]

    def title(self, which: int) -> str:
        """How the story calls a list."""
        return f"list {which % len(self.members) + 1}"

    def person(self, number: int) -> dict[str, Any]:
        """A lead to import; the broken one lacks what is required."""
        if number == BROKEN:
            return {"first_name": "Nhq"}
        tag = f"{self.word}-{number}"
        return {"first_name": "Nhq", "last_name": tag, "linkedin_url": f"https://www.linkedin.com/in/{tag}"}

    @initialize(number=st.integers(0, 3))
    def begin(self, number: int) -> None:
        """Two lists to begin with, and somebody who is in both."""
        self.create_lists([0, 1])
        for which in (0, 1) if self.stage.restorable else ():
            if self.members and not self.stuck:
                self.import_one(which, number)

    @precondition(lambda self: not self.stuck and len(self.members) < 4)
    @rule(entries=ENTRIES)
    def create(self, entries: list[int]) -> None:
        """More lists, some of them malformed."""
        self.create_lists(entries)

    def create_lists(self, entries: list[int]) -> None:
        """Lists are created for the entries in form, under names of their own; the others are malformed."""
        wrong = [index for index, entry in enumerate(entries) if entry == BROKEN]
        self.told(f"create lists: {self.asked(entries)}")
        bodies = [{"name": ""} if entry == BROKEN else {"name": f"{self.word}-{'AB'[entry]}"} for entry in entries]
        answer = self.call("create_lead_lists", json={"lead_lists": bodies})
        if len(wrong) == len(entries):
            if answer.ok or answer.status == 400:
                told = {"expected": "400 or 207, not 201", "actual": f"{answer.status}"}
                self.must("LIST-ALL-MALFORMED", answer.status != 201, "create_lead_lists", **told)
        elif answer.ok:
            self.created([body["name"] for body in bodies if body["name"]], wrong, answer)
        else:
            self.stop(f"create_lead_lists was answered {answer.status}")

    def asked(self, entries: list[int]) -> str:
        """How the story calls what is to be created."""
        return ", ".join("a malformed one" if entry == BROKEN else f"one named {'AB'[entry]}" for entry in entries)

    def created(self, asked: list[str], wrong: list[int], answer: Exchange) -> None:
        """What the answer to a creation must say."""
        where, body = "create_lead_lists", answer.json()
        rejected = array_of(answer, "malformed")
        expected, actual = f"malformed {wrong}", f"malformed {sorted(map(index_of, rejected))}"
        self.must("LIST-MALFORMED", names_exactly(rejected, set(wrong)), where, expected=expected, actual=actual)
        if wrong:
            self.must("LIST-STATUS-207", answer.status == 207, where, expected="207", actual=f"{answer.status}")
        count, names = len(body["data"]), [row["name"] for row in body["data"]]
        self.must(
            "LIST-DATA-COMPLETE", count == len(asked), where, expected=f"{len(asked)} lists", actual=f"{count} lists"
        )
        unique = len(set(names)) == len(names) and not self.names & set(names)
        self.must("LIST-NAME-UNIQUE", unique, where, expected="names that no other list has", actual="a name twice")
        begins = all(any(name.startswith(one) for one in asked) for name in names)
        self.must("LIST-NAME-SUFFIX", begins, where, expected="the name given, suffixed at most", actual="another name")
        self.names |= set(names)
        self.members |= {str(row["id"]): set() for row in body["data"]}

    @precondition(lambda self: self.members and not self.stuck)
    @rule(which=st.integers(0, 2), number=PEOPLE)
    def import_one(self, which: int, number: int) -> None:
        """One lead: created, added or already there, as the model says; a broken one is answered 400."""
        self.told(f"import {self.called([number])} into {self.title(which)}")
        path = {"lead_list_id": self.chosen(which)}
        answer = self.call("import_leads", path=path, json=self.person(number))
        if number == BROKEN:
            if answer.ok or answer.status == 400:
                told = {"expected": "400: a member is missing", "actual": f"{answer.status}"}
                self.must("REQUEST-REQUIRED", answer.status == 400, "import_leads", **told)
        elif answer.ok:
            body = answer.json()
            self.imported(path["lead_list_id"], number, str(body["result"]), str(body["data"]["id"]))
        else:
            self.stop(f"import_leads was answered {answer.status}")

    @precondition(lambda self: self.members and not self.stuck)
    @rule(which=st.integers(0, 2), numbers=st.lists(PEOPLE, min_size=1, max_size=5))
    def import_batch(self, which: int, numbers: list[int]) -> None:
        """Several leads: the broken ones are malformed, the others become of them what the model says."""
        self.told(f"import {self.called(numbers)} in one batch into {self.title(which)}")
        chosen = self.chosen(which)
        wrong = [index for index, number in enumerate(numbers) if number == BROKEN]
        body = {"leads": [self.person(number) for number in numbers]}
        answer = self.call("import_leads", path={"lead_list_id": chosen}, json=body)
        if not answer.ok:
            if len(wrong) < len(numbers):
                self.stop(f"import_leads was answered {answer.status}")
            return
        batch = read_batch(answer, len(numbers))
        listed = sorted(batch.malformed)
        expected, actual = f"malformed {wrong}", f"malformed {listed}"
        self.must("IMPORT-MALFORMED", listed == wrong, "import_leads", expected=expected, actual=actual)
        self.unsure |= {numbers[place] for place in batch.failed if place in range(len(numbers))}
        for place in sorted(batch.data.keys() & range(len(numbers))):
            number = numbers[place]
            if number != BROKEN:
                again = numbers.index(number) < place
                self.imported(chosen, number, batch.result(place), batch.ident(place), again)

    def imported(self, chosen: str, number: int, result: str, ident: str, again: bool = False) -> None:
        """What became of one lead. Of a twin in one batch only its identity is judged."""
        known = self.leads.get(number)
        if number in self.unsure:
            return
        if known is not None:
            same = ident == known
            self.must(
                "IMPORT-DEDUP",
                same,
                "import_leads",
                expected="the lead it was before",
                code=Breach.DIFFERENT,
                actual="another lead",
            )
        if not again:
            due = self.due(chosen, known)
            self.must(RESULTS[due], result == due, "import_leads", expected=due, actual=result)
        self.leads[number] = ident
        self.members[chosen].add(ident)

    def due(self, chosen: str, known: str | None) -> str:
        """What must become of a lead by the model."""
        if known is None:
            return "created"
        return "already_in_list" if known in self.members[chosen] else "added_existing"

    def called(self, numbers: list[int]) -> str:
        """How the story calls leads."""
        return ", ".join("a malformed lead" if number == BROKEN else f"lead {number}" for number in numbers)

    @precondition(lambda self: self.members and not self.stuck and not self.unsure)
    @rule(which=st.integers(0, 2))
    def read(self, which: int) -> None:
        """A list has the members of the model, and counts them."""
        self.told(f"read {self.title(which)} and its members")
        chosen, due = self.chosen(which), self.members[self.chosen(which)]
        path = {"lead_list_id": chosen}
        look = look_until(
            self.stage.session, lambda: self.ok("get_lead_list", path=path), lambda e: counted(e, len(due))
        )
        if look is None:
            return
        count = look.json()["data"].get("lead_count", len(due))
        if is_comparable_number(count):
            told = {"expected": f"{len(due)} members", "actual": f"{count}"}
            self.must("LIST-COUNT-TRUE", count == len(due), "get_lead_list", **told)
        else:
            self.stage.judge.unknown(
                "LIST-COUNT-TRUE", "a count that not every JSON reader reads alike", "get_lead_list"
            )
        crawl = read_members(self.api, chosen, least=len(due))
        self.proof.extend(crawl.pages)
        seen, actual = set(crawl.ids), f"{len(crawl.ids)} members"
        self.must("IMPORT-MEMBERSHIP", seen >= due, "import_leads", expected=f"{len(due)} members", actual=actual)
        self.must("LEAD-MEMBERS", seen <= due, "list_members", expected=f"{len(due)} members", actual=actual)

    def inside(self, number: int) -> set[str]:
        """Our lists that a lead is a member of, by the model."""
        return {name for name, inside in self.members.items() if self.leads[number] in inside}

    @precondition(lambda self: self.leads and not self.stuck and not self.unsure)
    @rule(which=st.integers(0, 3))
    def read_lead(self, which: int) -> None:
        """A lead names those of our lists that it is a member of; a server may keep it in others of its own as well."""
        by_lists = sorted(self.leads, key=lambda lead: -len(self.inside(lead)))  # those in several lists tell the most
        number = by_lists[which % len(by_lists)]
        self.told(f"read lead {number}")
        due, path = self.inside(number), {"lead_id": self.leads[number]}
        answer = look_until(self.stage.session, lambda: self.ok("get_lead", path=path), lambda seen: named(seen, due))
        if answer is not None:
            seen = self.members.keys() & set(answer.json()["data"]["lead_list_ids"])
            told = {"expected": f"{len(due)} lists", "actual": f"{len(seen - due)} others, {len(due - seen)} missing"}
            self.must("LEAD-LIST-IDS", seen == due, "get_lead", **told)


def named(exchange: Exchange | None, due: set[str]) -> bool:
    """Does the lead name all lists that are due? It may do so some seconds later."""
    return exchange is None or due <= set(exchange.json()["data"]["lead_list_ids"])


def counted(exchange: Exchange | None, due: int) -> bool:
    """Does the list count as many members as are due?"""
    return exchange is None or exchange.json()["data"].get("lead_count", due) == due


@pytest.mark.scenario("workflows/lists-and-imports")
@pytest.mark.rule(
    "LIST-MALFORMED",
    "LIST-ALL-MALFORMED",
    "LIST-STATUS-207",
    "LIST-DATA-COMPLETE",
    "LIST-NAME-UNIQUE",
    "LIST-NAME-SUFFIX",
    "LIST-COUNT-TRUE",
    "IMPORT-CREATED",
    "IMPORT-EXISTING",
    "IMPORT-ALREADY",
    "IMPORT-DEDUP",
    "IMPORT-MALFORMED",
    "IMPORT-MEMBERSHIP",
    "LEAD-MEMBERS",
    "LEAD-LIST-IDS",
    "REQUEST-REQUIRED",
)
def test_lists_and_imports(
    api: Api, world: Inventory, judge: Judge, snapshot: str, rng: random.Random, effort: Effort
) -> None:
    """Whatever the order of creations and imports, lists and leads are what the answers said they would be."""
    play_machine(Lists, MachineStage(api, world, judge, snapshot, rng), effort.pick(*SIZES))
