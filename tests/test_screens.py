"""The example front end shows every screen to each of the four roles, and to each no more than theirs."""

import re
from functools import cache

import pytest

from examples import screens
from invoicecore import Role
from tests import cldr
from tests.lifecycle.texttable import rows

SEEN = rows("""
screen                | manager | supervisor | worker | contact
----------------------+---------+------------+--------+--------
firm_settings         | yes     | yes        | yes    |
my_profile            | yes     | yes        | yes    | yes
employees             | yes     | yes        |        |
create_an_employee    | yes     |            |        |
clients               | yes     | yes        |        | yes
create_a_client       | yes     |            |        |
client_summary        | yes     | yes        |        | yes
client_contacts       | yes     | yes        |        |
client_projects       | yes     | yes        |        | yes
client_invoices       | yes     |            |        | yes
client_transactions   | yes     |            |        | yes
adjustment            | yes     |            |        |
projects              | yes     | yes        | yes    | yes
create_a_project      | yes     |            |        |
project               | yes     | yes        | yes    | yes
assign                | yes     | yes        |        |
work                  | yes     | yes        | yes    | yes
log_work              | yes     | yes        | yes    |
edit_work             | yes     | yes        |        |
invoices              | yes     |            |        | yes
invoice               | yes     |            |        | yes
record_payment        | yes     |            |        |
manual_invoice        | yes     |            |        |
unbilled              | yes     |            |        | yes
aging                 | yes     |            |        | yes
forecast              | yes     |            |        | yes
explain               | yes     |            |        | yes
""")
"""Which screens are shown to whom; on the others stands a refusal."""

MONEY = re.compile(r"\$|\d USD|\d\.\d\d")
"""An amount; that the firm's currency is USD is none."""


@cache
def shown(role: Role) -> dict[str, str]:
    """What is on each screen, by its name."""
    names = [screen.__name__ for screen in screens.SCREENS]
    return dict(zip(names, (text for _, text in screens.shown(role)), strict=True))


@pytest.mark.parametrize("role", list(Role))
class TestEveryRole:
    """The screens of somebody in that role."""

    @pytest.mark.req("A14", "A15", "A17", "A18", "A19", "A20", "A21", "A44")
    def test_which_screens(self, role: Role) -> None:
        """Each is shown or refused, as the table says."""
        seen = {name: "" if re.fullmatch(r"\(.+ (may|here)\.\)", text) else "yes" for name, text in shown(role).items()}
        assert seen == {name: cells[role] for name, cells in SEEN.items()}

    def test_there_is_something_on_it(self, role: Role) -> None:
        """Nothing is empty but the contacts, which only Managers see."""
        empty = {name for name, text in shown(role).items() if not text or "(nothing)" in text}
        assert empty == ({"client_contacts"} if role is Role.SUPERVISOR else set())

    def test_money(self, role: Role) -> None:
        """Supervisors and workers see none on any screen; Managers and contacts do."""
        with_money = {name for name, text in shown(role).items() if MONEY.search(text)}
        assert bool(with_money) == (role in {Role.MANAGER, Role.CONTACT}), with_money

    def test_whose(self, role: Role) -> None:
        """A worker and a contact see nothing of Globex, the other client, whose project is the App."""
        of_globex = {name for name, text in shown(role).items() if re.search(r"Globex|\bApp\b|Sketches|440", text)}
        assert bool(of_globex) == (role in {Role.MANAGER, Role.SUPERVISOR}), of_globex


class TestFigures:
    """What stands on some of the screens of a Manager."""

    @pytest.mark.req("A41", "A42", "A46", "A47")
    def test_clients(self) -> None:
        """$1,000 − 40 h × $50 + $400 − 3 h × $50 = −$750: $750 on the way of $1,000 from one block above −$1,000."""
        figures = [cldr.money(amount) for amount in ("-750.00", "-1500.00", "-1000.00")]
        acme = shown(Role.MANAGER)["clients"].splitlines()[1]
        assert acme.split() == " ".join(["Acme", *figures, "75%", "no"]).split()
        invoiced = shown(Role.CONTACT)["client_summary"].splitlines()[-1]
        assert invoiced.split() == f"Invoiced {cldr.money('120.00')}".split()

    @pytest.mark.req("A71", "A72", "A75")
    def test_a_payment(self) -> None:
        """Of $1,000, $400 were paid: $600 are offered, and $350 after $250."""
        amounts = [cldr.money(amount) for amount in ("600.00", "250.00", "350.00")]
        found = re.findall("|".join(map(re.escape, amounts)), shown(Role.MANAGER)["record_payment"])
        assert found == amounts

    @pytest.mark.req("A10")
    def test_ones_own_zone(self) -> None:
        """Work from 15:00 UTC on 31 March is told at 10:00 in Chicago, and to Lee at 16:00 in Lisbon."""
        assert re.search(r"\b31 \S+ 10:00", shown(Role.MANAGER)["work"])
        assert re.search(r"\b31 \S+ 16:00", shown(Role.WORKER)["work"])


def test_as_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """All roles are shown, or those that are named."""
    screens.main(["worker", "contact"])
    printed = capsys.readouterr().out
    assert ("As a worker" in printed, "As a manager" in printed) == (True, False)
    assert printed.count("── My profile\n") == 2
    assert all(text in printed for text in shown(Role.CONTACT).values())
