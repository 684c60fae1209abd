"""Themes are read, and their colours are legible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore.errors import InvalidInput
from invoicecore.values.theme import READABLE, THEMES, Density, Font, LogoPlace, Theme, contrast, known_theme


class TestText:
    def test_a_name(self) -> None:
        """It means the theme of that name; nothing means the plain one."""
        assert THEMES["classic"] == Theme.of("classic")
        assert THEMES["plain"] == Theme.of("") == Theme.of("  plain ") == Theme()

    def test_tokens_of_its_own(self) -> None:
        """They stand behind the name, and the rest is as in the theme."""
        theme = Theme.of("classic  accent=#2F6F4E density=compact")
        assert ("#2f6f4e", Font.SERIF, Density.COMPACT, LogoPlace.CENTER) == (
            theme.accent,
            theme.font,
            theme.density,
            theme.logo,
        )

    def test_kept_as_text(self) -> None:
        """With one blank between tokens."""
        assert "classic accent=#2F6F4E logo=end" == known_theme(" classic accent=#2F6F4E \n logo=end")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("dark", "'dark' is not a theme; there are plain, classic, studio."),
            ("accent=#000000", "'accent=#000000' is not a theme"),
            ("plain accent=red", "accent must be a colour such as '#1f4e79', not 'red'."),
            ("plain accent=#fff", "accent must be a colour"),
            ("plain accent=#1f4e79;}", "accent must be a colour"),
            ("plain font=Wingdings", "font must be sans or serif or grotesque, not 'Wingdings'."),
            ("plain density=1", "density must be airy or regular or compact"),
            ("plain logo=", "logo must be start or center or end, not ''."),
            ("plain shadow=deep", "'shadow' is no token of a theme; they are accent, font, density, logo."),
            ("plain classic", "'classic' is no token of a theme"),
            ("x" * 201, "at most 200"),
        ],
    )
    def test_anything_else(self, text: str, why: str) -> None:
        """It is refused, and it is said what there is."""
        with pytest.raises(InvalidInput) as refused:
            known_theme(text)
        assert why in str(refused.value)


class TestInk:
    def test_contrast(self) -> None:
        """By WCAG 2: 21 for black, 1 for white, and the grey #767676 is the lightest that is readable."""
        assert (21.0, 1.0) == (round(contrast(0, 0, 0), 2), round(contrast(255, 255, 255), 2))
        assert contrast(0x76, 0x76, 0x76) >= READABLE > contrast(0x77, 0x77, 0x77)

    def test_a_readable_accent(self) -> None:
        """It is the ink as it is; that of every theme is."""
        for theme in THEMES.values():
            assert theme.accent == theme.ink

    @given(st.integers(0, 0xFFFFFF))
    def test_any_accent(self, colour: int) -> None:
        """Letters can be read, whichever colour was chosen."""
        ink = Theme(accent=f"#{colour:06x}").ink
        assert contrast(*bytes.fromhex(ink[1:])) >= READABLE
