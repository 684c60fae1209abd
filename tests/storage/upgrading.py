"""Upgrades from a process that does nothing else."""

import time

from invoicecore.storage.sql import SqlStorage


def upgraded_at(moment: float, url: str) -> str | None:
    """Upgrade at that moment; what went wrong, if something did."""
    storage = SqlStorage.at(url)
    while time.time() < moment:
        pass
    try:
        storage.upgrade()
        storage.firms()
    except Exception as failed:
        return repr(failed)
    finally:
        storage.close()
    return None
