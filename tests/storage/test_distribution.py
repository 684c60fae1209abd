"""The tables are given to Citus in an order that it takes; no database without Citus is changed.

Citus itself is not on the machine: in its place is a function of the same name, which refuses what Citus refuses of an
order of tables, and notes the rest.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.distribution import Distribution
from invoicecore.storage.sql.mapping import metadata
from tests.cli.terminal import Terminal

STAND_IN = """
    CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, place serial);
    CREATE FUNCTION create_distributed_table(place regclass, distribution_column text, colocate_with text)
    RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('citus.enable_unsafe_triggers') <> 'on' THEN RAISE 'triggers are not supported'; END IF;
        IF colocate_with <> 'none'
            AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass)
        THEN RAISE 'that is not distributed'; END IF;
        IF EXISTS (
            SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = place AND confrelid <> place
                AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = confrelid)
        ) THEN RAISE 'referenced table must be a distributed table'; END IF;
        INSERT INTO pg_dist_partition VALUES (place);
    END $$
"""


@pytest.fixture
def spread(postgres_url: str) -> Iterator[SqlStorage]:
    """Tables beside what stands in for Citus."""
    with closing(SqlStorage.at(postgres_url)) as storage:
        storage.upgrade()
        with storage.engine.begin() as connection:
            connection.exec_driver_sql(STAND_IN)
        yield storage


class TestDistribution:
    def test_all_tables_are_distributed_each_after_those_it_refers_to(self, spread: SqlStorage) -> None:
        """The firms come first, and the others are placed beside them; a second call finds nothing to do."""
        done = spread.distribute()
        assert done.has_citus
        assert "ic_firms" == done.now[0]
        assert set(metadata.tables) == set(done.now)
        again = spread.distribute()
        assert () == again.now
        assert set(metadata.tables) == set(again.before)

    def test_what_an_upgrade_added_is_distributed(self, spread: SqlStorage) -> None:
        """Tables that lie on the coordinator alone are found, and no others are touched."""
        spread.distribute()
        with spread.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM pg_dist_partition WHERE logicalrelid = 'ic_logos'::regclass")
        assert ("ic_logos",) == spread.distribute().now

    def test_without_citus_nothing_is_changed(self, database_url: str) -> None:
        """And it says so."""
        with closing(SqlStorage.at(database_url)) as storage:
            storage.upgrade()
            assert Distribution(has_citus=False) == storage.distribute()

    def test_the_command_says_what_it_did(self, spread: SqlStorage, tmp_path: Path) -> None:
        """Which tables were distributed, or that there is no Citus."""
        terminal = Terminal(tmp_path, spread.engine.url.render_as_string(hide_password=False))
        done = terminal.result("db", "distribute")
        assert (True, set(metadata.tables), []) == (done["citus"], set(done["distributed"]), done["before"])
        elsewhere = Terminal(tmp_path, str(tmp_path / "books.db"))
        elsewhere.said("db", "upgrade")
        assert "no Citus" in elsewhere.said("db", "distribute")
