"""A limit on sign-in attempts that counts in the memory of this process."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from invoicecore.errors import InvalidInput, SignInThrottled
from invoicecore.ports.clock import Clock, time_by
from invoicecore.values.addresses import visitor
from invoicecore.values.inputs import short_repr

_MOST_KEYS = 100_000

_Key = tuple[str, str]  # "e-mail" or "address", and its text


class SlidingWindowThrottle:
    """A sliding-window limit on sign-in attempts, per e-mail and per address. An attempt counts when it begins, so
    simultaneous attempts are all counted; a successful one is removed again. The addresses of one IPv6 network of 64
    bits count as one, for that is what one visitor has; so do an IPv4 address and the same mapped into IPv6.

    The counts are stored in this process, so several processes allow several times as many. Thread-safe.
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
        self._attempts: OrderedDict[_Key, deque[datetime]] = OrderedDict()  # the latest attempt comes last
        self._lock = threading.Lock()

    def check(self, email: str, address: str | None) -> None:
        now = time_by(self._clock)
        keys: list[_Key] = [("e-mail", email)]
        if address is not None:
            keys.append(("address", visitor(address)))
        with self._lock:
            recent = {key: self._recent(key, now) for key in keys}
            if any(count >= self._most[key[0]] for key, count in recent.items()):
                raise SignInThrottled
            for key in keys:
                self._attempts.setdefault(key, deque()).append(now)
                self._attempts.move_to_end(key)
            while len(self._attempts) > _MOST_KEYS:
                self._attempts.popitem(last=False)

    def failed(self, email: str, address: str | None) -> None:
        pass  # counted when it began

    def succeeded(self, email: str, address: str | None) -> None:
        with self._lock:
            self._attempts.pop(("e-mail", email), None)
            attempts = self._attempts.get(("address", visitor(address or "")))
            if attempts:
                attempts.pop()

    def _recent(self, key: _Key, now: datetime) -> int:
        """The number of attempts within the window. What a clock that ran ahead put into the future is of now, or it
        would count until then."""
        attempts = self._attempts.get(key, deque())
        if attempts and attempts[-1] > now:
            attempts = self._attempts[key] = deque(min(attempt, now) for attempt in attempts)
        while attempts and now - attempts[0] >= self._within:
            attempts.popleft()
        return len(attempts)
