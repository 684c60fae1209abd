"""The firm's settings, numbering and audit trail."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from invoicecore import Action, Billing, Deposit, Firm, Logo, PaymentTerms, Period, Role, utc
from invoicecore.errors import InvalidInput, InvalidState, NotFound, NotPermitted
from invoicecore.model.events import Change
from invoicecore.ports.store import AuditRecord
from invoicecore.testing.pictures import png
from invoicecore.values.ids import LogoId
from tests.books import books
from tests.pictures import jpeg
from tests.world import NOON, UNLIMITED, World, hourly, terms, usd


def manual(world: World, number: str | None = None) -> str | None:
    """The number of a new manual invoice."""
    return world.maria.invoices.manual(world.acme.id, usd(10), deposit=Deposit.NOT_DEPOSITED, number=number).number


class TestSettings:
    @pytest.mark.req("A2", "A3", "A4", "A7", "A8")
    def test_a_manager_changes_the_settings_one_by_one(self, world: World) -> None:
        """What is None stays as it is."""
        change = world.maria.firm.change
        change(name=" Southwind ")
        change(contact="2 Side St")
        change(timezone="Europe/Paris")
        change(theme=" classic  density=airy")
        change(payment_terms=PaymentTerms.net(30))
        change(currency="EUR")
        change(locale="fr-FR")
        firm = change(number_pattern="{seq}")
        expected = ("Southwind", "2 Side St", "Europe/Paris", PaymentTerms.net(30), "{seq}", "EUR", "fr_FR")
        assert "classic density=airy" == firm.theme
        assert expected == (
            firm.name,
            firm.contact,
            firm.timezone,
            firm.payment_terms,
            firm.number_pattern,
            firm.currency,
            firm.locale,
        )
        assert firm == world.maria.firm.settings() == world.lee.firm.settings()

    @pytest.mark.req("A3", "A4", "A8")
    def test_a_generated_invoice_keeps_the_head_it_was_generated_with(self, world: World) -> None:
        """Name, contact, theme, zone, tax id and how to pay of then; a draft shows those of now."""
        world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        world.maria.firm.change(theme="classic", tax_id="DE 123", payment_instructions="By wire")
        world.maria.invoices.generate(draft.id)
        other = world.maria.invoices.draft(world.acme.id, Period.month(2026, 4))
        world.maria.firm.change(name="Southwind", contact="2 Side St", theme="studio", timezone="UTC", tax_id="7")
        heads = [world.maria.invoices.printable(id).parties for id in (draft.id, other.id)]
        assert [
            ("Northwind Studio", "1 Main St", "classic", "America/Chicago", "DE 123", "By wire"),
            ("Southwind", "2 Side St", "studio", "UTC", "7", "By wire"),
        ] == [
            (it.firm_name, it.firm_contact, it.theme, it.timezone, it.tax_id, it.payment_instructions) for it in heads
        ]

    @pytest.mark.parametrize(
        "given",
        [
            {"name": ""},
            {"name": "A\nB"},
            {"contact": 5},
            {"timezone": "Middle/Earth"},
            {"timezone": "../etc/passwd"},
            {"theme": 1},
            {"theme": "dark"},
            {"theme": "plain accent=red"},
            {"theme": "plain font=wingdings"},
            {"theme": "plain shadow=deep"},
            {"tax_id": 5},
            {"payment_instructions": ["By wire"]},
            {"payment_terms": 14},
            {"number_pattern": "INV"},
            {"number_pattern": "{seq}{seq}"},
            {"number_pattern": "{seq}-{month}"},
            {"number_pattern": 5},
            {"currency": "XXX"},
            {"currency": "usd"},
            {"locale": ""},
            {"locale": "English"},
            {"locale": "xx_YY"},
            {"locale": "../en"},
            {"locale": "en\n"},
            {"locale": "e" * 100_000},
            {"locale": 5},
        ],
    )
    def test_settings_are_well_formed(self, world: World, given: dict[str, Any]) -> None:
        """Malformed values change nothing and win over everything else."""
        before = books(world.storage, world.billing.firm_id)
        for desk in (world.maria, world.lee):
            with pytest.raises(InvalidInput):
                desk.firm.change(**given)
        assert before == books(world.storage, world.billing.firm_id)

    @pytest.mark.req("A2")
    def test_only_a_manager_changes_them(self, world: World) -> None:
        """A contact does not even see them."""
        for desk in (world.sam, world.lee, world.cleo):
            with pytest.raises(NotPermitted):
                desk.firm.change(name="Mine")
            with pytest.raises(NotPermitted):
                desk.firm.set_next_number(100)
        with pytest.raises(NotPermitted):
            world.cleo.firm.settings()

    @pytest.mark.req("A7")
    def test_the_master_zone_decides_what_today_is(self, world: World) -> None:
        """At 05:30 UTC of 1 April it is still March in Chicago, and April in Paris."""
        world.clock.set(utc(2026, 4, 1, 4, 30))
        first = world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE)
        world.maria.firm.change(timezone="Europe/Paris")
        second = world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE)
        assert ["2026-03-31", "2026-04-01"] == [str(it.issued_on) for it in (first, second)]


class TestCurrencyAndLocale:
    def test_the_currency_is_that_of_new_clients(self, world: World) -> None:
        """Clients that are there keep theirs, and so does what they owe."""
        world.log(2)
        world.maria.firm.change(currency="EUR")
        beta = world.maria.clients.add(name="Beta", terms=UNLIMITED)
        gamma = world.maria.clients.add(name="Gamma", terms=terms())
        assert ["EUR", "USD", "USD"] == [it.currency for it in (beta, gamma, world.maria.clients.get(world.acme.id))]
        assert usd(-100) == world.balance()
        world.log(1)
        assert usd(-150) == world.balance()

    def test_invoices_are_written_in_the_locale_of_the_client_or_else_the_firms(self, world: World) -> None:
        """As it is when they are generated."""
        beta = world.maria.clients.add(name="Beta", terms=UNLIMITED, locale="de-AT")
        assert "de_AT" == beta.locale
        bills = [
            world.maria.invoices.manual(id, usd(5), deposit=Deposit.TO_BALANCE).id for id in (world.acme.id, beta.id)
        ]
        world.maria.firm.change(locale="fr_FR")
        world.maria.clients.change(beta.id, locale="it")
        assert ["en", "de_AT"] == [world.maria.invoices.printable(id).parties.locale for id in bills]
        for id in bills:
            world.maria.invoices.revert(id)
        assert ["fr_FR", "it"] == [world.maria.invoices.printable(id).parties.locale for id in bills]

    @pytest.mark.parametrize("locale", ["en", "en_US", "en-US", "zh_Hant_TW", "sr_Latn_RS", "ar", "ca_ES_valencia"])
    def test_it_can_be_used(self, world: World, locale: str) -> None:
        """What is kept is a locale in which money can be written."""
        kept = world.maria.firm.change(locale=locale).locale
        assert locale.replace("-", "_") == kept
        assert "5" in usd(5).format(kept) or "٥" in usd(5).format(kept)


class TestLogo:
    @pytest.mark.req("A6")
    def test_it_stands_on_invoices(self, world: World) -> None:
        """On those that are generated from then on; whoever sees one can load it, also a contact."""
        bill = partial(world.maria.invoices.manual, world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        before = bill().id
        firm = world.maria.firm.set_logo(png(30, 20))
        after = bill().id
        world.maria.firm.set_logo(jpeg(8, 8))
        for desk in (world.maria, world.cleo):
            heads = [desk.invoices.printable(id).parties for id in (before, after)]
            assert [None, firm.logo] == [head.logo for head in heads]
            logo = desk.firm.logo(heads[1].logo)
            assert logo is not None
            assert (png(30, 20), "image/png", 30, 20) == (logo.content, logo.media_type, logo.width, logo.height)

    @pytest.mark.req("A2", "A6")
    def test_it_can_be_taken_out(self, world: World) -> None:
        """The invoices that have it keep it."""
        assert world.maria.firm.logo() is None
        first = world.maria.firm.set_logo(png()).logo
        assert first is not None
        assert Logo(png()) == world.lee.firm.logo()
        assert world.maria.firm.set_logo(None).logo is None
        assert world.maria.firm.logo() is None
        assert Logo(png()) == world.maria.firm.logo(first)

    def test_the_same_picture_is_kept_once(self, world: World) -> None:
        """However often it comes and goes."""
        for content in (png(), None, png(2, 2), png(), png()):
            world.maria.firm.set_logo(content)
        assert [Logo(png()).id, Logo(png(2, 2)).id] == list(books(world.storage, world.billing.firm_id).logos)

    def test_it_is_in_the_audit_trail(self, world: World) -> None:
        """The picture when it is new, and the firm."""
        id = world.maria.firm.set_logo(png()).logo
        [*_, record] = world.maria.firm.audit()
        firm = world.billing.firm_id
        assert (Action.CHANGE_FIRM, (Change("Logo", str(id), 0, 1), Change("Firm", firm, 1, 2))) == (
            record.action,
            record.changes,
        )
        world.maria.firm.set_logo(png())
        [*_, record] = world.maria.firm.audit()
        assert (Change("Firm", firm, 2, 3),) == record.changes

    @pytest.mark.parametrize("wrong", [b"", b"GIF89a", png()[:-1], "logo.png", 7, bytearray(png())])
    def test_anything_else_is_refused(self, world: World, wrong: Any) -> None:
        """Whoever gives it."""
        for desk in (world.maria, world.cleo):
            with pytest.raises(InvalidInput):
                desk.firm.set_logo(wrong)
        assert world.maria.firm.settings().logo is None

    def test_another_firms(self, world: World) -> None:
        """It is not there, although it is kept in the same storage."""
        id = world.maria.firm.set_logo(png()).logo
        other = Billing.create(world.storage, Firm(name="Two", currency="USD", timezone="UTC")).as_owner()
        with pytest.raises(NotFound):
            other.firm.logo(id)
        assert id == other.firm.set_logo(png()).logo

    def test_a_new_firm_has_none(self) -> None:
        """A host that names one is told how to give it."""
        firm = Firm(name="Two", currency="USD", timezone="UTC", logo=LogoId("nothing"))
        with pytest.raises(InvalidInput, match="set_logo"):
            Billing.in_memory(firm)


class TestNumbers:
    @pytest.mark.req("A5")
    def test_the_next_number_continues_another_system(self, world: World) -> None:
        """From 1 it leaps to 500 and goes on from there."""
        assert 1 == world.maria.firm.next_number()
        assert 500 == world.maria.firm.set_next_number(500)
        assert ["INV-2026-0500", "INV-2026-0501"] == [manual(world), manual(world)]
        assert 502 == world.maria.firm.next_number()

    @pytest.mark.req("A5")
    def test_a_mistyped_number_is_put_right(self, world: World) -> None:
        """104300 for 1043 can be taken back, but never to a number at or below one that was given."""
        manual(world)
        world.maria.firm.set_next_number(104300)
        assert 1043 == world.maria.firm.set_next_number(1043) == world.maria.firm.next_number()
        assert ["INV-2026-1043", "INV-2026-1044"] == [manual(world), manual(world)]
        for number in (1, 2, 1043, 1044):
            with pytest.raises(InvalidState, match=r"numbers up to 1044 are given\. Take 1045 or a higher one"):
                world.maria.firm.set_next_number(number)
        assert 1045 == world.maria.firm.set_next_number(1045)

    @pytest.mark.parametrize("number", [0, -1, True, 1.0, "500", None, 10**12 + 1])
    def test_a_next_number_is_a_whole_number(self, world: World, number: Any) -> None:
        """From one on, and not astronomically large."""
        with pytest.raises(InvalidInput):
            world.maria.firm.set_next_number(number)

    def test_a_pattern_dresses_the_counter_and_does_not_restart_it(self, world: World) -> None:
        """Another pattern and another year go on with the same counter."""
        assert "INV-2026-0001" == manual(world)
        world.maria.firm.change(number_pattern="{year}/{seq:06}")
        world.clock.set(utc(2027, 1, 15))
        assert "2027/000002" == manual(world)


class TestAudit:
    def latest(self, world: World) -> AuditRecord:
        """The last record."""
        return world.maria.firm.audit(limit=1000)[-1]

    def test_a_command_has_one_record(self, world: World) -> None:
        """Who, what, when, and everything that changed with its versions."""
        count = len(world.maria.firm.audit())
        account = [it for it in self.latest_of_account(world) if it.kind == "Account"][-1]
        id = world.log(8)
        record = self.latest(world)
        assert count + 1 == len(world.maria.firm.audit())
        assert (NOON, world.lee.person_id, Action.LOG_WORK, "") == (record.at, record.by, record.action, record.reason)
        expected = (
            Change("WorkSession", id, 0, 1),
            Change("Account", world.acme.id, account.after, account.after + 1),
        )
        assert expected == record.changes

    def latest_of_account(self, world: World) -> list[Change]:
        """Every change of Acme's account so far."""
        records = world.maria.firm.audit()
        return [it for record in records for it in record.changes if it.id == world.acme.id]

    def test_versions_follow_each_other(self, world: World) -> None:
        """What one command left is what the next one found, for each thing."""
        id = world.log(8)
        world.sam.work.edit(id, hours=9)
        world.maria.accounts.adjust(world.acme.id, usd(5), reason="Gift")
        world.sam.work.delete(id)
        last: dict[tuple[str, str], int] = {}
        for record in world.maria.firm.audit(limit=1000):
            for change in record.changes:
                assert last.get((change.kind, change.id), 0) == change.before
                assert change.before + 1 == change.after
                last[change.kind, change.id] = change.after
        assert 3 == last["WorkSession", id]

    def test_a_refill_is_in_the_record_of_its_cause(self, world: World) -> None:
        """The session that crossed and the invoice it caused changed together."""
        world.log(20)
        assert {"WorkSession", "Invoice", "Account"} == {change.kind for change in self.latest(world).changes}
        assert Action.LOG_WORK is self.latest(world).action

    def test_where_a_reason_is_required_it_is_kept(self, world: World) -> None:
        """Adjustments, voids and work past the stop say why."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        world.maria.invoices.void(invoice.id, note=" Mistyped ")
        assert (Action.VOID, "Mistyped") == (self.latest(world).action, self.latest(world).reason)
        world.maria.accounts.adjust(world.acme.id, usd(-2000), reason="Old system")
        assert (Action.ADJUST, "Old system") == (self.latest(world).action, self.latest(world).reason)
        world.maria.work.log(world.site.id, start=NOON, hours=1, over_limit=True, reason="Was done")
        assert (Action.LOG_WORK, "Was done") == (self.latest(world).action, self.latest(world).reason)

    def test_what_is_gone_has_no_version_after(self, world: World) -> None:
        """A timer that ended and a draft that was deleted are at 0."""
        timer = world.lee.work.start(world.site.id)
        world.lee.work.discard(timer.id)
        assert Change("Timer", timer.id, 1, 0) in self.latest(world).changes
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        world.maria.invoices.delete(draft.id)
        assert Change("Invoice", draft.id, 1, 0) in self.latest(world).changes

    @pytest.mark.req("A2")
    def test_every_kind_of_command_is_on_record(self, world: World) -> None:
        """Settings, people, clients and projects too, each under its act."""
        commands: list[tuple[Action, Callable[[], object]]] = [
            (Action.CHANGE_FIRM, lambda: world.maria.firm.change(name="Southwind")),
            (Action.ADD_PERSON, lambda: world.maria.people.add(name="Kim", role=Role.WORKER)),
            (Action.CHANGE_PERSON, lambda: world.maria.people.change(world.lee.person_id, name="Leo")),
            (Action.ARCHIVE_PERSON, lambda: world.maria.people.archive(world.lee.person_id)),
            (Action.CHANGE_CLIENT, lambda: world.maria.clients.change(world.acme.id, name="Acme Ltd")),
            (Action.ARCHIVE_CLIENT, lambda: world.maria.clients.archive(world.acme.id)),
            (Action.ARCHIVE_CLIENT, lambda: world.maria.clients.restore(world.acme.id)),
            (
                Action.SET_TERMS,
                lambda: world.maria.clients.set_terms(
                    world.acme.id, world.maria.accounts.standing(world.acme.id).terms
                ),
            ),
            (Action.SET_RATE, lambda: world.maria.projects.set_rate(world.site.id, hourly(60))),
            (Action.CHANGE_PROJECT, lambda: world.maria.projects.change(world.site.id, notes="Ask Bob.")),
            (Action.ASSIGN, lambda: world.sam.projects.assign(world.site.id, world.sam.person_id)),
            (Action.ARCHIVE_PROJECT, lambda: world.maria.projects.archive(world.site.id)),
        ]
        for action, command in commands:
            count = len(world.maria.firm.audit(limit=1000))
            command()
            assert count + 1 == len(world.maria.firm.audit(limit=1000))
            assert action is self.latest(world).action

    def test_neither_looking_nor_a_refusal_is_on_record(self, world: World) -> None:
        """Only what changed something is."""
        before = world.maria.firm.audit()
        world.maria.accounts.standing(world.acme.id)
        with pytest.raises(NotPermitted):
            world.sam.projects.archive(world.site.id)
        world.billing.deliver()
        assert before == world.maria.firm.audit()

    def test_the_trail_is_read_in_pages(self, world: World) -> None:
        """The oldest first, from the one after the last that was seen."""
        for _ in range(5):
            world.log(1)
        everything = world.maria.firm.audit(limit=1000)
        paged: list[AuditRecord] = []
        while page := world.maria.firm.audit(after=paged[-1].id if paged else None, limit=4):
            assert len(page) <= 4
            paged += page
        assert list(everything) == paged
        assert Action.CHANGE_FIRM is everything[0].action

    @pytest.mark.parametrize("limit", [0, -1, 10_001, True, "5", None])
    def test_a_page_has_a_size(self, world: World, limit: Any) -> None:
        """A whole number from 1 to 10,000."""
        with pytest.raises(InvalidInput):
            world.maria.firm.audit(limit=limit)
