"""Instants and durations as text that programs and people can read."""

from datetime import datetime, timedelta


def instant(moment: datetime) -> str:
    """An instant in UTC: 2026-03-02T15:00:00Z, with a fraction of a second where it has one."""
    return moment.isoformat().replace("+00:00", "Z")


def duration(time: timedelta) -> str:
    """Hours, minutes and seconds: 1:30:00, with a fraction of a second where it has one. Hours may exceed 24."""
    seconds, micros = divmod(time // timedelta(microseconds=1), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" + (f".{micros:06}" if micros else "")
