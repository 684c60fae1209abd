"""The conformance kit notices every store that breaks a promise."""

from collections.abc import Mapping
from inspect import getmembers, isclass

import pytest

from tests.storage import sabotage as store
from tests.storage import sabotage_archive as archive
from tests.storage import sabotage_pages as pages
from tests.storage.sabotage import Kept, Sabotaged
from tests.storage.sabotage_archive import SabotagedArchives

Broken = Sabotaged | Kept | SabotagedArchives

CAUGHT: Mapping[type[Broken], tuple[str, ...]] = {
    # versions
    store.NoVersionCheck: ("a_lost_update_is_refused", "two_commands_that_meet"),
    store.NothingChecked: ("two_commands_that_meet", "a_lost_update_is_refused", "a_sequence_is_used_once"),
    store.LockWithoutBump: ("a_put_of_the_same_value_is_a_change",),
    store.ListsWithoutVersions: ("what_was_seen_first_counts",),
    store.SwallowedConflict: ("a_lost_update_is_refused", "a_refused_commit_leaves_nothing", "a_key_is_kept_once"),
    store.ForeignError: ("only_storage_errors_come_out",),
    # all or nothing
    store.Autocommit: ("a_refused_commit_leaves_nothing",),
    store.TornCommit: ("a_refused_commit_leaves_nothing",),
    store.OutboxOutside: ("a_message_is_told_with_its_change", "a_refused_commit_leaves_nothing"),
    store.KeyAfterCommit: ("in_a_race_one_keeps_the_key", "a_refused_commit_leaves_nothing", "two_commands_that_meet"),
    # numbers
    store.SequenceNumbers: ("no_value_is_lost", "many_take_and_some_let_go"),
    store.MaxPlusOne: ("no_two_units_get_the_same",),
    store.SequencesTwice: ("a_sequence_is_used_once", "a_unit_uses_a_sequence_once"),
    # reservations and keys
    store.NeverReleased: ("what_is_released_is_free",),
    store.ReservationsUnchecked: ("in_a_race_one_gets_it", "a_reservation_that_changed_hands"),
    store.CaselessKeys: ("similar_idempotency_keys_are_apart",),
    # outbox
    store.SharedLeases: ("two_units_do_not_lease_the_same",),
    store.EndlessLeases: ("a_lease_ends",),
    store.OldestFirst: ("what_waits_comes_in_turn",),
    store.ForgottenTries: ("what_waits_comes_in_turn",),
    store.NoRest: ("what_rests_is_listed",),
    store.MailEverywhere: ("firms_with_mail_are_known",),
    # lists
    store.OrderOfInsertion: ("bounds_and_limits", "paging_is_stable"),
    store.AuditById: ("the_audit_is_in_the_order_of_commits",),
    store.LimitBeforeOrder: ("bounds_and_limits",),
    store.PagesByCount: ("paging_is_stable",),
    store.OrderOfLanguage: ("texts_are_ordered_by_their_characters",),
    # values
    store.FloatMoney: ("a_value_comes_back_equal",),
    store.AmountsAsFloats: ("a_value_comes_back_equal",),
    store.TruncatedText: ("a_value_comes_back_equal",),
    store.EmptyIsNothing: ("a_value_comes_back_equal",),
    store.EmptySetIsNothing: ("a_value_comes_back_equal",),
    store.LostMicroseconds: ("a_value_comes_back_equal", "whatever_is_stored_comes_back"),
    store.LocalTime: ("a_value_comes_back_equal",),
    store.NormalizedText: ("a_value_comes_back_equal",),
    store.WordsAsTexts: ("a_value_comes_back_equal",),
    store.LeftoverLines: ("a_changed_value_comes_back_equal",),
    # firms
    store.SharedCounters: ("firms_do_not_see_each_other", "firms_do_not_get_in_each_others_way"),
    store.JoinedKeys: ("similar_firms_are_apart",),
    store.FirmsTooEarly: ("a_firm_comes_into_being_by_its_commit",),
    store.FirmsBackwards: ("firms_come_part_by_part",),
    store.OverdueEverywhere: ("firms_with_a_task_are_known",),
    # reopening
    store.ForgottenKeys: ("a_key_answers_after_reopening", "what_was_committed_is_there_again"),
    store.ForgottenLeases: ("versions_go_on",),
    store.Cached: ("two_openings_are_one_storage",),
    # the library's own unit of work
    store.LateReader: ("what_was_seen_first_counts", "looking_again_does_not_help"),
    store.CommitOnLeaving: ("leaving_without_commit_leaves_nothing",),
    store.CommitOnInterrupt: ("an_error_leaves_nothing",),
    store.ReservesAtOnce: ("others_see_nothing_before_the_commit", "leaving_without_commit_leaves_nothing"),
    store.BlindToItself: ("a_unit_reads_its_own_writes", "own_writes_are_listed_in_their_place"),
    store.OneListForAll: ("a_list_is_private",),
    store.KeysKept: ("keys_that_were_given_are_private",),
    # pages
    pages.ForgetsRemoved: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.LockedIsUnbilled: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.OrdersById: ("pages_are_those_of_the_books", "pages_are_those_of_memory", "pages_follow_each_other"),
    pages.OrdersWithoutIds: ("pages_follow_each_other",),
    pages.NeverStopped: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.IgnoresReach: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.InvoicesByClientAlone: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.ChargesForNothing: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.DaysOfTheStore: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.LatestRate: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.OwedByNow: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.ReceivedByNow: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    pages.VoidCounts: ("pages_are_those_of_the_books", "pages_are_those_of_memory"),
    # archives
    archive.VersionsBeginAnew: ("what_is_restored_is_the_same", "a_restored_firm_goes_on"),
    archive.ImportsForgotten: ("everything_is_given",),
    archive.NumbersBeginAnew: ("what_is_restored_is_the_same", "a_restored_firm_goes_on"),
    archive.KeysForgotten: ("everything_is_given",),
    archive.LeasedForgotten: ("leases_are_left_behind",),
    archive.BackToFront: ("everything_is_given", "what_is_restored_is_the_same"),
    archive.SeveralMoments: ("everything_is_of_one_moment",),
    archive.PieceByPiece: ("an_error_leaves_nothing_restored",),
    archive.RestoredOver: ("a_firm_that_is_there_is_left_alone",),
    archive.BothStand: ("of_two_that_restore_one_does",),
}
"""Every sabotaged store, and the checks by which it is to be caught."""

HOST = """
    import pytest
    from invoicecore.testing.conformance import ArchiveContract, SharedContract, StorageContract, trial
    from {module} import {store}

    class TestMine({contract}):
        @pytest.fixture
        def storage(self):
            return {store}()

        @pytest.fixture
        def reopen(self, storage):
            return storage.reopened

        @pytest.fixture(autouse=True)
        def unit_of_work(self, storage, monkeypatch):
            monkeypatch.setattr(trial, "UnitOfWork", getattr(storage, "Unit", trial.UnitOfWork))
"""


def failures(pytester: pytest.Pytester, tested: type[Broken], checks: tuple[str, ...]) -> dict[str, str]:
    """The checks of the kit, of those named, that fail for a store, as a host would run them; and what each said."""
    contract = _contract(tested)
    pytester.makepyfile(HOST.format(module=tested.__module__, store=tested.__name__, contract=contract))
    chosen = " or ".join(f"test_{check}" for check in checks)
    _, _, failed = pytester.inline_run("-k", chosen, "-p", "no:cacheprovider").listoutcomes()
    return {report.nodeid.rpartition("::test_")[2].partition("[")[0]: str(report.longrepr) for report in failed}


def _contract(tested: type[Broken]) -> str:
    if issubclass(tested, SabotagedArchives):
        return "ArchiveContract"
    return "SharedContract" if issubclass(tested, Kept) else "StorageContract"


class TestSabotage:
    @pytest.mark.parametrize("tested", CAUGHT, ids=lambda tested: str(tested.__name__))
    def test_a_broken_promise_is_noticed(self, pytester: pytest.Pytester, tested: type[Broken]) -> None:
        """Each sabotaged store fails the checks of what it breaks, and these say what was promised and seen."""
        failed = failures(pytester, tested, CAUGHT[tested])
        assert set(CAUGHT[tested]) == failed.keys()
        assert [] == [text for text in failed.values() if "Promised: " not in text or "Seen: " not in text]

    def test_each_has_its_check(self) -> None:
        """No sabotaged store is left out."""
        several = (it for module in (store, pages, archive) for _, it in getmembers(module, isclass))
        stores = {it for it in several if issubclass(it, Broken)}
        assert stores - {Sabotaged, Kept, SabotagedArchives} == CAUGHT.keys()

    def test_an_honest_store_passes(self, pytester: pytest.Pytester) -> None:
        """Where nothing is sabotaged, none of those checks fails, those of reopening included."""
        every = tuple({check for checks in CAUGHT.values() for check in checks})
        assert {} == failures(pytester, Kept, every)
        assert {} == failures(pytester, SabotagedArchives, every)
