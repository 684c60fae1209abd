"""What does a store have to promise, all of it?"""

from invoicecore.testing.kit.claims import Claims
from invoicecore.testing.kit.commits import Commits
from invoicecore.testing.kit.counters import Counters
from invoicecore.testing.kit.durable import Durable, Shared
from invoicecore.testing.kit.entities import Entities
from invoicecore.testing.kit.firms import Firms
from invoicecore.testing.kit.keys import Keys
from invoicecore.testing.kit.lists import Lists
from invoicecore.testing.kit.outbox import Outbox
from invoicecore.testing.kit.pages import PagesOfAFirm
from invoicecore.testing.kit.privacy import Privacy
from invoicecore.testing.kit.races import Races
from invoicecore.testing.kit.refusals import Refusals
from invoicecore.testing.kit.streams import Streams
from invoicecore.testing.kit.values import Values
from invoicecore.testing.kit.walks import Walks


class StorageContract(
    Commits,
    Entities,
    Streams,
    Lists,
    PagesOfAFirm,
    Claims,
    Counters,
    Keys,
    Outbox,
    Values,
    Privacy,
    Firms,
    Refusals,
    Races,
    Walks,
):
    """Every promise of the storage port. The host's class gives the fixture `storage`."""


class DurableContract(StorageContract, Durable):
    """Those promises, and that of a store which survives the program: the host's class gives the fixture `reopen` as
    well, which is called to open what `storage` keeps once more, as another program would."""


class SharedContract(DurableContract, Shared):
    """Those promises, and that of a store which several programs have open at the same moment."""
