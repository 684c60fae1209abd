"""The page *Live in a host's database* holds word for word, also on PostgreSQL; on SQLite it runs as each page does."""

import re
from pathlib import Path

from sqlalchemy import Engine

PAGE = Path(__file__).parents[2] / "docs/howto/live-in-a-host.md"


def test_on_postgresql(postgres_url: str) -> None:
    """Each piece of code in its order; only the URL is another."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    code, changed = re.subn(
        r"^engine = create_engine\(.*$", f"engine = create_engine({postgres_url!r})", code, flags=re.M
    )
    assert 1 == changed
    scope: dict[str, object] = {}
    exec(code, scope)
    engine = scope["engine"]
    assert isinstance(engine, Engine)
    engine.dispose()
