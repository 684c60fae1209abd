"""Draws the gallery of the documentation: one picture of each kind of page, from the books of an invented firm.

    $ python -m tools.gallery docs/gallery

Needs the extra `dev`. The pictures of the documentation were made with fonts-noto-core and fonts-noto-cjk.
"""

import sys
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from PIL import Image
from pypdfium2 import PdfDocument

from invoicecore import (
    Billing,
    Deposit,
    Desk,
    Firm,
    Invoice,
    Money,
    PaymentTerms,
    Period,
    PrintableInvoice,
    Rate,
    Role,
    SettableClock,
    TaxCategory,
    TaxComponent,
    Terms,
    documents,
    utc,
)
from invoicecore.documents import Document, PaperSize

MARCH = Period.month(2026, 3)
_DOTS_PER_INCH = 80
_MOST_PAGES = 2


class GalleryFirm:
    """A firm in March 2026 with one client, whose invoices are in a locale and drawn by a theme."""

    def __init__(self, locale: str, theme: str, currency: str = "EUR", client: str = "", address: str = "") -> None:
        self.clock = SettableClock(utc(2026, 3, 2, 9))
        firm = Firm(
            name="Northwind Studio",
            currency=currency,
            timezone="Europe/Berlin",
            contact="12 Harbour Street\n20457 Hamburg\nstudio@northwind.example · +49 40 5550 123",
            tax_id="DE 812 345 678",
            payment_instructions="IBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001 · Northwind Studio",
            theme=theme,
            locale=locale,
            payment_terms=PaymentTerms.net(14),
        )
        self.currency = currency
        self._done: list[tuple[int, str, str, timedelta, str]] = []
        self.maria: Desk = Billing.in_memory(firm, clock=self.clock).as_owner()
        self.maria.firm.set_logo(_logo())
        name = client or "Acme Instruments"
        self.client = self.maria.clients.add(
            name=name, terms=Terms(allowed_balance=None), billing_address=address or "88 Orchard Road\nSpringfield"
        ).id

    def work(self, project: str, rate: str, person: str, *sessions: tuple[int, str, str]) -> None:
        """A project with sessions of a person: day of March, hours and note."""
        job = self.maria.projects.add(client_id=self.client, name=project, rate=Rate.hourly(rate, self.currency))
        who = self.maria.people.add(name=person, role=Role.WORKER)
        self.maria.projects.assign(job.id, who.id)
        for day, hours, note in sessions:
            hour, minute = hours.split(":")
            took = timedelta(hours=int(hour), minutes=int(minute))
            self._done.append((day, job.id, who.id, took, note))

    def booked(self) -> None:
        """All of it recorded, each session on its day."""
        for day, job, who, took, note in sorted(self._done, key=lambda done: done[0]):
            self.clock.set(utc(2026, 3, day, 16))
            self.maria.work.log(job, day=date(2026, 3, day), hours=took, note=note, person_id=who)
        self._done.clear()

    def usual_work(self) -> None:
        """A website and its hosting."""
        self.work(
            "Website relaunch",
            "92.50",
            "Lee Andersen",
            (2, "7:30", "Kick-off, site map and first wireframes"),
            (3, "6:00", "Wireframes for catalogue and checkout"),
            (5, "3:20", "Typography and colour studies"),
            (9, "8:00", "Catalogue templates"),
            (10, "0:50", "Review call with Acme’s marketing team"),
        )
        self.work(
            "Server and hosting",
            "75",
            "Samira Okafor",
            (4, "2:15", "Move to the new data centre"),
            (11, "1:00", "Monitoring and alerts"),
        )

    def generated(self, notes: str = "") -> Invoice:
        """The invoice of the month, issued on 31 March."""
        self.booked()
        draft = self.maria.invoices.draft(self.client, MARCH, notes=notes)
        self.clock.set(utc(2026, 3, 31, 15))
        return self.maria.invoices.generate(draft.id)

    def paper(self, invoice: Invoice) -> PrintableInvoice:
        """What is printed of it."""
        return self.maria.invoices.printable(invoice.id)


def _plain() -> Document:
    firm = GalleryFirm("en_GB", "plain")
    firm.usual_work()
    invoice = firm.generated("Thank you for a good start. The next review is on 14 April.")
    firm.maria.payments.record(invoice.id, Money.of("500", "EUR"), method="Bank transfer")
    return documents.invoice(firm.paper(invoice))


def _classic() -> Document:
    address = "Große Bleichen 5\n20354 Hamburg"
    firm = GalleryFirm("de", "classic", client="Kaffeerösterei Grüße & Söhne GmbH", address=address)
    firm.work("Onlineshop", "92.50", "Jörg Weiß", (2, "7:30", "Auftakt und Seitenplan"), (3, "6:00", "Entwürfe"))
    firm.work("Betreuung", "75", "Anke Öztürk", (4, "2:15", "Umzug auf den neuen Server"))
    return documents.invoice(firm.paper(firm.generated("Vielen Dank für Ihren Auftrag.")))


def _charges() -> Document:
    """A month with two rates of VAT, a ticket that is passed through, and a discount."""
    firm = GalleryFirm("de", "plain", client="Kaffeerösterei Grüße GmbH", address="Große Bleichen 5\n20354 Hamburg")
    maria, code = firm.maria, TaxCategory.STANDARD
    maria.firm.set_tax("DE19", category=code, percent="19", name="USt.")
    maria.firm.set_tax("DE7", category=code, percent="7", name="USt.")
    maria.firm.set_tax("PASS", category=TaxCategory.DISBURSEMENT)
    maria.firm.change(tax="DE19")
    firm.work("Onlineshop", "50", "Jörg Weiß", (2, "6:00", "Entwürfe"), (9, "4:00", "Kasse und Versand"))
    firm.booked()
    maria.charges.fee(firm.client, date(2026, 3, 12), Money.of(100, "EUR"), note="Handbuch", tax="DE7")
    maria.charges.allow(firm.client, percent=10, period=MARCH, note="Seit 2020 dabei")
    ticket = Money.of(80, "EUR")
    maria.charges.expense(firm.client, date(2026, 3, 15), price=ticket, note="Bahnfahrt nach Lyon", tax="PASS")
    return documents.invoice(firm.paper(firm.generated()))


def _two_taxes() -> Document:
    """Two taxes on each line, one of them in part asked for in advance."""
    firm = GalleryFirm("en_CA", "studio", "CAD", "Librairie du Plateau", "4001 rue Saint-Denis\nMontréal QC H2W 2M4")
    taxes = [TaxComponent("GST", "5"), TaxComponent("QST", "9.975")]
    firm.maria.firm.set_tax("QC", category=TaxCategory.STANDARD, components=taxes)
    firm.maria.firm.change(tax="QC")
    firm.maria.invoices.manual(
        firm.client, Money.of(200, "CAD"), deposit=Deposit.TO_BALANCE, description="Advance for March"
    )
    firm.usual_work()
    return documents.invoice(firm.paper(firm.generated()))


def _studio() -> Document:
    firm = GalleryFirm("fr", "studio", client="Éditions de l’Île", address="14 rue de l’Échaudé\n75006 Paris")
    firm.work("Site de la rentrée", "92.50", "Zoé Lefèvre", (2, "7:30", "Maquettes"), (3, "6:00", "Intégration"))
    return documents.invoice(firm.paper(firm.generated()))


def _scripts() -> Document:
    firm = GalleryFirm("en", "plain", client="Wissenschaftliche Verlagsgesellschaft Donaudampfschifffahrt mbH & Co. KG")
    for project, person, note in (
        (
            "Die Neugestaltung eines ungewöhnlich langen Projektnamens",
            "Bärbel Überschär-Żółkiewska",
            "Größenänderung",
        ),
        ("Ιστοσελίδα και κατάστημα", "Ελένη Παπαδοπούλου", "Σχεδιασμός της αρχικής σελίδας"),
        ("Сайт и магазин", "Екатерина Щербакова", "Макет главной страницы"),
        ("אתר החברה", "יעל בן־דוד", "עיצוב עמוד הבית (גרסה 2)"),
        ("موقع الشركة", "ليلى الحدّاد", "تصميم الصفحة الرئيسية (النسخة 2)"),
        ("वेबसाइट का नया रूप", "प्रिया शर्मा", "मुखपृष्ठ का ख़ाका"),
        ("เว็บไซต์ของบริษัท", "สมชาย ใจดี", "ออกแบบหน้าแรกและร้านค้าออนไลน์"),
        ("会社のウェブサイト", "高橋 美咲", "トップページの設計、写真の選定"),
    ):
        firm.work(project, "80", person, (2, "2:30", note))
    return documents.invoice(firm.paper(firm.generated()))


def _japanese() -> Document:
    firm = GalleryFirm("ja", "plain", "JPY", "京都庭園株式会社", "〒604-8571\n京都市中京区上本能寺前町488")
    firm.work("庭園サイト", "9500", "高橋 美咲", (2, "7:30", "トップページの設計"), (3, "6:00", "写真の選定と配置"))
    return documents.invoice(firm.paper(firm.generated("今後ともよろしくお願いいたします。")))


def _arabic() -> Document:
    firm = GalleryFirm("ar_EG", "plain", "EGP", "مكتبة النيل للنشر والتوزيع", "١٢ شارع طلعت حرب\nالقاهرة")
    firm.work("موقع المكتبة", "1450", "ليلى الحدّاد", (2, "7:30", "تصميم الصفحة الرئيسية"), (3, "6:00", "متجر الكتب"))
    firm.work("Hosting", "900", "Samira Okafor", (4, "2:15", "نقل الموقع إلى خادم جديد"))
    invoice = firm.generated("شكرًا لثقتكم بنا.")
    firm.maria.payments.record(invoice.id, Money.of("5000", "EGP"), method="تحويل بنكي")
    return documents.invoice(firm.paper(invoice))


def _two_pages() -> Document:
    firm = GalleryFirm("en_GB", "plain density=compact")
    notes = cycle(("Catalogue templates", "Checkout: address form", "Review with the team", "Search and filters"))
    lengths = cycle(("2:20", "3:05", "0:40", "1:10"))
    days = [day for day in range(2, 28) if date(2026, 3, day).weekday() < 5]
    for project, person, rate in (("Website relaunch", "Lee Andersen", "92.50"), ("Newsletter", "Ida Brandt", "61.75")):
        firm.work(project, rate, person, *((day, next(lengths), next(notes)) for day in days))
    return documents.invoice(firm.paper(firm.generated()))


def _by_day() -> Document:
    firm = GalleryFirm("en_GB", "plain density=compact")
    for project in ("Support", "Maintenance"):
        firm.work(project, "60", "Lee Andersen", *((day, "0:10", "Ticket") for day in range(2, 30) for _ in range(40)))
    return documents.invoice(firm.paper(firm.generated()))


def _draft() -> Document:
    firm = GalleryFirm("en_GB", "plain")
    firm.usual_work()
    firm.booked()
    return documents.preview(firm.paper(firm.maria.invoices.draft(firm.client, MARCH).invoice))


def _void() -> Document:
    firm = GalleryFirm("es", "plain")
    firm.usual_work()
    return documents.invoice(firm.paper(firm.maria.invoices.void(firm.generated().id, note="Twice")), sessions=False)


def _statement() -> Document:
    firm = GalleryFirm("en_GB", "plain")
    firm.usual_work()
    invoice = firm.generated()
    firm.maria.payments.record(invoice.id, Money.of("500", "EUR"), method="Bank transfer", reference="TX-4471")
    firm.maria.accounts.adjust(firm.client, Money.of("25", "EUR"), reason="Goodwill for the outage of 11 March")
    return documents.statement(firm.maria.accounts.printable_statement(firm.client, MARCH))


def _account_statement() -> Document:
    """A quarter: an invoice of January that is late, one of February that is paid, one of March, and one too many."""
    firm = GalleryFirm("en_GB", "plain")
    for day, amount, description in ((date(2026, 1, 9), "640", "Workshop"), (date(2026, 2, 2), "1200", "Photographs")):
        firm.clock.set(utc(day.year, day.month, day.day, 9))
        firm.maria.invoices.manual(
            firm.client, Money.of(amount, "EUR"), deposit=Deposit.NOT_DEPOSITED, description=description
        )
    late, paid = firm.maria.invoices.of(firm.client)
    firm.clock.set(utc(2026, 2, 16, 9))
    firm.maria.payments.record(paid.id, method="Bank transfer", reference="TX-4402")
    firm.maria.payments.record(late.id, Money.of("200", "EUR"), method="Bank transfer", reference="TX-4403")
    firm.clock.set(utc(2026, 3, 2, 9))
    firm.usual_work()
    firm.generated()
    twice = firm.maria.invoices.manual(
        firm.client, Money.of("92.50", "EUR"), deposit=Deposit.NOT_DEPOSITED, description="Review"
    )
    firm.maria.invoices.void(twice.id, note="Asked twice")
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    return documents.account_statement(firm.maria.accounts.printable_account_statement(firm.client, quarter))


def _reminder() -> Document:
    firm = GalleryFirm("nl", "classic logo=start")
    bill = firm.maria.invoices.manual(
        firm.client, Money.of("1200", "EUR"), deposit=Deposit.TO_BALANCE, description="Workshop"
    )
    firm.maria.payments.record(bill.id, Money.of("200", "EUR"), method="Overschrijving")
    return documents.reminder(firm.paper(firm.maria.invoices.get(bill.id)), date(2026, 3, 28))


def _letter() -> Document:
    firm = GalleryFirm("en_US", "studio logo=start accent=#f2b705", "USD")
    firm.usual_work()
    return documents.invoice(firm.paper(firm.generated()), paper_size=PaperSize.LETTER)


def pages() -> Mapping[str, Document]:
    """One of each kind, by name."""
    return {
        "plain": _plain(),
        "classic": _classic(),
        "studio": _studio(),
        "charges": _charges(),
        "two-taxes": _two_taxes(),
        "scripts": _scripts(),
        "japanese": _japanese(),
        "arabic": _arabic(),
        "two-pages": _two_pages(),
        "by-day": _by_day(),
        "draft": _draft(),
        "void": _void(),
        "account-statement": _account_statement(),
        "movements": _statement(),
        "reminder": _reminder(),
        "letter": _letter(),
    }


def write(folder: Path) -> Iterator[Path]:
    """The pictures, each as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in pages().items():
        for warning in document.warnings:
            print(f"{name}: {warning}", file=sys.stderr)
        for old in folder.glob(f"{name}-?.png"):
            old.unlink()
        for number, page in enumerate(PdfDocument(document.pdf()), 1):
            picture = folder / f"{name}-{number}.png"
            drawn = page.render(scale=_DOTS_PER_INCH / 72).to_pil()
            drawn.quantize(128, Image.Quantize.MAXCOVERAGE).save(picture, optimize=True)
            yield picture
            if number == _MOST_PAGES:
                break


def _logo() -> bytes:
    """A compass needle on a disc."""
    size, rows = 192, bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            across, down = (x - size / 2 + 0.5) / (size / 2), (y - size / 2 + 0.5) / (size / 2)
            inside = across * across + down * down <= 0.94
            needle = abs(across) * 3.2 + abs(down) <= 0.78
            colour = (255, 255, 255) if needle and down < 0 else (156, 178, 199) if needle else (36, 80, 122)
            rows += bytes((*colour, 255 if inside else 0))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = size.to_bytes(4) * 2 + bytes((8, 6, 0, 0, 0))
    picture = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + picture


if __name__ == "__main__":
    for path in write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/gallery")):
        print(path)
