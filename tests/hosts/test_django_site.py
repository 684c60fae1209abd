"""The Django site of the examples passes its own tests, with Django's own runner and ORM, on both databases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

ROOT = Path(__file__).parents[2]
_SITE = "examples.django_site"


def run(*arguments: str, url: str, use_tz: bool) -> subprocess.CompletedProcess[str]:
    """A command of the site."""
    environment = {**os.environ, "DATABASE_URL": url, "USE_TZ": str(int(use_tz))}
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", _SITE, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> str:
    """A database in which Django makes its test database beside: a file, and then a server."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = make_url(request.getfixturevalue("postgres_server"))
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class TestSite:
    @pytest.mark.parametrize("use_tz", [True, False])
    @pytest.mark.parametrize("server_url", ["sqlite", "postgres"], indirect=True)
    def test_its_own_tests(self, server_url: str, use_tz: bool) -> None:
        """With and without zones."""
        ended = run("test", _SITE, "--noinput", url=server_url, use_tz=use_tz)
        assert "OK\n" in ended.stderr, ended.stderr
        assert 0 == ended.returncode

    def test_commands(self, sqlite_url: str) -> None:
        """The commands of the page: migrate, again without anything to do, and deliver."""
        for _ in range(2):
            assert 0 == run("migrate", url=sqlite_url, use_tz=True).returncode
        assert 0 == run("check", url=sqlite_url, use_tz=True).returncode
        delivered = run("deliver", url=sqlite_url, use_tz=True)
        assert (0, "") == (delivered.returncode, delivered.stderr)
