"""Checks of lists: each contains the entities of its index, in order, within the bounds."""

from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore.model.work_session import WorkSession
from invoicecore.ports.store import (
    ALL,
    CREDIT_OF_CLIENT,
    ENTRIES_BY_TIME,
    ENTRIES_BY_WORK_DAY,
    ENTRIES_OF_CLIENT,
    INDEXES,
    PAYMENTS_ON_INVOICE,
    PEOPLE,
    SESSIONS,
    SESSIONS_OF_CLIENT,
    SESSIONS_OF_PERSON,
    Index,
)
from invoicecore.settlement.payment import Application
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import ALL_EXAMPLES, EXAMPLES
from invoicecore.testing.conformance.things import ACME, GLOBEX, KIM, LEE, NOON
from invoicecore.testing.conformance.trial import Room, Trial, changing, finding, removing, steps, writing
from invoicecore.testing.conformance.values import quick
from invoicecore.values.ids import PersonId

_NAMED: dict[str, Index[Any]] = {index.name: index for index in INDEXES}


def _hour(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def _sessions(index: Index[WorkSession] = SESSIONS, key: str = "", **bounds: Any) -> Any:
    """Asks for a list, and gives the ids in it."""
    return lambda uow: "".join(things.ids(uow.find(index, key, **bounds)))


_B, _D = (_hour(1), "b"), (_hour(3), "d")

BOUNDED: dict[str, tuple[str, dict[str, Any]]] = {
    "all": ("abcde", {}),
    "descending": ("edcba", {"descending": True}),
    "after one": ("cde", {"after": _B}),
    "before one": ("abc", {"before": _D}),
    "between two": ("c", {"after": _B, "before": _D}),
    "between two, descending": ("c", {"after": _B, "before": _D, "descending": True}),
    "after one, descending": ("edc", {"after": _B, "descending": True}),
    "between the wrong way round": ("", {"after": _D, "before": _B}),
    "after a part": ("bcde", {"after": (_hour(1),)}),
    "before a part": ("abc", {"before": (_hour(3),)}),
    "between parts": ("bc", {"after": (_hour(1),), "before": (_hour(3),)}),
    "after one that is not there": ("cde", {"after": (_hour(1), "bb")}),
    "a microsecond before one": ("bcde", {"after": (_hour(1) - timedelta(microseconds=1), "zzz")}),
    "a microsecond after one": ("cde", {"after": (_hour(1) + timedelta(microseconds=1),)}),
    "bounds given as lists": ("c", {"after": list(_B), "before": list(_D)}),
    "the first two": ("ab", {"limit": 2}),
    "the last two": ("ed", {"limit": 2, "descending": True}),
    "two after one": ("cd", {"after": _B, "limit": 2}),
    "one before one, descending": ("c", {"before": _D, "limit": 1, "descending": True}),
    "none": ("", {"limit": 0}),
    "more than there are": ("abcde", {"limit": 99}),
}
"""What is expected of five sessions, a to e, an hour apart."""

OWN: dict[str, tuple[str, dict[str, Any]]] = {
    "all": ("bcxea", {}),
    "descending": ("aexcb", {"descending": True}),
    "the first two": ("bc", {"limit": 2}),
    "the last two": ("ae", {"limit": 2, "descending": True}),
    "after a part": ("cxea", {"after": (_hour(2),)}),
    "between parts": ("cx", {"after": (_hour(2),), "before": (_hour(4),)}),
    "three after one": ("xea", {"after": (_hour(2), "c"), "limit": 3}),
}
"""The same for a unit that put x between c and d, moved a to the end, and removed d."""


class Lists(Room):
    """Finding."""

    @pytest.fixture
    def five(self, trial: Trial) -> Trial:
        """Sessions a to e, an hour apart, stored out of order by two units."""
        for some in ("dae", "bc"):
            trial.store(*(things.session(id, _hour("abcde".index(id))) for id in some))
        return trial

    @pytest.mark.parametrize("index", _NAMED)
    def test_an_index_lists_what_it_says(self, trial: Trial, index: str) -> None:
        """Under each key stands everything for which the index gives the key, in the order that it gives, up and
        down, as a whole and page by page."""
        asked = _NAMED[index]
        trial.store(*ALL_EXAMPLES)
        stored = [*EXAMPLES[asked.of], *(it for it in things.BEGINNING if type(it) is asked.of)]
        expected: dict[str, list[Any]] = {}
        for thing in sorted(stored, key=asked.place):
            for key in asked.keys(thing):
                expected.setdefault(key, []).append(thing)

        def paged(uow: UnitOfWork, key: str) -> list[Any]:
            seen: list[Any] = []
            while page := uow.find(asked, key, after=asked.place(seen[-1]) if seen else None, limit=2):
                seen += page
            return seen

        for key, listed in expected.items():
            with trial.begin() as uow:
                trial.expect(listed, uow.find(asked, key), f"{index} under {key!r}")
                trial.expect(listed[::-1], uow.find(asked, key, descending=True), f"{index} under {key!r}, descending")
                trial.expect(listed, paged(uow, key), f"{index} under {key!r}, two at a time")
        if ALL not in expected:
            trial.sees([], lambda uow: uow.find(asked, "no such key"), f"{index} under a key of nothing")

    @pytest.mark.parametrize("bounds", BOUNDED)
    def test_bounds_and_limits(self, five: Trial, bounds: str) -> None:
        """Bounds are exclusive and compare as tuples do, a leading part too; a limit counts from the end that comes
        first."""
        expected, asked = BOUNDED[bounds]
        five.sees(expected, _sessions(**asked), f"five sessions, {bounds}")

    def test_own_writes_are_listed_in_their_place(self, five: Trial) -> None:
        """What a unit made, moved, changed and removed is listed for it as if it were committed."""
        added, moved = writing(things.session("x", _hour(2.5))), changing(things.session("a", _hour(9)))
        write = steps(added, moved, removing(WorkSession, "d"))
        asked = {name: _sessions(**bounds) for name, (_, bounds) in OWN.items()}
        expected = {name: ids for name, (ids, _) in OWN.items()}
        five.settles(expected, write, lambda uow: {name: ask(uow) for name, ask in asked.items()}, "the sessions")

    def test_what_moves_leaves_its_former_key(self, five: Trial) -> None:
        """A thing whose key changed stands under the new one and no longer under the old one."""
        asked = {
            ACME: _sessions(SESSIONS_OF_CLIENT, ACME),
            GLOBEX: _sessions(SESSIONS_OF_CLIENT, GLOBEX),
            LEE: _sessions(SESSIONS_OF_PERSON, LEE),
            KIM: _sessions(SESSIONS_OF_PERSON, KIM),
        }
        expected = {ACME: "abde", GLOBEX: "c", LEE: "abde", KIM: "c"}
        moved = changing(things.session("c", _hour(2), GLOBEX, KIM))
        five.settles(expected, moved, lambda uow: {key: ask(uow) for key, ask in asked.items()}, "the sessions")

    def test_a_thing_can_stand_under_several_keys_or_none(self, trial: Trial) -> None:
        """A payment is listed on each invoice that it pays, and as credit while something is left of it."""

        def look(uow: UnitOfWork) -> list[str]:
            on = ("".join(things.ids(uow.find(PAYMENTS_ON_INVOICE, id))) for id in ("1", "2"))
            return [*on, "".join(things.ids(uow.find(CREDIT_OF_CLIENT, ACME)))]

        one, two = things.draft("1"), things.draft("2")
        payments = (
            things.payment("p", Application(one.id, 40), Application(two.id, 60)),
            things.payment("q", Application(one.id, 40)),
            things.payment("r"),
        )
        trial.store(one, two, *payments)
        trial.sees(["pq", "p", "qr"], look, "the payments on one, on two, and credit")
        moved = (things.payment("p", Application(one.id, 40)), things.payment("r", Application(two.id, 100)))
        trial.settles(["pq", "r", "pq"], steps(look, *map(writing, moved)), look, "the payments")

    def test_texts_are_ordered_by_their_characters(self, trial: Trial) -> None:
        """Ids are in the order of their characters' numbers: no language, no case, no digits as numbers."""
        given = ["b", "B", "a", "é", "e\u0301", "z", "10", "9", "_", "-", "ﬀ", "😀", "~", "aa", "a b"]
        trial.store(*map(things.person, given))
        found = [it.id for it in trial.look(finding(PEOPLE)) if it.id in given]
        trial.expect(sorted(given), found, "the people by their ids")

    def test_entries_have_three_orders(self, trial: Trial) -> None:
        """A client's entries can be paged by their sequence, also where one was booked at an earlier time than the one
        before it, by that time, and by the day of the work; at one instant or on one day by their sequence."""
        entries = [
            things.entry(sequence, booked_at=_hour(-sequence % 3), work_day=date(2026, 2, 1 + sequence * 3 % 5))
            for sequence in range(1, 13)
        ]
        trial.store(*entries)
        for index, expected in (
            (ENTRIES_OF_CLIENT, entries),
            (ENTRIES_BY_TIME, sorted(entries, key=ENTRIES_BY_TIME.place)),
            (ENTRIES_BY_WORK_DAY, sorted(entries, key=ENTRIES_BY_WORK_DAY.place)),
        ):
            for last in (9, 2):
                look = finding(index, ACME, after=index.place(expected[last - 1]))
                trial.sees(expected[last:], look, f"the entries in {index.name} after {last}")

    def test_paging_is_stable(self, trial: Trial) -> None:
        """A reader who goes on after the last one seen skips nothing that was there all along, and sees nothing twice,
        whatever others insert and remove meanwhile."""
        trial.store(*(things.session(f"old {hour}", _hour(hour)) for hour in range(10)))
        seen: list[WorkSession] = []
        for turn in range(99):
            after = SESSIONS.place(seen[-1]) if seen else None
            page = trial.look(finding(SESSIONS, after=after, limit=2))
            if not page:
                break
            seen += page
            trial.store(*(things.session(f"new {turn} at {hour}", _hour(hour)) for hour in (-1, turn, 4.5)))
            if turn < 3:
                trial.do(removing(WorkSession, f"old {turn}"))  # one that was seen
        found = things.ids(seen)
        trial.expect(len(set(found)), len(found), "how many were seen, counting none twice")
        trial.expect(sorted(seen, key=SESSIONS.place), seen, "the order in which they were seen")
        expected = [f"old {hour}" for hour in range(10)]
        trial.expect(expected, [id for id in found if id.startswith("old")], "those that were there all along")

    moments: Final = st.integers(0, 5).map(_hour)
    names: Final = st.sampled_from("abcdefgh")
    people: Final = st.sampled_from([LEE, KIM])
    actions: Final = st.sampled_from(["put", "put", "put", "remove", "commit", "leave"])
    bounds: Final = st.none() | st.tuples(moments) | st.tuples(moments, names)

    asked: Final = st.fixed_dictionaries(
        {"after": bounds, "before": bounds, "limit": st.none() | st.integers(0, 9), "descending": st.booleans()}
    )

    @quick
    @given(changes=st.lists(st.tuples(actions, names, moments, people), max_size=20), asked=asked, whose=people)
    def test_any_history_is_listed_as_a_sorted_list_would(
        self, trial: Trial, changes: list[tuple[str, str, datetime, PersonId]], asked: dict[str, Any], whose: PersonId
    ) -> None:
        """After any puts, moves, removals, commits and units that were left, a list is what sorting would give."""
        trial = trial.elsewhere()
        uow = trial.begin().__enter__()
        committed: dict[str, WorkSession] = {}
        present: dict[str, WorkSession] = {}
        gone: set[str] = set()  # an id never comes again
        for action, id, start, by in changes:
            match action:
                case "put" if id not in gone:
                    present[id] = things.session(id, start, by=by)
                    changing(present[id])(uow)
                case "remove" if id in present:
                    removing(WorkSession, id)(uow)
                    del present[id]
                    gone.add(id)
                case "commit" | "leave":
                    if action == "commit":
                        uow.commit()
                        committed = dict(present)
                    uow.__exit__(None, None, None)
                    present, uow = dict(committed), trial.begin().__enter__()
        after, before = asked["after"], asked["before"]
        for index, key in ((SESSIONS, ""), (SESSIONS_OF_PERSON, whose)):
            expected = [
                it
                for it in sorted(present.values(), key=index.place, reverse=asked["descending"])
                if key in ("", it.person_id)
                and (after is None or (it.start, it.id) > after)
                and (before is None or (it.start, it.id) < before)
            ][: asked["limit"]]
            trial.expect(expected, uow.find(index, key, **asked), f"{index.name}, {asked}")
        uow.__exit__(None, None, None)
