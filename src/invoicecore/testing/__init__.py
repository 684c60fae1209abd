"""Help for the tests of a host: a settable clock, ids that count, a recording notifier and quick passwords.

`invoicecore.testing.conformance` is the kit that checks a store of your own; it needs the extra `testing`.
"""

from invoicecore.adapters.clock import SettableClock
from invoicecore.adapters.notifier import RecordingNotifier
from invoicecore.testing.passwords import QuickPasswords
from invoicecore.values.ids import CountingIds

__all__ = ["CountingIds", "QuickPasswords", "RecordingNotifier", "SettableClock"]
