"""How do the clients' balances become books that an accountant's program checks?"""

from invoicecore.exchange.journal.closing import Closing
from invoicecore.exchange.journal.writing import Dialect, write_journal

__all__ = ["Closing", "Dialect", "write_journal"]
