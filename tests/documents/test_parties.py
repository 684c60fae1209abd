"""Firm and client in parts: their form, and how addresses stand on paper."""

import re

import pytest

from invoicecore import Party, documents
from invoicecore.errors import InvalidInput
from invoicecore.values.party import check_vat_id
from tests.settlement.test_taxes import billed, taxed_world, worked

PLACE = {"lines": ["1 Long Street"], "city": "Town", "postcode": "12345"}


class TestForm:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("country", "Germany"),
            ("vat_id", "136695976"),
            ("iban", "DE00370400440532013000"),
            ("iban", "370400440532013000"),
            ("bic", "DEUT"),
            ("city", "two\nlines"),
            ("lines", "no list"),
            ("lines", ["x"] * 6),
            ("email", 7),
        ],
    )
    def test_is_checked(self, field: str, value: object) -> None:
        """Each number by its form, and an IBAN by its check digits too."""
        with pytest.raises(InvalidInput):
            Party(**{field: value})  # type: ignore[arg-type]

    def test_is_compact(self) -> None:
        """Numbers are kept without blanks, in capitals."""
        party = Party(vat_id="de 136 695 976", iban="de89 3704 0044 0532 0130 00", bic="deutdeff", country="de")
        assert ("DE136695976", "DE89370400440532013000", "DEUTDEFF", "DE") == (
            party.vat_id,
            party.iban,
            party.bic,
            party.country,
        )

    @pytest.mark.parametrize("vat_id", ["DE136695976", "GB980780684", "ATU13585627", "ZZ12"])
    def test_vat_ids_have_check_digits(self, vat_id: str) -> None:
        """Of countries whose rule is known; all ids of others are taken."""
        pytest.importorskip("stdnum")
        check_vat_id(Party(vat_id=vat_id))

    def test_whoever_gives_a_wrong_one_is_refused(self) -> None:
        """At the desk."""
        pytest.importorskip("stdnum")
        world, wrong = taxed_world(), Party(vat_id="DE136695975")
        for change in (
            lambda: world.maria.firm.change(party=wrong),
            lambda: world.maria.clients.change(world.acme.id, party=wrong),
        ):
            with pytest.raises(InvalidInput, match="no VAT id"):
                change()


class TestAddress:
    @pytest.mark.parametrize(
        ("country", "region", "expected"),
        [
            ("DE", "", "1 Long Street|12345 Town"),
            ("US", "IL", "1 Long Street|Town, IL 12345"),
            ("GB", "Kent", "1 Long Street|Town|Kent|12345"),
            ("IT", "MI", "1 Long Street|12345 Town (MI)"),
            ("JP", "Tokyo", "〒12345|Tokyo Town|1 Long Street"),
            ("", "", "1 Long Street|12345 Town"),
        ],
    )
    def test_order(self, country: str, region: str, expected: str) -> None:
        """That of its country."""
        party = Party(**PLACE, country=country, region=region)  # type: ignore[arg-type]
        assert expected == party.address().replace("\n", "|")

    def test_on_paper(self) -> None:
        """Both addresses, with the country where the two differ, tax ids, references and the account; what was issued
        stays, and a free text goes before."""
        world = taxed_world()
        world.maria.firm.change(
            contact="",
            party=Party(**PLACE, country="DE", vat_id="DE136695976", iban="DE89370400440532013000", bic="DEUTDEFF"),  # type: ignore[arg-type]
        )
        client = Party(lines=["2 Short Street"], city="Wien", postcode="1010", country="AT", order_number="PO-7")
        world.maria.clients.change(world.acme.id, party=client)
        worked(world, 100)
        invoice = billed(world)
        world.maria.clients.change(world.acme.id, party=None, billing_address="Elsewhere")
        page = documents.invoice(world.maria.invoices.printable(invoice.id)).html
        for text in ("Germany", "Austria", "1010 Wien", "12345 Town", "DE136695976", "PO-7", "IBAN DE89 3704"):
            assert text in page
        assert "Elsewhere" not in page
        worked(world, 50)
        assert "Elsewhere" in documents.invoice(world.maria.invoices.printable(billed(world).id)).html

    def test_each_id_is_called_what_it_is(self) -> None:
        """A VAT id is no tax number: in Germany they are two."""
        world = taxed_world()
        world.maria.firm.change(party=Party(vat_id="DE136695976", tax_number="12/345"))
        world.maria.clients.change(world.acme.id, locale="de", party=Party(vat_id="ATU13585627", tax_number="9"))
        worked(world, 100)
        printable = world.maria.invoices.printable(billed(world).id)
        page = " ".join(re.sub(r"<[^>]*>", " ", documents.invoice(printable).html).split())
        assert "USt-IdNr.: DE136695976 Steuernummer: 12/345" in page
        assert "Ihre USt-IdNr. ATU13585627" in page
        world.maria.firm.change(party=Party(tax_number="12/345"))
        world.maria.clients.change(world.acme.id, party=Party(tax_number="9"))
        worked(world, 50)
        printable = world.maria.invoices.printable(billed(world).id)
        page = " ".join(re.sub(r"<[^>]*>", " ", documents.invoice(printable).html).split())
        assert "Steuernummer: 12/345" in page
        assert "Ihre Steuernummer 9" in page
