r"""What the tables of this module need that a table's description can't say: how text becomes words that can be searched for.

The database does all of it (`search.sql`), for tasks in a generated column and for what is searched for in the statement. So both
sides follow one rule, whoever writes a row: a request, a cascade, a bulk load, or an older version of TaskHub during an upgrade.
"""

import re
from pathlib import Path

from taskhub.tasks.infrastructure import characters

COLLATION = "pg_c_utf8"
"""Knows the letters of all languages. PostgreSQL has it since 17; the revision tells what there is before."""

_AROUND = r"""!"''()*,:;?\[\]^_`{|}~"""
"""Stands around words. As a literal of SQL: the quote is doubled."""
_SIGNS = "$+<=>"
_SYMBOLS = f"{_SIGNS}{characters.SYMBOLS}"
_EDGE = f"{_AROUND}{characters.PUNCTUATION}"
# Punctuation that begins or ends names as well: C#, @mira, #12, 50%, --force, /etc, .net.
_SEPARATORS = rf"{_EDGE}#%&/@.\\\-{characters.BLANK}"

KINDS = {
    "BLANK": characters.BLANK,
    "IGNORED": characters.IGNORED,
    "POINTS": characters.POINTS,
    "STACKED": characters.STACKED,
    "UNSPACED": characters.UNSPACED,
    "SIGNS": _SIGNS,
    "SYMBOLS": _SYMBOLS,
    "EDGE": _EDGE,
    "SEPARATORS": _SEPARATORS,
    "LETTERS": f"^{_SEPARATORS}{_SYMBOLS}{characters.UNSPACED}",
    "COLLATION": COLLATION,
}


def _functions() -> list[str]:
    sql = Path(__file__).with_name("search.sql").read_text(encoding="utf-8")
    for name, ranges in KINDS.items():
        sql = sql.replace(f"@{name}@", ranges)
    return re.split(r"(?m)^(?=CREATE )", re.sub(r"(?m)^--.*\n", "", sql))[1:]


CREATE = _functions()
