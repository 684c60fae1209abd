"""How a host creates its books and opens them again."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import QueuePool

from invoicecore import (
    Action,
    Billing,
    CountingIds,
    Deposit,
    Firm,
    MemoryStorage,
    Period,
    Person,
    Role,
    SettableClock,
    Tax,
    TaxCategory,
    TaxComponent,
    utc,
)
from invoicecore.errors import InvalidInput, NotFound, NotPermitted, PersonArchived, StorageUnavailable
from invoicecore.model.firm import DatedTax
from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import FirmId
from tests.books import books
from tests.world import NOON, UNLIMITED, World, usd

FIRM = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago")


class TestInMemory:
    def test_a_firm_is_all_it_takes(self) -> None:
        """The owner is then called Owner and is a Manager."""
        desk = Billing.in_memory(FIRM).as_owner()
        assert ("Owner", Role.MANAGER) == (desk.people.me().name, desk.people.me().role)
        assert (FIRM.name, FIRM.currency, FIRM.timezone) == (
            desk.firm.settings().name,
            desk.firm.settings().currency,
            desk.firm.settings().timezone,
        )

    def test_without_a_clock_it_is_now(self) -> None:
        """The system's clock and time-ordered ids are the default."""
        desk = Billing.in_memory(FIRM).as_owner()
        [record] = desk.firm.audit()
        assert "00:00" == record.at.isoformat()[-5:]
        assert record.id > desk.person_id > desk.firm.settings().id

    def test_two_firms_know_nothing_of_each_other(self) -> None:
        """Each has its own books."""
        one, two = Billing.in_memory(FIRM), Billing.in_memory(FIRM)
        one.as_owner().clients.add(name="Acme", terms=UNLIMITED)
        assert () == two.as_owner().clients.all()


class TestCreate:
    def test_the_owner_is_the_first_manager(self) -> None:
        """With the name and e-mail that were given; nobody else can have the e-mail."""
        owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
        billing = Billing.create(MemoryStorage(), FIRM, owner, clock=SettableClock(NOON), ids=CountingIds())
        me = billing.as_owner().people.me()
        assert ("Maria", "maria@northwind.example") == (me.name, me.email)
        assert (billing.firm_id, me.id) == (
            billing.as_owner().firm.settings().id,
            billing.as_owner().firm.settings().owner_id,
        )
        assert (me,) == billing.as_owner().people.all()

    @pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.WORKER])
    def test_nobody_else_can_be_the_first(self, role: Role) -> None:
        """Otherwise nobody could add the others; nothing is stored."""
        storage = MemoryStorage()
        with pytest.raises(InvalidInput, match="must be a manager"):
            Billing.create(storage, FIRM, Person(name="Lee", role=role))
        with pytest.raises(InvalidInput, match="must be a manager"):
            Billing.create(storage, FIRM, Person(name="Maria", role=Role.MANAGER, archived=True))
        assert () == storage.firms()

    def test_a_tax_code_must_be_there(self) -> None:
        """The firm's own, as where it is changed."""
        vat = DatedTax(Tax("VAT", TaxCategory.STANDARD, [TaxComponent("VAT", "19")]))
        firm = Firm(name="Northwind", currency="USD", timezone="UTC", tax="VAT")
        with pytest.raises(NotFound, match="tax code 'VAT'"):
            Billing.in_memory(firm)
        assert Billing.in_memory(evolve(firm, taxes=[vat])).as_owner().firm.settings().tax == "VAT"

    def test_a_number_pattern_must_count(self) -> None:
        """A pattern without the counter would repeat itself."""
        firm = Firm(name="Northwind", currency="USD", timezone="UTC", number_pattern="INV-{year}")
        with pytest.raises(InvalidInput, match="seq"):
            Billing.in_memory(firm)

    @pytest.mark.parametrize(
        "given",
        [{"name": ""}, {"currency": "usd"}, {"currency": "XXX"}, {"timezone": "Nowhere"}, {"payment_terms": 14}],
    )
    def test_a_firm_is_well_formed(self, given: dict[str, Any]) -> None:
        """Name, currency and zone are real ones."""
        with pytest.raises(InvalidInput):
            Firm(**{"name": "Northwind", "currency": "USD", "timezone": "UTC", **given})

    def test_making_the_firm_is_on_record(self, world: World) -> None:
        """The first audit record tells of the firm and its owner."""
        [first] = world.maria.firm.audit(limit=1)
        assert world.maria.person_id == first.by
        assert ["Firm", "Person"] == [change.kind for change in first.changes]


class TestOpen:
    def test_the_only_firm_is_opened_without_its_id(self, world: World) -> None:
        """Everything that was there is there, under the same owner."""
        world.log(8)
        again = Billing.open(world.storage, clock=world.clock)
        assert world.billing.firm_id == again.firm_id
        assert usd(-400) == again.as_owner().accounts.standing(world.acme.id).balance
        again.acting_as(world.lee.person_id).work.log(world.site.id, start=NOON, hours=1)
        assert usd(-450) == world.balance()

    def test_among_several_one_must_be_named(self, world: World) -> None:
        """Whoever asks is told how to learn their ids, and not the ids; each is opened by its own."""
        other = Billing.create(world.storage, FIRM)
        with pytest.raises(InvalidInput, match="There are 2 firms") as refused:
            Billing.open(world.storage)
        assert not any(id in str(refused.value) for id in (world.billing.firm_id, other.firm_id))
        assert () == Billing.open(world.storage, other.firm_id).as_owner().clients.all()
        assert (world.acme,) == Billing.open(world.storage, world.billing.firm_id).as_owner().clients.all()

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        """Neither in an empty store nor under a made-up id, which leaves no trace."""
        with pytest.raises(NotFound):
            Billing.open(MemoryStorage())
        with pytest.raises(NotFound):
            Billing.open(world.storage, FirmId("no-such-firm"))
        assert (world.billing.firm_id,) == tuple(world.storage.firms())
        Billing.open(world.storage)

    def test_a_long_id_is_not_repeated_as_a_whole(self, world: World) -> None:
        """The message shows the beginning of what was asked for."""
        with pytest.raises(NotFound, match="There is no client 'xxxxx") as missing:
            world.maria.clients.get("x" * 1_000_000)
        assert len(str(missing.value)) < 120

    def test_opening_changes_nothing(self, world: World) -> None:
        """It can be done as often as one likes."""
        before = books(world.storage, world.billing.firm_id)
        Billing.open(world.storage).as_owner().people.me()
        assert before == books(world.storage, world.billing.firm_id)


def pooled(storage: Storage) -> int:
    """How many connections to a database the library holds."""
    assert isinstance(storage, SqlStorage)
    pool = storage._source.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedin()


class TestUrl:
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """Where a database may be made."""
        return f"sqlite:///{tmp_path / 'books.db'}"

    def test_books_are_made_once_and_opened_ever_after(self, url: str) -> None:
        """One line for a file on disk."""
        maria = Billing.create(url, FIRM, Person(name="Maria", role=Role.MANAGER)).as_owner()
        acme = maria.clients.add(name="Acme", terms=UNLIMITED)
        again = Billing.open(url)
        assert (acme,) == again.as_owner().clients.all()
        assert acme == Billing.open(url, again.firm_id).acting_as(maria.person_id).clients.get(acme.id)

    def test_a_database_is_let_go(self, url: str) -> None:
        """One that was opened by its URL, at the end of a block; a host's own storage stays as it is."""
        with Billing.create(url, FIRM) as billing:
            maria = billing.as_owner()
            assert 1 == pooled(billing._storage)
        assert 0 == pooled(billing._storage)
        assert "Owner" == maria.people.me().name  # opened again
        billing.close()
        own = SqlStorage.at(url)
        with Billing.open(own) as billing:
            billing.as_owner()
        assert 1 == pooled(own)
        own.close()

    def test_a_database_may_keep_several_firms(self, url: str) -> None:
        """Its tables are made with the first."""
        one, two = Billing.create(url, FIRM), Billing.create(url, FIRM)
        with pytest.raises(InvalidInput, match="There are 2 firms here"):
            Billing.open(url)
        assert [one.firm_id, two.firm_id] == [Billing.open(url, it.firm_id).firm_id for it in (one, two)]

    def test_a_firm_that_is_refused_makes_no_tables(self, tmp_path: Path, url: str) -> None:
        """Nothing is connected to."""
        with pytest.raises(InvalidInput, match="must be a manager"):
            Billing.create(url, FIRM, Person(name="Lee", role=Role.WORKER))
        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize("url", ["", "books.db", "nowhere://books"])
    def test_what_is_no_url_is_refused(self, url: str) -> None:
        """With an example of one."""
        with pytest.raises(InvalidInput, match="sqlite"):
            Billing.create(url, FIRM)
        with pytest.raises(InvalidInput, match="sqlite"):
            Billing.open(url)

    @pytest.mark.parametrize(
        ("library", "extra"), [("sqlalchemy", "sql"), ("sqlalchemy.engine", "sql"), ("psycopg", "postgres")]
    )
    def test_a_missing_extra_is_named(self, library: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the command that installs it."""
        monkeypatch.setitem(sys.modules, "invoicecore.storage.sql", Missing(library))
        how = rf"pip install 'invoicecore\[{extra}\]'"
        with pytest.raises(StorageUnavailable, match=how):
            Billing.create("sqlite://", FIRM)
        with pytest.raises(StorageUnavailable, match=how):
            Billing.open("sqlite://")

    def test_other_trouble_is_not_mistaken_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is missing for another reason is told as it is."""
        monkeypatch.setitem(sys.modules, "invoicecore.storage.sql", Missing("json"))
        with pytest.raises(ModuleNotFoundError, match="json"):
            Billing.open("sqlite://")


class Missing(ModuleType):
    """A module that cannot be loaded, because a library that it needs is not there."""

    def __init__(self, library: str) -> None:
        super().__init__("missing")
        self._library = library

    def __getattr__(self, name: str) -> object:
        raise ModuleNotFoundError(f"No module named {self._library!r}", name=self._library)


class TestActing:
    def test_a_desk_belongs_to_one_person(self, world: World) -> None:
        """It knows who sits at it."""
        desk = world.billing.acting_as(world.lee.person_id)
        assert world.lee.person_id == desk.person_id == desk.people.me().id

    def test_nobody_is_not_found(self, world: World) -> None:
        """A made-up id, and what is no id at all."""
        for signed_in in (False, True):
            with pytest.raises(NotFound):
                world.billing.acting_as("nobody", signed_in=signed_in)
        wrong: Any = None
        with pytest.raises(InvalidInput):
            world.billing.acting_as(wrong)

    @pytest.mark.req("A28")
    def test_a_host_records_that_somebody_signed_in(self, world: World) -> None:
        """It is the last sign-in on the employee list, with an audit record by them, also of those without a password;
        without a word, nothing is recorded."""
        world.clock.set(utc(2026, 3, 3, 9))
        before = books(world.storage, world.billing.firm_id)
        world.billing.acting_as(world.sam.person_id)
        assert before == books(world.storage, world.billing.firm_id)
        sam = world.billing.acting_as(world.sam.person_id, signed_in=True)
        assert utc(2026, 3, 3, 9) == sam.people.login(sam.person_id).last_sign_in
        [row] = [it for it in world.maria.pages.people().rows if it.person.id == sam.person_id]
        assert utc(2026, 3, 3, 9) == row.last_sign_in
        last = world.maria.firm.audit()[-1]
        assert (Action.SIGN_IN, sam.person_id) == (last.action, last.by)
        after = books(world.storage, world.billing.firm_id)
        world.maria.people.archive(sam.person_id)
        with pytest.raises(PersonArchived):
            world.billing.acting_as(sam.person_id, signed_in=True)
        with pytest.raises(InvalidInput):
            world.billing.acting_as(world.lee.person_id, signed_in=1)  # type: ignore[arg-type]
        assert len(after.audit) + 1 == len(books(world.storage, world.billing.firm_id).audit)

    def test_the_owner_may_be_demoted_and_archived_like_anybody(self, world: World) -> None:
        """`as_owner` is the desk of that person, whatever they may do now."""
        mona = world.maria.people.add(name="Mona", role=Role.MANAGER)
        world.maria.people.change(world.maria.person_id, role=Role.WORKER)
        owner = world.billing.as_owner()
        with pytest.raises(NotPermitted):
            owner.people.all()
        world.billing.acting_as(mona.id).people.archive(world.maria.person_id)
        with pytest.raises(PersonArchived):
            world.billing.as_owner()


class TestFirstHour:
    """What a developer sees who tries things in a shell."""

    def test_the_class_names_its_makers(self) -> None:
        """Nobody has to guess seven ports."""
        firm: Any = Firm(name="Northwind", currency="USD", timezone="UTC")
        wrong: tuple[Any, ...]
        for wrong in ((), (firm,), (MemoryStorage(), firm), ("sqlite://", firm, None)):
            with pytest.raises(TypeError, match=r"in_memory\(firm\) or Billing\.create\(.*Billing\.open\("):
                Billing(*wrong)
        with pytest.raises(TypeError, match=r"Billing\.in_memory\(firm\)"):
            Billing(firm=firm)  # type: ignore[call-arg]

    def test_one_line_says_it(self, world: World) -> None:
        """Billing, desk, standing, invoice and page tell what one wants to know of them."""
        world.log(8)
        invoice = world.maria.invoices.manual(
            world.acme.id, usd(100), deposit=Deposit.NOT_DEPOSITED, description="Licence"
        )
        world.maria.payments.record(invoice.id, usd(40))
        shown = [
            f"<Billing of {world.billing.firm_id} in MemoryStorage()>",
            f"<Desk of {world.maria.person_id}>",
            f"<Invoice {invoice.number}: manual, unpaid, 60.00 USD due of 100.00 USD>",
            "<Page: 1 of ProjectRow>",
            "<Page: 10 of AuditRow>",
        ]
        desk = world.maria
        said = [world.billing, desk, desk.invoices.get(invoice.id), desk.pages.projects(), desk.pages.audit()]
        assert shown == [repr(it) for it in said]
        assert repr(desk.accounts.standing(world.acme.id)).startswith("<Standing: balance ")

    def test_what_a_desk_returns(self, world: World) -> None:
        """Each value that calls return says in one short line what it is."""
        session = world.maria.work.log(world.site.id, start=world.clock.now(), hours=8, note="Wireframes")
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        bill = world.maria.invoices.generate(draft.id)
        receipt = world.maria.payments.record(bill.id, usd(100))
        accounts, pages = world.maria.accounts, world.maria.pages
        statement, account = accounts.statement(world.acme.id), accounts.account_statement(world.acme.id)
        assert [
            "<Client Acme, USD>",
            "<Project Website, 50 USD/h>",
            "<Person Maria, manager>",
            "<Firm Northwind Studio, USD, America/Chicago>",
            "<WorkSessionView 2026-03-02: 8:00:00 h, 400.00 USD>",
            "<Draft: 400.00 USD due of 400.00 USD; 0 added, 0 removed, 0 changed, 0.00 USD in all>",
            "<Receipt: <Invoice INV-2026-0001: time, unpaid, 300.00 USD due of 400.00 USD>, credit 0.00 USD>",
            "<Payment 2026-03-02: 100.00 USD, 0.00 USD unapplied>",
            "<Statement of all days: 0.00 USD, 2 rows, -300.00 USD>",
            "<StatementRow 2026-03-02: work, -400.00 USD, leaves -400.00 USD>",
            "<LedgerEntry 1: work of 2026-03-02, -40000, leaves -40000>",
            "<AccountStatement of all days: 0.00 USD, 2 rows, 300.00 USD, 1 open>",
            "<DueRow 2026-03-02: invoice INV-2026-0001, 400.00 USD, leaves 400.00 USD>",
            "<Dues: 300.00 USD due, 0.00 USD prepaid, 2 events>",
            "<MonthClose 2026-03-01 to 2026-03-31: clients 1, currencies 1>",
            "<InvoiceRow INV-2026-0001: Acme, unpaid, 300.00 USD due>",
            "<Period 2026-03-01 to 2026-03-31>",
            f"<Invoices of {world.maria.person_id}>",
        ] == [
            repr(it)
            for it in (
                world.acme,
                world.maria.projects.get(world.site.id),
                world.maria.people.me(),
                world.maria.firm.settings(),
                session,
                draft,
                receipt,
                receipt.payment,
                statement,
                statement.rows[0],
                accounts.entries(world.acme.id)[0],
                account,
                account.rows[0],
                accounts.dues(world.acme.id),
                accounts.close(Period.month(2026, 3)),
                pages.invoices().rows[0],
                Period.month(2026, 3),
                world.maria.invoices,
            )
        ]
        shown = (pages.invoice(bill.id), pages.audit().rows[0], bill, world.maria.invoices.history(bill.id)[0])
        assert all(len(repr(it)) < 200 for it in (*shown, accounts.printable_account_statement(world.acme.id)))

    def test_no_password_is_shown(self) -> None:
        """The store of a billing is named without what opens it."""
        storage = SqlStorage.at("postgresql+psycopg://maria:secret@localhost/books")
        assert "SqlStorage.at('postgresql+psycopg://maria:***@localhost/books')" == repr(storage)


class TestDeliverArguments:
    @pytest.mark.parametrize("limit", [0, -1, True, "10", None])
    def test_a_limit_is_a_whole_number(self, world: World, limit: Any) -> None:
        """Above zero."""
        with pytest.raises(InvalidInput):
            world.billing.deliver(limit)
