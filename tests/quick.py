"""The choice of quick tests, which `python -m pytest -m quick` runs after a change, within a minute."""

from pathlib import Path

import pytest

LONG = (
    "docs/howto",
    "tests/archive/test_archive_damage.py",
    "tests/archive/test_archive_edits.py",
    "tests/archive/test_archive_files.py",
    "tests/cli/test_answers.py",
    "tests/cli/test_business.py",
    "tests/cli/test_charges.py",
    "tests/cli/test_commands.py::TestProgram",
    "tests/cli/test_handing_over.py",
    "tests/cli/test_mailing.py",
    "tests/cli/test_moving.py",
    "tests/cli/test_narrow.py",
    "tests/cli/test_pages.py",
    "tests/cli/test_questions.py",
    "tests/cli/test_store.py",
    "tests/cli/test_year.py",
    "tests/documents/test_accessible.py::TestPages::test_any_colour",
    "tests/documents/test_bounds.py",
    "tests/documents/test_browser.py",
    "tests/documents/test_figures.py::TestAny",
    "tests/documents/test_hostile_text.py",
    "tests/documents/test_language.py::TestChoice::test_no_catalogue",
    "tests/documents/test_language.py::TestWriting::test_digits_of_every_locale",
    "tests/documents/test_language.py::TestWriting::test_every_locale",
    "tests/documents/test_mail.py",
    "tests/documents/test_pages.py::TestForm::test_theme",
    "tests/documents/test_press.py",
    "tests/documents/test_print_all.py",
    "tests/exporter/test_account_names.py",
    "tests/exporter/test_atomic_write.py::TestStreams",
    "tests/exporter/test_close.py",
    "tests/exporter/test_journal_basis.py",
    "tests/exporter/test_journal_proof.py",
    "tests/hosts",
    "tests/importer/test_apply.py::TestFaults",
    "tests/importer/test_forecast.py",
    "tests/importer/test_fuzz.py",
    "tests/importer/test_json_rows.py::test_memory",
    "tests/importer/test_pace.py",
    "tests/importer/test_plan.py::test_memory",
    "tests/importer/test_reading.py::TestRowByRow::test_memory",
    "tests/pace",
    "tests/proof/test_durable.py",
    "tests/proof/test_environments.py",
    "tests/proof/test_faults.py",
    "tests/proof/test_foreign_ids.py",
    "tests/proof/test_hostile.py",
    "tests/proof/test_interleave.py",
    "tests/proof/test_lost_answers.py",
    "tests/proof/test_mutants.py::TestHistoricFailures::test_what_is_not_wrong",
    "tests/proof/test_walk.py",
    "tests/queries/test_paging.py::TestMarks",
    "tests/storage/test_example.py",
    "tests/storage/test_failover.py",
    "tests/storage/test_kit.py::TestOneStorageForAll",
    "tests/storage/test_memory.py::TestPromises",
    "tests/storage/test_pages.py",
    "tests/storage/test_replica.py",
    "tests/storage/test_sabotage.py",
    "tests/storage/test_sql.py::TestSqlite::test_a_walk_over_the_desk",
    "tests/storage/test_sql.py::TestSqlite::test_everything_is_given",
    "tests/storage/test_sql.py::TestSqlite::test_pages",
    "tests/storage/test_surroundings.py",
    "tests/storage/test_threads.py",
    "tests/storage/test_upgrade.py",
    "tests/storage/test_write_ahead_log.py",
    "tests/test_codec.py::TestFuzz",
    "tests/test_docs.py",
    "tests/test_docs_commands.py",
    "tests/test_smtp.py::TestWhole",
    "tests/test_views.py",
    "tests/test_words.py::TestCodes",
    "tests/test_worker.py::TestCommand",
    "tests/typing",
    "tests/web",
)
"""The beginnings of the ids of long tests."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files without quick tests are not even read for them."""
    path = collection_path.as_posix().removeprefix(f"{config.rootpath.as_posix()}/")
    return True if config.option.markexpr == "quick" and path in LONG else None


@pytest.hookimpl(tryfirst=True)  # before pytest looks at which are wanted
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick ones."""
    seen: set[tuple[str, str]] = set()
    for item in items:
        test = (item.nodeid.partition("::")[0], item.name)
        if isinstance(item, pytest.Function):
            test = (item.parent.nodeid if item.parent else "", item.originalname)
        if test not in seen and not item.nodeid.startswith(LONG) and not _asks_for_a_server(item):
            seen.add(test)
            item.add_marker("quick")


def _asks_for_a_server(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "postgres_server" in item.fixturenames
