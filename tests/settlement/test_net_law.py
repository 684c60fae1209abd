"""The law of the balance over random histories with taxes."""

import pytest
from attrs import evolve

from invoicecore.model.charge import Charge
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.post import post_charge
from invoicecore.values.stamp import CommandStamp
from tests.settlement.net_law import STEPS, check


@pytest.mark.parametrize("seed", range(20))
def test_after_every_step(seed: int) -> None:
    """And when everything is paid and no credit is left, the balance is what was asked for beyond what was charged."""
    assert STEPS // 2 < check(seed)


def test_a_wrong_balance_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a charge that is deleted stays drawn."""

    def kept(account: Account, old: Charge, stamp: CommandStamp) -> Decision:
        gone = evolve(old, minor=0, removed=True)
        return post_charge(account, gone, gone, stamp)

    monkeypatch.setattr("invoicecore.desk.charges.remove_charge", kept)
    with pytest.raises(AssertionError):
        [check(seed) for seed in range(20)]
