"""How is somebody stopped who tries one password after another?"""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from invoicecore.errors import InvalidInput, SignInThrottled
from invoicecore.ports.clock import Clock
from invoicecore.values.inputs import short_repr

_MOST_REMEMBERED = 100_000

_Whose = tuple[str, str]  # an e-mail or an address, and which of the two it is


class SlidingWindowThrottle:
    """Hears so many tries in some time for each e-mail, and for each address, and then no more until some of them are
    that long ago. A try counts from when it is asked, so that many at once are many; one that succeeds does not count.

    It remembers in this process alone, so several processes hear several times as many. Safe under threads.
    """

    def __init__(
        self, clock: Clock, *, for_email: int = 10, for_address: int = 100, within: timedelta = timedelta(minutes=15)
    ) -> None:
        for name, most in (("for_email", for_email), ("for_address", for_address)):
            if type(most) is not int or most < 1:
                raise InvalidInput(f"{name} must be a whole number above zero, not {short_repr(most)}.")
        if not isinstance(within, timedelta) or within <= timedelta(0):
            raise InvalidInput(f"within must be a timedelta above zero, not {short_repr(within)}.")
        self._clock = clock
        self._most = {"e-mail": for_email, "address": for_address}
        self._within = within
        self._tries: OrderedDict[_Whose, deque[datetime]] = OrderedDict()  # the latest try comes last
        self._lock = threading.Lock()

    def check(self, email: str, address: str | None) -> None:
        now = self._clock.now()
        whose: list[_Whose] = [("e-mail", email)]
        if address is not None:
            whose.append(("address", address))
        with self._lock:
            if any(self._recent(each, now) >= self._most[each[0]] for each in whose):
                raise SignInThrottled
            for each in whose:
                self._tries.setdefault(each, deque()).append(now)
                self._tries.move_to_end(each)
            while len(self._tries) > _MOST_REMEMBERED:
                self._tries.popitem(last=False)

    def failed(self, email: str, address: str | None) -> None:
        pass  # it was counted when it was asked

    def succeeded(self, email: str, address: str | None) -> None:
        with self._lock:
            self._tries.pop(("e-mail", email), None)
            tries = self._tries.get(("address", address or ""))
            if tries:
                tries.pop()

    def _recent(self, whose: _Whose, now: datetime) -> int:
        """How many tries are not too long ago."""
        tries = self._tries.get(whose, deque())
        while tries and now - tries[0] >= self._within:
            tries.popleft()
        return len(tries)
