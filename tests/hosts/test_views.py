"""The views say with plain SQL what the library says, and the tables may be in a schema of their own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, inspect, text

from invoicecore import Billing, Firm, Money, Period, Rate, TaxCategory, Terms
from invoicecore.errors import InvalidInput, SchemaMismatch
from invoicecore.storage.sql import JoinedStorage, SqlStorage, tables_in, upgrade
from invoicecore.storage.sql.views import create_views, views
from tests.hosts.hosts import HOSTS, engine_of
from tests.world import NOON, World, new_world, terms, usd

PAGE = Path(__file__).parents[2] / "docs/reference/tables.md"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with tables."""
    with engine_of(database_url) as made:
        SqlStorage(made).upgrade()
        yield made


def row(engine: Engine, view: str, where: str = "") -> dict[str, Any]:
    """The one row of a view."""
    with engine.connect() as connection:
        [found] = connection.execute(text(f"SELECT * FROM {view} {where}")).mappings().all()
    return {name: Decimal(str(it)) if isinstance(it, float | Decimal) else it for name, it in found.items()}


def moment(value: Any) -> datetime:
    """An instant as it comes out of either database."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


class TestViews:
    def test_a_client_and_their_work(self, engine: Engine) -> None:
        """The figures are those of the library, to the digit."""
        world = new_world(storage=SqlStorage(engine))
        world.log("1.1")
        session = world.log("0.333", start=NOON)
        world.maria.work.edit(session, note="Wireframes")
        world.maria.accounts.adjust(world.acme.id, usd("-33.33"), reason="Agreed")
        self.same(engine, world)

    def test_charges_and_taxes(self, engine: Engine) -> None:
        """A train, a fee and a discount beside work that a cap cuts."""
        world = new_world(terms(allowed=None, refill_at=None), storage=SqlStorage(engine))
        maria, acme, day = world.maria, world.acme.id, NOON.date()
        maria.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19")
        maria.firm.change(tax="VAT")
        maria.projects.change(world.site.id, cap=usd(60))
        world.log(2)
        maria.charges.expense(acme, day, price=usd(80), cost="72.30 EUR", note="Train", project_id=world.site.id)
        maria.charges.fee(acme, day, usd("10.01"), note="Hosting")
        maria.charges.allow(acme, percent=10, period=Period.month(2026, 3))
        maria.charges.delete(maria.charges.fee(acme, day, usd(5)).id)
        self.same(engine, world)
        maria.invoices.generate(maria.invoices.draft(acme, Period.month(2026, 3)).id)
        self.same(engine, world)
        with engine.connect() as connection:
            assert 3 == connection.execute(text("SELECT count(*) FROM ic_v_charges")).scalar_one()

    def test_paid_in_part_and_void(self, engine: Engine) -> None:
        """What is due is what the library says is due."""
        world = new_world(terms(refill_at=None), storage=SqlStorage(engine))
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        invoice = world.maria.invoices.generate(draft.invoice.id)
        world.maria.payments.record(invoice.id, usd("40.25"), reference="R 1")
        self.same(engine, world)
        world.maria.payments.reverse(world.maria.payments.of(world.acme.id)[0].id, note="Bounced")
        world.maria.invoices.void(invoice.id, note="Wrong")
        self.same(engine, world)

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", "-1234"), ("KWD", "-1.234"), ("CLF", "-0.1234")])
    def test_other_currencies(self, engine: Engine, currency: str, amount: str) -> None:
        """Each has the digits of ISO 4217."""
        billing = Billing.create(SqlStorage(engine), Firm(name="Ten", currency=currency, timezone="UTC"))
        desk = billing.as_owner()
        client = desk.clients.add(name="Acme", terms=Terms.unlimited())
        desk.projects.add(client_id=client.id, name="Job", rate=Rate.hourly("1", currency))
        desk.accounts.adjust(client.id, Money.of(amount, currency), reason="Agreed")
        assert Decimal(amount) == row(engine, "ic_v_clients")["balance"]
        assert Decimal(amount) == row(engine, "ic_v_entries")["amount"]

    def same(self, engine: Engine, world: World) -> None:
        """Every row of every view is what the desk shows."""
        desk, acme = world.maria, world.acme.id
        standing, client = desk.accounts.standing(acme), row(engine, "ic_v_clients")
        assert ("Acme", "USD") == (client["name"], client["currency"])
        assert standing.balance.amount == client["balance"]
        assert standing.outstanding.amount == client["outstanding"]
        allowed = standing.terms.allowed_balance
        assert (allowed and allowed.amount) == client["allowed_balance"]
        for session in desk.work.sessions():
            shown = row(engine, "ic_v_sessions", f"WHERE id = '{session.id}'")
            assert session.amount is not None
            assert (session.amount.amount, session.note) == (shown["amount"], shown["note"])
            assert ("Acme", "Website", "Lee") == (shown["client"], shown["project"], shown["person"])
            assert session.start == moment(shown["start"])
            assert session.duration.total_seconds() == pytest.approx(float(shown["hours"]) * 3600)
        for invoice in desk.invoices.of(acme):
            shown = row(engine, "ic_v_invoices", f"WHERE id = '{invoice.id}'")
            assert (invoice.number, invoice.status) == (shown["number"], shown["status"])
            assert (invoice.total.amount, invoice.amount_due.amount) == (shown["total"], shown["amount_due"])
            assert invoice.tax.amount == shown["tax"]
            assert str(invoice.due_on) == str(shown["due_on"])
        for charge in desk.charges.list(client_id=acme):
            shown = row(engine, "ic_v_charges", f"WHERE id = '{charge.id}'")
            assert charge.amount is not None
            assert (charge.kind, str(charge.day), charge.note) == (shown["kind"], str(shown["day"]), shown["note"])
            assert (charge.amount.amount, charge.cost) == (shown["amount"], shown["cost"])
            assert ("Acme", charge.project_id and "Website", "Maria") == tuple(
                shown[it] for it in ("client", "project", "person")
            )
        site = row(engine, "ic_v_projects")
        project = desk.projects.get(site["id"])
        assert (project.billing, project.cap and project.cap.amount) == (site["billing"], site["cap"])
        assert (project.cap_used and project.cap_used.amount) == site["cap_used"]
        for payment in desk.payments.of(acme):
            shown = row(engine, "ic_v_payments", f"WHERE id = '{payment.id}'")
            assert (payment.minor, payment.reference) == (shown["amount"] * 100, shown["reference"])
        for entry in desk.accounts.entries(acme):
            shown = row(engine, "ic_v_entries", f"WHERE sequence = {entry.sequence}")
            assert (entry.minor, entry.balance_minor) == (shown["amount"] * 100, shown["balance"] * 100)

    def test_the_migrations_make_them(self, engine: Engine) -> None:
        """As they are defined now; a change needs a new revision."""
        folder = Path(str(Path(upgrade.__code__.co_filename).parent / "migrations"))
        database = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        said = (folder / f"0001.{database}.sql").read_text(encoding="utf-8")
        assert [] == [it for it in create_views(sqlite=database == "sqlite") if it not in said]
        with engine.connect() as connection:
            assert set(views(sqlite=True)) == {it for it in inspect(connection).get_view_names() if "ic_v" in it}

    def test_each_column_is_documented(self, engine: Engine) -> None:
        """The page has each view with its columns, and no others."""
        page = PAGE.read_text(encoding="utf-8")
        said = dict(re.findall(r"^\| `(ic_v_\w+)` \| (.*?) \|", page, re.MULTILINE))
        with engine.connect() as connection:
            made = {it: [column["name"] for column in inspect(connection).get_columns(it)] for it in views(sqlite=True)}
        assert made == {view: re.findall(r"`(\w+)`", columns) for view, columns in said.items()}


class TestSchema:
    """On PostgreSQL."""

    @pytest.fixture
    def engine(self, postgres_url: str) -> Iterator[Engine]:
        """A database with a schema that is not the one where names are looked for."""
        with engine_of(postgres_url) as made:
            with made.begin() as connection:
                here = connection.exec_driver_sql("SELECT current_schema()").scalar()
                connection.exec_driver_sql(f'CREATE SCHEMA "{here}-Billing"')
            yield made
            with made.begin() as connection:
                connection.exec_driver_sql(f'DROP SCHEMA "{here}-Billing" CASCADE')

    @staticmethod
    def name(engine: Engine) -> str:
        """The name of that schema, which needs quotes."""
        with engine.connect() as connection:
            return str(connection.exec_driver_sql("SELECT current_schema()").scalar()) + "-Billing"

    @pytest.mark.parametrize("mapped", [False, True])
    def test_of_their_own(self, engine: Engine, mapped: bool) -> None:
        """Given by `schema`, or by the engine's `schema_translate_map`; the host's own schema stays empty."""
        schema = self.name(engine)
        host = engine.execution_options(schema_translate_map={None: schema}) if mapped else engine
        storage = SqlStorage(host) if mapped else SqlStorage(host, schema=schema)
        assert storage.schema_version() is None
        storage.upgrade()
        world = new_world(storage=storage)
        world.log(2)
        with host.begin() as connection:
            world.billing.joined(connection).as_owner().clients.add(name="Joined", terms=Terms.unlimited())
        assert 2 == len(world.maria.pages.clients().rows)
        assert () == world.billing.verify().findings
        with engine.connect() as connection:
            assert [] == inspect(connection).get_table_names()
            assert "ic_clients" in inspect(connection).get_table_names(schema=schema)
        with pytest.raises(SchemaMismatch):
            SqlStorage(engine).firms()

    def test_in_a_hosts_migration(self, engine: Engine) -> None:
        """The search path of the host's transaction is as it was afterwards."""
        schema = self.name(engine)
        with engine.begin() as connection:
            before = connection.exec_driver_sql("SHOW search_path").scalar()
            upgrade(connection, schema=schema)
            assert before == connection.exec_driver_sql("SHOW search_path").scalar()
        plain = engine.url.render_as_string(hide_password=False)
        with HOSTS["driver"](plain) as host:
            made = Billing.create(
                JoinedStorage(host.connection, schema=schema), Firm(name="A", currency="USD", timezone="UTC")
            )
        assert (made.firm_id,) == SqlStorage(engine, schema=schema).firms()
        with engine.connect() as connection:
            there = inspect(connection).get_table_names(schema=schema)
        assert {f"{schema}.{it}" for it in there} == set(tables_in(MetaData(), schema=schema).tables)

    def test_not_on_sqlite(self, sqlite_url: str) -> None:
        """It has none."""
        with engine_of(sqlite_url) as engine, pytest.raises(InvalidInput, match="SQLite has no schemas"):
            SqlStorage(engine, schema="billing")
