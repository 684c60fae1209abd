"""What every answer carries, and how much may be sent, and how often."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from examples.web.guard import LARGEST_REQUEST
from examples.web.house import House
from examples.web.seed import PASSWORD, SIGN_INS
from invoicecore import Status
from invoicecore.testing.pictures import png
from tests.needs import printing
from tests.web.conftest import Browser, Site


class TestHeaders:
    """Headers for safety."""

    def test_each_answer(self, site: Site, maria: Browser) -> None:
        """Pages, errors, files, redirects and JSON have them."""
        for path in (
            "/overview",
            "/nothing",
            "/static/style.css",
            "/",
            "/api/clients",
            "/api/nothing",
            "/sign-in?after=x",
        ):
            headers = maria.get(path).headers
            assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert ("nosniff", "same-origin") == (headers["x-content-type-options"], headers["referrer-policy"])
            assert "no-store" == headers["cache-control"]

    def test_no_style_and_no_script_within(self, site: Site, browsers: dict[str, Browser]) -> None:
        """No page has anything that the policy would keep out."""
        paths = ("/overview", f"/clients/{site.client('Acme')}", "/invoices", "/settings", "/timer")
        for path in paths:
            text = browsers["Manager"].get(path).text
            assert not re.search(r"<style|<script(?! src)| style=| on\w+=|javascript:", text), path

    def test_printed_pages(self, site: Site, maria: Browser) -> None:
        """Their own style is allowed by its digest, and only our pages frame them."""
        response = maria.get(f"/invoices/{site.invoice('Acme', Status.PAID).id}/paper")
        policy = response.headers["content-security-policy"]
        styles = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
        digests = [b64encode(sha256(it.encode()).digest()).decode() for it in styles]
        assert digests == re.findall("'sha256-(.*?)'", policy)
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
        assert " style=" not in response.text

    def test_pdf(self, site: Site, maria: Browser) -> None:
        """The printed page as a file."""
        printing()
        response = maria.get(f"/invoices/{site.invoice('Acme', Status.PAID).id}/pdf")
        assert ("application/pdf", b"%PDF") == (response.headers["content-type"], response.content[:4])

    def test_cookies(self, site: Site) -> None:
        """The secret is not for scripts, not for other sites, and with https for this host alone."""
        plain, safe = site.browser(), site.browser(base_url="https://testserver")
        for browser, name, secure in ((plain, "session", False), (safe, "__Host-session", True)):
            response = browser.submit("/sign-in", email=SIGN_INS["Worker"], password=PASSWORD)
            cookie = response.headers["set-cookie"]
            assert cookie.startswith(f"{name}=")
            assert ("HttpOnly" in cookie, "SameSite=lax" in cookie, "Path=/" in cookie) == (True, True, True)
            assert ("Secure" in cookie, "strict-transport-security" in response.headers) == (secure, secure)

    def test_a_session_is_not_taken_over(self, site: Site) -> None:
        """Who signs in gets another secret than the one that their browser came with."""
        browser = site.browser()
        before = browser.cookies["session"]
        browser.submit("/sign-in", email=SIGN_INS["Worker"], password=PASSWORD)
        assert before != browser.cookies["session"]

    @pytest.mark.parametrize("after", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", ""])
    def test_back_to_us_only(self, after: str, site: Site) -> None:
        """Signing in leads to no other site."""
        response = site.browser().submit("/sign-in", email=SIGN_INS["Worker"], password=PASSWORD, after=after)
        assert (303, "/") == (response.status_code, response.headers["location"])


class TestLimits:
    """How much, and how often."""

    def logo(self, maria: Browser, content: bytes, **more: str) -> int:
        """The status of settings that are saved with a logo."""
        page = maria.see("/settings").text
        names = ("name", "timezone", "days", "next_number", "locale")
        form = {name: re.findall(f'name="{name}"[^>]* value="([^"]*)"', page)[0] for name in names}
        data = {"csrf": maria.csrf, "key": "k", "theme": "plain", **form, **more}
        return maria.post("/settings", data=data, files={"logo": ("logo.png", content, "image/png")}).status_code

    def test_logo(self, maria: Browser) -> None:
        """A picture is shown from then on; what is none, or is too large, is refused with the whole form."""
        assert (400, 413) == (self.logo(maria, b"<svg/>"), self.logo(maria, b"x" * LARGEST_REQUEST))
        assert 404 == maria.get("/logo").status_code
        assert 303 == self.logo(maria, png())
        response = maria.get("/logo")
        assert (png(), "image/png") == (response.content, response.headers["content-type"])
        assert '<img src="/logo?' in maria.get("/overview").text
        assert (303, 404) == (self.logo(maria, b"", no_logo="1"), maria.get("/logo").status_code)

    def test_a_request_of_unknown_length(self, maria: Browser) -> None:
        """What comes in parts is counted as it comes."""
        response = maria.post(
            "/clients/new",
            content=(b"a=" + b"x" * 100_000 for _ in range(20)),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert 413 == response.status_code

    def test_sign_in(self, site: Site) -> None:
        """Ten wrong passwords for an e-mail, and the next attempt waits, right or wrong."""
        browser = site.browser()
        form = {"email": "nobody@n.example", "password": "wrong"}
        statuses = [browser.submit("/sign-in", **form).status_code for _ in range(11)]
        assert [401] * 10 + [429] == statuses
        assert "too many attempts" in browser.submit("/sign-in", **form).text
        assert 303 == browser.submit("/sign-in", email=SIGN_INS["Worker"], password=PASSWORD).status_code

    @pytest.mark.parametrize("email", ["", "a\0b", "x" * 20_000, "lee", "' OR 1=1 --", "é@ü.example"])
    def test_strange_e_mails(self, email: str, site: Site) -> None:
        """One refusal for every reason."""
        response = site.browser().submit("/sign-in", email=email, password=PASSWORD)
        assert (401, True) == (response.status_code, "The e-mail or password is wrong" in response.text)


def test_opened_again(site: Site) -> None:
    """A database that has a firm keeps it as it is."""
    before = site.written()
    url = site.house.engine.url.render_as_string(hide_password=False)
    again = House.at(url, site.house.passwords)
    assert (before, site.house.billing.firm_id) == (site.written(), again.billing.firm_id)
    again.engine.dispose()
