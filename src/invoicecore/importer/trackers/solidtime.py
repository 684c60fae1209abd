"""The time entries of solidtime.

They have instants in UTC and ids: of the entry, the person, client, project and task, whose names are in the other
tables of the export or in the options. Rates are in hundredths of the currency.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import TableRows
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import LocalClock
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity

_NAMED = ("members.csv", "clients.csv", "projects.csv", "tasks.csv", "tags.csv")
_ASKED = ("member_id", "client_id", "project_id")
_ID = re.compile(r"[0-9a-fA-F-]{36}")
_HUNDREDTHS = re.compile(r"[0-9]{1,12}")
_CLOCK = LocalClock(None)
_SHOWN = 3


def _reader(opened: OpenedFile) -> EntryReader:
    beside = opened.beside
    names = {**{id: name for table in _NAMED for id, name in _pairs(beside, table, "name")}, **opened.options.names}
    emails = dict(_pairs(beside, "members.csv", "email"))
    currency = next((code for _, code in _pairs(beside, "organizations.csv", "currency", cells.currency)), None)
    _ask_names(opened, names)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        if not row.cell("end"):
            return None
        span = _CLOCK.span(row, cells.stamp(row, "start"), cells.stamp(row, "end"), None)
        person, client, project, task = (names.get(row.cell(column)) for column in (*_ASKED, "task_id"))
        if person is None:
            raise row.refused("member_id", "it is blank, so nobody did this work.")
        work = dict(
            row=row.number,
            person=person,
            email=emails.get(row.cell("member_id")),
            client=client,
            project=project,
            note=": ".join(part for part in (task, cells.note(row, "description")) if part),
            billable=cells.yes_or_no(row, "billable"),
            **span.times,
            rate=_rate(row),
            currency=currency,
            tags=tuple(names[id] for id in _ID.findall(row.cell("tags")) if id in names),
        )
        return identity.by_id(work, row, column="id")

    return EntryReader(entry=entry, currency=currency)


def _rate(row: Row) -> Decimal | None:
    cell = row.cell("billable_rate")
    if not cell:
        return None
    if _HUNDREDTHS.fullmatch(cell) is None:
        raise row.refused("billable_rate", f"{cell!r:.60} is not a rate in whole hundredths.")
    return Decimal(f"{cell.zfill(3)[:-2]}.{cell.zfill(3)[-2:]}")


def _pairs(
    beside: Mapping[str, File], table: str, column: str, cell: Callable[[Row, str], str | None] = cells.name
) -> Iterator[tuple[str, str]]:
    """The ids in a table beside the entries, each with what stands in a column."""
    if table not in beside:
        return
    for row in TableRows.of(beside[table], Limits()):
        if isinstance(row, UnreadableFile):
            raise UnreadableFile(row.row, row.column, f"{table}: {row.reason}")
        try:
            found = cell(row, column)
        except UnreadableFile as refused:
            raise UnreadableFile(refused.row, refused.column, f"{table}: {refused.reason}") from refused
        if found is not None:
            yield row.cell("id"), found


def _ask_names(opened: OpenedFile, names: Mapping[str, str]) -> None:
    """MissingOption if there is an id that has no name."""
    unknown: dict[str, tuple[Row, str]] = {}
    for row in opened.table:
        if not isinstance(row, UnreadableFile):
            for column in _ASKED:
                id = row.cell(column)
                if id and id not in names:
                    unknown.setdefault(id, (row, column))
    if unknown:
        shown = ", ".join([*list(unknown)[:_SHOWN], *(["…"] if len(unknown) > _SHOWN else [])])
        row, column = next(iter(unknown.values()))
        asked = (
            f"{len(unknown)} ids have no name here: {shown[:200]}. Give the whole export, as its zip or folder, or say "
            "in names what they are called."
        )
        raise MissingOption("names", row.number, column, asked)


LAYOUTS = (
    FileLayout(
        kind=TableRows,
        recognized_by=frozenset({"id", "start", "end", "member_id", "project_id"}),
        required=("id", "description", "start", "end", "billable", "member_id", "client_id", "project_id"),
        optional=("billable_rate", "task_id", "tags"),
        reader=_reader,
    ),
)
"""solidtime's time entries as CSV, alone or in the zip or folder of a whole export."""
