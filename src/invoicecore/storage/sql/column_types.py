"""The column types.

Money is in whole minor units, durations are in whole microseconds, rates and decimals are plain text, instants are in
UTC (a timestamp with time zone on PostgreSQL, sortable ISO text on SQLite).
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

SQLITE, POSTGRES = "sqlite", "postgresql"
"""The names of the databases, as SQLAlchemy calls them."""

# Texts sort by their code points, as they do in Python, whatever the language of the database; and all alike, because
# PostgreSQL joins two columns of different collations without their indexes.
ID = Text().with_variant(Text(collation="C"), POSTGRES)
TEXT = Text().with_variant(Text(collation="C"), POSTGRES)
CURRENCY = Text().with_variant(Text(collation="C"), POSTGRES)
WHOLE = BigInteger().with_variant(Integer(), SQLITE)
COUNT = BigInteger().with_variant(Integer(), SQLITE)
"""A whole number that is not negative."""
ORDINAL = BigInteger().with_variant(Integer(), SQLITE)
"""A whole number that counts from 1."""
FLAG = Boolean().with_variant(Integer(), SQLITE)
INSTANT = DateTime(timezone=True).with_variant(Text(), SQLITE)
DAY = Date().with_variant(Text(), SQLITE)
PLAIN = JSONB().with_variant(Text(), SQLITE)
"""Values of the library as plain data, see `invoicecore.codec`."""
BYTES = LargeBinary()

RULES: dict[TypeEngine[Any], str] = {CURRENCY: "length({}) = 3", COUNT: "{} >= 0", ORDINAL: "{} > 0"}
"""What is true of every value of a type."""
SQLITE_RULES: dict[TypeEngine[Any], str] = {
    FLAG: "{} IN (0, 1)",
    INSTANT: f"{{}} GLOB '{'0000-00-00T00:00:00.000000Z'.replace('0', '[0-9]')}'",
    DAY: f"{{}} GLOB '{'0000-00-00'.replace('0', '[0-9]')}'",
    PLAIN: "{0} IS NULL OR json_valid({0})",
}
"""What PostgreSQL checks by the type, and SQLite by a rule."""
