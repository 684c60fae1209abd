"""What people write is cut where it is too long for paper, at places where no letter is torn, and that is said."""

import pytest

from invoicecore.documents.language import localizer
from invoicecore.documents.paper_text import (
    DEEPEST,
    LONGEST,
    LONGEST_THEN,
    MOST_LETTERS,
    MOST_MARKS,
    PaperTexts,
    balanced,
    boundary,
    clusters,
    shortened,
)


def prepared(text: str, locale: str = "en") -> object:
    return PaperTexts(localizer(locale)).prepared(text)


class TestPrepared:
    @pytest.mark.parametrize("text", ["", "Wireframes, part 2", "Größe – “Ω” и Ж", "a b " * 2000])
    def test_usual(self, text: str) -> None:
        """A text of Latin, Greek and Cyrillic letters on one line is left as it is."""
        assert text == prepared(text)

    def test_lines(self) -> None:
        """Each has its own direction."""
        assert [["ltr", "a"], ["rtl", "שלום"], ["ltr", "b"]] == prepared("a\nשלום\r\nb")

    @pytest.mark.parametrize("text", ["\0", "\n", "\ufeff", "\ud800", "\u00ad", "\0\x1b\ufffe"])
    def test_nothing_to_see(self, text: str) -> None:
        """Controls, halves of letters and what is none are dropped."""
        assert prepared(text) in ("", [["ltr"]])

    def test_a_long_word(self) -> None:
        """It may break between its letters, and nothing is put there."""
        assert [["ltr", "See ", [*"x" * 24], " there"]] == prepared(f"See {'x' * 24} there")
        assert f"See {'x' * 23} there" == prepared(f"See {'x' * 23} there")

    def test_scripts_without_blanks(self) -> None:
        """A sentence is no long word, until it is too long for one."""
        assert [["ltr", "会社のウェブサイト" * 4]] == prepared("会社のウェブサイト" * 4)
        assert [["ltr", [*"会" * 200]]] == prepared("会" * 200)

    @pytest.mark.parametrize(
        ("locale", "more"),
        [
            ("en", "… 12,000 more letters"),
            ("de", "… 12.000 weitere Buchstaben"),
            ("fr", "… 12\u202f000 lettres de plus"),
            ("es", "… 12.000 letras más"),
            ("it", "… altre 12.000 lettere"),
            ("nl", "… nog 12.000 letters"),
            ("pt", "… mais 12.000 letras"),
            ("ja", "…ほか12,000文字"),
            ("ar", "… 12,000 حرف آخر"),
        ],
    )
    def test_too_long(self, locale: str, more: str) -> None:
        """What is left out is counted, in each language."""
        lines = prepared("ab cd " * ((LONGEST + 12_000) // 6) + "ab c", locale)
        assert isinstance(lines, list)
        assert LONGEST == len(lines[0][1])
        assert more == lines[-1][1]

    def test_many_lines(self) -> None:
        """200 of them are printed."""
        lines = prepared("ab\n" * 500)
        assert isinstance(lines, list)
        assert (201, "… 600 more letters") == (len(lines), lines[-1][1])

    def test_many_texts(self) -> None:
        """After 800,000 letters each text is cut short."""
        texts = PaperTexts(localizer("en"))
        text = "ab cd " * 1500
        whole = sum(texts.prepared(text) == text for _ in range(100))
        assert 800_000 // len(text) + 1 == whole
        cut = texts.prepared(text)
        assert isinstance(cut, list)
        assert [text[:LONGEST_THEN], f"… {len(text) - LONGEST_THEN:,} more letters"] == [line[1] for line in cut]

    def test_long_words_count_more(self) -> None:
        """Because each of their letters costs more."""
        texts = PaperTexts(localizer("en"))
        long = ["more letters" not in str(texts.prepared("x" * 10_000)) for _ in range(20)]
        assert 8 == sum(long)

    def test_many_letters(self) -> None:
        """Others than 3,000, and those that Unicode does not have, are printed as a sign, and told."""
        texts = PaperTexts(localizer("en"))
        texts.prepared("".join(map(chr, range(0x4E00, 0x4E00 + MOST_LETTERS))))
        assert not texts.unprinted
        assert [["ltr", "\ufffd\ufffd一"]] == texts.prepared("각\u0378一")
        assert ["\u0378", "각"] == list(texts.unprinted)


class TestMarks:
    def test_a_flood(self) -> None:
        """30 on a letter are printed, the others counted."""
        assert ("e" + "\u0301" * MOST_MARKS + "f", 4970) == shortened("e" + "\u0301" * 5000 + "f", LONGEST)

    def test_a_chain(self) -> None:
        """So many letters as no word has are not joined by viramas."""
        kept, dropped = shortened("क्" * 200, LONGEST)
        assert (21, 379) == (len(kept), dropped)
        assert ("क्ष्म्य", 0) == shortened("क्ष्म्य", LONGEST)

    def test_what_is_not_seen(self) -> None:
        """A run of it is cut without a word."""
        assert ("a" + "\u200b" * 8 + "b", 0) == shortened("a" + "\u200b" * 9000 + "b", LONGEST)


class TestBoundary:
    @pytest.mark.parametrize(
        ("text", "place", "expected"),
        [
            ("abc", 2, 2),
            ("abc", 9, 3),
            ("ae\u0301b", 2, 1),
            ("a\r\nb", 2, 1),
            ("👩‍👩‍👧b", 3, 0),
            ("x👍🏽y", 2, 1),
            ("🇩🇪🇫🇷", 3, 2),
            ("🇩🇪🇫🇷", 2, 2),
            ("हिन्दी", 1, 0),
            ("각" + "\u1100\u1161\u11a8", 2, 1),
            ("a❤\ufe0f", 2, 1),
        ],
    )
    def test_no_letter_is_torn(self, text: str, place: int, expected: int) -> None:
        """Marks, joined emojis, skins, flags and syllables stay whole."""
        assert expected == boundary(text, place)

    def test_clusters(self) -> None:
        """A word falls into what is seen as its letters."""
        assert ["e\u0301", "👩‍👩‍👧", "🇩🇪", "🇫🇷", "नि", "x"] == list(clusters("e\u0301👩‍👩‍👧🇩🇪🇫🇷निx"))


class TestDirections:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("plain", "plain"),
            ("\u202eab", "\u202eab\u202c"),
            ("ab\u202c\u2069", "ab"),
            ("\u2067a\u202eb", "\u2067a\u202eb\u202c\u2069"),
            ("\u2067a\u202cb\u2069", "\u2067ab\u2069"),
        ],
    )
    def test_balanced(self, line: str, expected: str) -> None:
        """What is opened is closed, and what closes nothing is dropped."""
        assert expected == balanced(line)

    def test_deep(self) -> None:
        """Nothing is nested deeper than Unicode has it."""
        assert "\u202e" * DEEPEST + "a" + "\u202c" * DEEPEST == balanced("\u202e" * 10_000 + "a")
        assert "\u2067" * DEEPEST + "\u2069" * DEEPEST == balanced("\u2067" * 10_000 + "\u2069" * 10_000)
