"""Lists come page by page, and a cursor that comes back is checked."""

import json
from datetime import date, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import ClientSort, InvoiceSort, PersonSort, TransactionSort, utc
from invoicecore.errors import InvalidInput
from invoicecore.queries.paging import LONGEST_PAGE, PageRequest, Part, Sort, SortKey, cursor, page_request
from invoicecore.values import inputs

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(partial(inputs.text, "A text"))
KINDS: dict[type[Part], st.SearchStrategy[Part]] = {
    str: LINES,
    int: st.integers(1 - 2**63, 2**63 - 1),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(utc(2026, 1, 1).tzinfo)),
}
SORTS = [sort for kind in Sort.__subclasses__() for sort in kind]


def again(sort: Sort, after: object, *, descending: bool = False) -> SortKey | None:
    """The place for which a mark is taken when it comes back."""
    return page_request(sort, type(sort), descending=descending, after=after, limit=50).after


class TestMarks:
    """What stands for a place, until the next page is asked for."""

    @given(st.data(), st.sampled_from(SORTS), st.booleans())
    def test_there_and_back(self, data: st.DataObject, sort: Sort, descending: bool) -> None:
        """Any place of any order comes back as it was."""
        place = data.draw(st.tuples(*(KINDS[kind] for _, kind in sort.parts)))
        assert place == again(sort, cursor(PageRequest(sort, descending), place), descending=descending)

    def test_as_it_is_written(self) -> None:
        """It is a short text that says order, direction and place."""
        assert '["day",1,"2026-03-02T12:00:00+00:00",7]' == cursor(
            PageRequest(TransactionSort.DAY, True), (utc(2026, 3, 2, 12), 7)
        )
        assert '["due",0,"2026-03-16","id"]' == cursor(PageRequest(InvoiceSort.DUE), (date(2026, 3, 16), "id"))

    def test_every_order_says_what_its_places_are_made_of(self) -> None:
        """And each ends in what no two rows share."""
        assert 20 < len([sort for sort in SORTS if sort.parts[-1][1] in (str, int)]) == len(SORTS)

    @pytest.mark.parametrize(
        "after",
        [
            "",
            "Acme",
            "[]",
            "{}",
            "5",
            "null",
            '["name",0]',
            '["name",0,"Acme"]',
            '["name",0,"Acme","id","more"]',
            '["name",1,"Acme","id"]',
            '["added",0,"Acme","id"]',
            '["name",0,5,"id"]',
            '["name",0,null,"id"]',
            '["name",0,["Acme"],"id"]',
            '["name",0,"Ac\\u0000me","id"]',
            '["name",0,"\\ud800","id"]',
            '["name",0," Acme","id"]',
            '["name",0,"Acme","id"',
            "[" * 100_000,
            5,
            b'["name",0,"Acme","id"]',
            ["name", 0, "Acme", "id"],
            True,
        ],
    )
    def test_what_is_no_mark_of_this_list(self, after: object) -> None:
        """A text that was made up, or that stands for a place in another order, is malformed."""
        with pytest.raises(InvalidInput, match="after must be a cursor of a page in the same order"):
            again(ClientSort.NAME, after)

    @pytest.mark.parametrize("part", [True, 1.0, "5", 2**63, -(2**63), 10**4000, None, float("nan")])
    def test_a_number_that_is_none(self, part: object) -> None:
        """A number is whole, and not larger than a store can count."""
        with pytest.raises(InvalidInput):
            again(ClientSort.BALANCE, json.dumps(["balance", 0, "USD", part, "id"]))

    @pytest.mark.parametrize(
        "part",
        [
            "2026-03-02",
            "2026-03-02T12:00:00",
            "2026-03-02T12:00:00+01:00",
            "0001-01-01T00:00:00+05:00",
            "now",
            12,
            None,
        ],
    )
    def test_an_instant_that_is_none(self, part: object) -> None:
        """An instant is in UTC, as every instant is that the library gives."""
        with pytest.raises(InvalidInput):
            again(TransactionSort.DAY, json.dumps(["day", 0, part, 7]))

    @pytest.mark.parametrize("part", ["2026-02-30", "2026", "", 20260302])
    def test_a_day_that_is_none(self, part: object) -> None:
        """A day is one of the calendar."""
        with pytest.raises(InvalidInput):
            again(InvoiceSort.DUE, json.dumps(["due", 0, part, "id"]))

    @given(st.text(max_size=200) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
    def test_anything(self, after: object) -> None:
        """Whatever comes back, it is a place of that order or malformed."""
        for given_back in (after, json.dumps(after), json.dumps(["signed_in", 0, after, "id"])):
            try:
                place = again(PersonSort.SIGNED_IN, given_back)
            except InvalidInput:
                continue
            assert place is None or (isinstance(place[0], datetime) and isinstance(place[1], str))

    def test_other_zones_are_the_same_instant(self) -> None:
        """Not even a mark that says UTC in another way is taken for another instant."""
        moment = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(0), "Zulu"))
        assert (utc(2026, 3, 2, 12), 7) == again(
            TransactionSort.DAY, cursor(PageRequest(TransactionSort.DAY), (moment, 7))
        )


class TestCuts:
    """How much of a list is asked for."""

    @pytest.mark.parametrize("limit", [0, -1, LONGEST_PAGE + 1, True, 1.0, "5", None])
    def test_too_few_or_too_many(self, limit: object) -> None:
        """A page has between 1 and 1000 rows."""
        with pytest.raises(InvalidInput, match="from 1 to 1000"):
            page_request(ClientSort.NAME, ClientSort, descending=False, after=None, limit=limit)

    @pytest.mark.parametrize("sort", ["name", None, PersonSort.NAME, InvoiceSort])
    def test_an_order_of_another_list(self, sort: ClientSort) -> None:
        """An order is one of those that the list has, not its name."""
        with pytest.raises(InvalidInput, match="sort must be a ClientSort"):
            page_request(sort, ClientSort, descending=False, after=None, limit=50)

    def test_a_direction_is_said(self) -> None:
        """It is True or False."""
        with pytest.raises(InvalidInput, match="descending"):
            page_request(ClientSort.NAME, ClientSort, descending="yes", after=None, limit=50)

    def test_one_more(self) -> None:
        """A store is asked for one row more than are shown, also of the longest page."""
        longest = page_request(ClientSort.NAME, ClientSort, descending=True, after=None, limit=LONGEST_PAGE)
        assert PageRequest(ClientSort.NAME, True, None, 1001) == longest.with_one_more
