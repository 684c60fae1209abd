"""The contracts: all checks of one kind of store in one class."""

from invoicecore.testing.conformance.commits import Commits
from invoicecore.testing.conformance.counters import Counters
from invoicecore.testing.conformance.durable import Durable, Shared
from invoicecore.testing.conformance.entities import Entities
from invoicecore.testing.conformance.firms import Firms
from invoicecore.testing.conformance.keys import Keys
from invoicecore.testing.conformance.lists import Lists
from invoicecore.testing.conformance.outbox import Outbox
from invoicecore.testing.conformance.pages import PagesOfAFirm
from invoicecore.testing.conformance.privacy import Privacy
from invoicecore.testing.conformance.races import Races
from invoicecore.testing.conformance.refusals import Refusals
from invoicecore.testing.conformance.reservations import Reservations
from invoicecore.testing.conformance.streams import Streams
from invoicecore.testing.conformance.values import Values


class StorageContract(
    Commits,
    Entities,
    Streams,
    Lists,
    PagesOfAFirm,
    Reservations,
    Counters,
    Keys,
    Outbox,
    Values,
    Privacy,
    Firms,
    Refusals,
    Races,
):
    """Every promise of the storage port. The host's class gives the fixture `storage`."""


class DurableContract(StorageContract, Durable):
    """Those promises, and that of a store which survives the program: the host's class gives the fixture `reopen` as
    well, which is called to open what `storage` keeps once more, as another program would."""


class SharedContract(DurableContract, Shared):
    """Those promises, and that of a store which several programs have open at the same moment."""
