from hypothesis import given
from hypothesis import strategies as st

from invoicecore import importer
from invoicecore.importer import Timesheet, UnreadableFile
from tests.importer.files import HARVEST, TOGGL, written

_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Yes", "No", "2018-11-04", "9999-12-31", "0001-01-01", "2999-12-31", "01:30:00", "23:59:59", "00:00:00"]
    ),
    st.sampled_from(["1.000", "1,000", "2.000,0", "8", "0.01", "999999999999999", "USD", "Euro - EUR", "a@b.c", ""]),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{1,6}:[0-9]{2}:[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}[.,][0-9]{1,12}", fullmatch=True),
)
_ZONES = st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Africa/Monrovia", "Europe/Dublin"])
_PLAIN = {
    "User": "Ann",
    "Billable": "Yes",
    "Start date": "2018-11-04",
    "Start time": "01:30:00",
    "End date": "2018-11-04",
    "End time": "01:30:00",
    "Duration": "00:00:00",
    "Date": "2018-11-04",
    "Hours": "1.5",
    "Billable?": "Yes",
    "First Name": "Ann",
}


def read_or_refused(data: bytes, zone: str = "UTC") -> Timesheet | UnreadableFile:
    """What comes of reading; any other error fails the test."""
    try:
        return importer.read(data, timezone=zone)
    except UnreadableFile as refused:
        return refused


class TestAnyFile:
    @given(st.binary(max_size=300))
    def test_bytes(self, data: bytes) -> None:
        """Whatever the bytes, nothing but the one error comes out."""
        assert isinstance(read_or_refused(data), UnreadableFile)

    @given(st.sampled_from([TOGGL, HARVEST]), st.binary(max_size=300))
    def test_bytes_below_a_header(self, header: tuple[str, ...], data: bytes) -> None:
        """A known header does not change that."""
        known = written(header, []) + data
        assert isinstance(read_or_refused(known), Timesheet | UnreadableFile)

    @given(st.sampled_from([TOGGL, HARVEST]), st.data(), _ZONES)
    def test_cells(self, header: tuple[str, ...], data: st.DataObject, zone: str) -> None:
        """A row is read whole or refused naming its place, whatever some of its cells hold."""
        strange = data.draw(st.dictionaries(st.sampled_from(header), _CELLS, max_size=4))
        result = read_or_refused(written(header, [{**_PLAIN, **strange}]), zone)
        match result:
            case Timesheet(entries=(entry,)):
                assert 2 == entry.row
                assert entry.starts(zone) <= entry.ends(zone)
            case Timesheet():
                raise AssertionError("a row was lost")
            case UnreadableFile():
                assert 2 == result.row
                assert result.column in header or "showed its start or end twice" in result.reason

    def test_what_is_billable_is_no_total(self) -> None:
        """Though it lacks its day and the first name, and the rest are numbers."""
        refused = read_or_refused(written(HARVEST, [{"Hours": "1.5", "Billable?": "Yes"}]))
        assert isinstance(refused, UnreadableFile)
        assert 2 == refused.row
