"""The check whether an error of a database means that the transaction is to be run again."""

_STATES = {"40001", "40P01", "55P03"}  # not serializable, deadlock, a lock that did not come free in time
_BUSY, _LOCKED = 5, 6  # of SQLite


def asks_to_run_again(trouble: BaseException | None) -> bool:
    """Whether an error, or the one that it came from, says that the transaction is to be run again as a whole."""
    while trouble is not None:
        if getattr(trouble, "sqlstate", None) in _STATES:
            return True
        if getattr(trouble, "sqlite_errorcode", 0) & 0xFF in (_BUSY, _LOCKED):
            return True
        trouble = getattr(trouble, "orig", None) or trouble.__cause__
    return False
