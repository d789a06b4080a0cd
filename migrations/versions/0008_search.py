"""Words are found however they are written: folded, without marks, in scripts without spaces, with signs

All tasks get their words anew, in batches that let others work. Those that have the former words still are found by these,
whichever version of TaskHub asks.

Revision ID: 0008
Revises: 0007
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Kinds of characters, as ranges for regular expressions of PostgreSQL.
BLANK = r"\u0001-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028-\u2029\u202F\u205F\u2800\u3000"
IGNORED = (
    r"\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164"
    r"\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF"
)
POINTS = (
    r"\u0300-\u0305\u0307-\u0337\u0339-\u0344\u0346-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7"
    r"\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u0711\u0730-\u074A"
    r"\u0898-\u089F\u08CA-\u08E1\u08E3-\u08FF\u1AB0-\u1AFF\u1DC0-\u1DFF\uFB1E\uFE20-\uFE2F"
)
STACKED = (
    r"\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670"
    r"\u06D6-\u06DC\u06DF-\u06E4\u06E7-\u06E8\u06EA-\u06ED\u0711\u0730-\u074A\u07EB-\u07F3\u07FD\u0816-\u0819"
    r"\u081B-\u0823\u0825-\u0827\u0829-\u082D\u0859-\u085B\u0898-\u089F\u08CA-\u08E1\u08E3-\u08FF\u093C\u094D"
    r"\u0951-\u0954\u09BC\u09CD\u09FE\u0A3C-\u0A4D\u0ABC\u0ACD\u0B3C\u0B4D\u0BCD\u0C3C\u0C4D-\u0C56\u0CBC\u0CCD"
    r"\u0D3B-\u0D3C\u0D4D\u0DCA\u0E38-\u0E3A\u0E48-\u0E4B\u0EB8-\u0EBA\u0EC8-\u0ECB\u0F18-\u0F19\u0F35\u0F37\u0F39"
    r"\u0F71-\u0F84\u0F86-\u0F87\u0FC6\u1037-\u103A\u108D\u135D-\u135F\u1714-\u1715\u1734\u17D2\u17DD\u18A9"
    r"\u1939-\u193B\u1A17-\u1A18\u1A60-\u1A7F\u1AB0-\u1ACE\u1B34-\u1B44\u1B6B-\u1B73\u1BAA-\u1BAB\u1BE6-\u1BF3\u1C37"
    r"\u1CD0-\u1CD2\u1CD4-\u1CE8\u1CED\u1CF4\u1CF8-\u1CF9\u1DC0-\u1DFF\u20D0-\u20F0\u2CEF-\u2CF1\u2D7F\u2DE0-\u2DFF"
    r"\u302A-\u302F\u3099-\u309A\uA66F\uA674-\uA67D\uA69E-\uA69F\uA6F0-\uA6F1\uA806\uA82C\uA8C4\uA8E0-\uA8F1"
    r"\uA92B-\uA92D\uA953\uA9B3-\uA9C0\uAAB0\uAAB2-\uAAB4\uAAB7-\uAAB8\uAABE-\uAABF\uAAC1\uAAF6\uABED\uFB1E"
    r"\uFE20-\uFE2F\U000101FD\U000102E0\U00010376-\U0001037A\U00010A0D-\U00010A0F\U00010A38-\U00010A3F"
    r"\U00010AE5-\U00010AE6\U00010D24-\U00010D27\U00010EAB-\U00010EAC\U00010F46-\U00010F50\U00010F82-\U00010F85"
    r"\U00011046\U00011070\U0001107F\U000110B9-\U000110BA\U00011100-\U00011102\U00011133-\U00011134\U00011173"
    r"\U000111C0\U000111CA\U00011235-\U00011236\U000112E9-\U000112EA\U0001133B-\U0001133C\U0001134D"
    r"\U00011366-\U00011374\U00011442-\U00011446\U0001145E\U000114C2-\U000114C3\U000115BF-\U000115C0\U0001163F"
    r"\U000116B6-\U000116B7\U0001172B\U00011839-\U0001183A\U0001193D-\U0001193E\U00011943\U000119E0\U00011A34"
    r"\U00011A47\U00011A99\U00011C3F\U00011D42-\U00011D45\U00011D97\U00016AF0-\U00016AF4\U00016B30-\U00016B36"
    r"\U00016FF0-\U00016FF1\U0001BC9E\U0001D165-\U0001D169\U0001D16D-\U0001D172\U0001D17B-\U0001D182"
    r"\U0001D185-\U0001D18B\U0001D1AA-\U0001D1AD\U0001D242-\U0001D244\U0001E000-\U0001E02A\U0001E130-\U0001E136"
    r"\U0001E2AE\U0001E2EC-\U0001E2EF\U0001E8D0-\U0001E8D6\U0001E944-\U0001E94A"
)
UNSPACED = (
    r"\u0E01-\u0E3A\u0E40-\u0E4E\u0E50-\u0E59\u0E81-\u0EFF\u1000-\u1049\u1050-\u109D\u1780-\u17D3\u17D7\u17DC-\u17FF"
    r"\u1950-\u19DD\u1A20-\u1A9F\u1B00-\u1B59\u3005-\u3007\u3021-\u302F\u3031-\u3036\u3038-\u303C\u3041-\u309F"
    r"\u30A1-\u30FA\u30FC-\u312F\u31A0-\u31BF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA48F\uA980-\uA9C0"
    r"\uA9D0-\uA9DD\uA9E0-\uA9FF\uAA60-\uAA76\uAA7A-\uAA7F\uF900-\uFAFF\U00016FE0-\U00016FE1\U00016FE3-\U0001B2FF"
    r"\U00020000-\U0003FFFD"
)
PUNCTUATION = (
    r"\u00A1\u00AB\u00B7-\u00BF\u055A-\u055F\u0589-\u058A\u05BE\u05C0\u05C3\u05C6\u05F3-\u05F4\u0609-\u060A"
    r"\u060C-\u060D\u061B\u061D-\u061F\u066A-\u066D\u06D4\u0700-\u070D\u07F7-\u07F9\u0830-\u083E\u085E\u0964-\u0965"
    r"\u0970\u09FD\u0A76\u0AF0\u0C77\u0C84\u0DF4\u0E4F\u0E5A-\u0E5B\u0F04-\u0F12\u0F14\u0F3A-\u0F3D\u0F85\u0FD0-\u0FD4"
    r"\u0FD9-\u0FDA\u104A-\u104F\u10FB\u1360-\u1368\u1400\u166E\u169B-\u169C\u16EB-\u16ED\u1735-\u1736\u17D4-\u17D6"
    r"\u17D8-\u17DA\u1800-\u180A\u1944-\u1945\u1A1E-\u1A1F\u1AA0-\u1AA6\u1AA8-\u1AAD\u1B5A-\u1B60\u1B7D-\u1B7E"
    r"\u1BFC-\u1BFF\u1C3B-\u1C3F\u1C7E-\u1C7F\u1CC0-\u1CC7\u1CD3\u2010-\u201F\u2022-\u2027\u2032-\u2043\u2045-\u2051"
    r"\u2053-\u205E\u2308-\u230B\u2768-\u2775\u27C5-\u27C6\u27E6-\u27EF\u2983-\u2998\u29D8-\u29DB\u29FC-\u29FD"
    r"\u2CF9-\u2CFC\u2CFE-\u2CFF\u2D70\u2E00-\u2E2E\u2E30-\u2E4F\u2E52-\u2E5D\u3001-\u3003\u3008-\u3011\u3014-\u301F"
    r"\u3030\u303D\u30A0\u30FB\uA4FE-\uA4FF\uA60D-\uA60F\uA673\uA67E\uA6F2-\uA6F7\uA874-\uA877\uA8CE-\uA8CF"
    r"\uA8F8-\uA8FA\uA8FC\uA92E-\uA92F\uA95F\uA9C1-\uA9CD\uA9DE-\uA9DF\uAA5C-\uAA5F\uAADE-\uAADF\uAAF0-\uAAF1\uABEB"
    r"\uFD3E-\uFD3F\uFE45-\uFE46\U00010100-\U00010102\U0001039F\U000103D0\U0001056F\U00010857\U0001091F\U0001093F"
    r"\U00010A50-\U00010A58\U00010A7F\U00010AF0-\U00010AF6\U00010B39-\U00010B3F\U00010B99-\U00010B9C\U00010EAD"
    r"\U00010F55-\U00010F59\U00010F86-\U00010F89\U00011047-\U0001104D\U000110BB-\U000110BC\U000110BE-\U000110C1"
    r"\U00011140-\U00011143\U00011174-\U00011175\U000111C5-\U000111C8\U000111CD\U000111DB\U000111DD-\U000111DF"
    r"\U00011238-\U0001123D\U000112A9\U0001144B-\U0001144F\U0001145A-\U0001145D\U000114C6\U000115C1-\U000115D7"
    r"\U00011641-\U00011643\U00011660-\U0001166C\U000116B9\U0001173C-\U0001173E\U0001183B\U00011944-\U00011946"
    r"\U000119E2\U00011A3F-\U00011A46\U00011A9A-\U00011A9C\U00011A9E-\U00011AA2\U00011C41-\U00011C45"
    r"\U00011C70-\U00011C71\U00011EF7-\U00011EF8\U00011FFF\U00012470-\U00012474\U00012FF1-\U00012FF2"
    r"\U00016A6E-\U00016A6F\U00016AF5\U00016B37-\U00016B3B\U00016B44\U00016E97-\U00016E9A\U00016FE2\U0001BC9F"
    r"\U0001DA87-\U0001DA8B\U0001E95E-\U0001E95F"
)
SYMBOLS = (
    r"\u00A2-\u00A7\u00A9\u00AC\u00AE-\u00B1\u00B6\u00D7\u00F7\u02C2-\u02C5\u02D2-\u02EB\u02ED\u02EF-\u02FF\u0375"
    r"\u03F6\u0482\u058D-\u058F\u0606-\u0608\u060B\u060E-\u060F\u06DE\u06E9\u06FD-\u06FE\u07F6\u07FE-\u07FF\u0888"
    r"\u09F2-\u09F3\u09FA-\u09FB\u0AF1\u0B70\u0BF3-\u0BFA\u0C7F\u0D4F\u0D79\u0E3F\u0F01-\u0F03\u0F13\u0F15-\u0F17"
    r"\u0F1A-\u0F1F\u0F34\u0F36\u0F38\u0FBE-\u0FC5\u0FC7-\u0FCF\u0FD5-\u0FD8\u109E-\u109F\u1390-\u1399\u166D\u17DB"
    r"\u1940\u19DE-\u19FF\u1B61-\u1B6A\u1B74-\u1B7C\u2020-\u2021\u2030-\u2031\u2044\u2052\u20A0-\u20C0\u20E3"
    r"\u2104-\u212E\u213A-\u214D\u214F\u218A-\u2307\u230C-\u244A\u2500-\u2767\u2794-\u27C4\u27C7-\u27E5\u27F0-\u2982"
    r"\u2999-\u29D7\u29DC-\u29FB\u29FE-\u2BFF\u2CE5-\u2CEA\u2E50-\u2E51\u2E80-\u2FFB\u3004\u3012-\u3013\u3020\u3037"
    r"\u303E-\u303F\u3190-\u3191\u31C0-\u31E3\u327F\u4DC0-\u4DFF\uA490-\uA4C6\uA700-\uA716\uA720-\uA721\uA789-\uA78A"
    r"\uA828-\uA82B\uA836-\uA839\uAA77-\uAA79\uAB5B\uAB6A-\uAB6B\uFBB2-\uFBC2\uFD40-\uFDFF\uFFFC-\uFFFD"
    r"\U00010137-\U0001013F\U00010179-\U00010189\U0001018C-\U000101FC\U00010877-\U00010878\U00010AC8\U0001173F"
    r"\U00011FD5-\U00011FF1\U00016B3C-\U00016B3F\U00016B45\U0001BC9C\U0001CF50-\U0001D15D\U0001D16A-\U0001D16C"
    r"\U0001D183-\U0001D184\U0001D18C-\U0001D1A9\U0001D1AE-\U0001D241\U0001D245\U0001D300-\U0001D356"
    r"\U0001D800-\U0001D9FF\U0001DA37-\U0001DA3A\U0001DA6D-\U0001DA74\U0001DA76-\U0001DA83\U0001DA85-\U0001DA86"
    r"\U0001E14F\U0001E2FF\U0001ECAC\U0001ECB0\U0001ED2E\U0001EEF0-\U0001F0F5\U0001F10D-\U0001FBCA"
)

SIGNS = "$+<=>"
EDGE = rf"""!"''()*,:;?\[\]^_`{{|}}~{PUNCTUATION}"""
SEPARATORS = rf"{EDGE}#%&/@.\\\-{BLANK}"
KINDS = {
    "BLANK": BLANK,
    "IGNORED": IGNORED,
    "POINTS": POINTS,
    "STACKED": STACKED,
    "UNSPACED": UNSPACED,
    "SIGNS": SIGNS,
    "SYMBOLS": f"{SIGNS}{SYMBOLS}",
    "EDGE": EDGE,
    "SEPARATORS": SEPARATORS,
    "LETTERS": f"^{SEPARATORS}{SIGNS}{SYMBOLS}{UNSPACED}",
}

FORMER_WORDS = """
CREATE OR REPLACE FUNCTION task_words(workspace_id uuid, project_key text, number integer, title text, description text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector(
    'simple'::regconfig,
    regexp_replace(
        ' ' || project_key || '-' || number::text || ' ' || title || coalesce(' ' || description, ''),
        '[^[:alnum:]]+',
        ' w' || right(workspace_id::text, 6),
        'g'
    )
)
"""
FORMER_QUERY = r"""
CREATE OR REPLACE FUNCTION task_query(workspace_id uuid, q text)
RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsquery(
    'simple'::regconfig,
    'w' || right(workspace_id::text, 6) || nullif(
        replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(q, '^[^[:alnum:]]+|[^[:alnum:]]+$', '', 'g'),
                    '[^[:alnum:]]*[[:space:]][^[:alnum:]]*',
                    chr(10),
                    'g'
                ),
                '[^[:alnum:]' || chr(10) || ']+',
                ' <-> w' || right(workspace_id::text, 6),
                'g'
            ),
            chr(10),
            ' & w' || right(workspace_id::text, 6)
        ),
        ''
    ) || ':*'
)
"""
QUERY_MEANWHILE = """
CREATE OR REPLACE FUNCTION task_query(workspace_id uuid, q text)
RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(
    new_task_query(workspace_id, q) || former_task_query(workspace_id, q),
    new_task_query(workspace_id, q),
    former_task_query(workspace_id, q)
)
"""
# A generated column is computed anew where what it is made of is written.
WORDS_ANEW = """
DO $$
DECLARE
    nothing CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    workspaces uuid[] := ARRAY[nothing];
    ids uuid[] := ARRAY[nothing];
BEGIN
    LOOP
        -- Nobody waits behind this who does not change one of these tasks.
        SET LOCAL lock_timeout = '5s';
        SELECT array_agg(workspace_id), array_agg(id)
        INTO workspaces, ids
        FROM (
            SELECT workspace_id, id FROM tasks
            WHERE (workspace_id, id) > (workspaces[cardinality(workspaces)], ids[cardinality(ids)])
            ORDER BY workspace_id, id LIMIT 200 FOR NO KEY UPDATE
        ) AS batch;
        EXIT WHEN ids IS NULL;
        UPDATE tasks SET title = title
        FROM unnest(workspaces, ids) AS batch (workspace_id, id)
        WHERE tasks.workspace_id = batch.workspace_id AND tasks.id = batch.id;
        COMMIT;
    END LOOP;
END
$$
"""


def upgrade() -> None:
    functions = _functions()
    op.execute(_renamed("former_task_query", FORMER_QUERY))
    for name, function in functions.items():
        op.execute(_renamed("new_task_query", function) if name == "task_query" else function)
    # Replaced, never dropped: statements that were prepared before know a function by its number.
    op.execute(QUERY_MEANWHILE)
    _make_words_anew()
    op.execute(functions["task_query"])
    op.execute("DROP FUNCTION former_task_query(uuid, text)")
    op.execute("DROP FUNCTION new_task_query(uuid, text)")


def downgrade() -> None:
    op.execute(FORMER_WORDS)
    op.execute(FORMER_QUERY)
    _make_words_anew()
    op.execute("DROP FUNCTION task_holds(text[], text, integer, text, text)")
    op.execute("DROP FUNCTION task_phrases(text)")
    for name in ("bordered", "terms", "parts", "fold"):
        op.execute(f"DROP FUNCTION search_{name}(text)")
    op.execute("DROP FUNCTION search_words(text, text)")


def _make_words_anew() -> None:
    with op.get_context().autocommit_block():
        op.execute(WORDS_ANEW)


def _renamed(name: str, function: str) -> str:
    return function.replace("FUNCTION task_query(", f"FUNCTION {name}(")


def _functions() -> dict[str, str]:
    """By name, in the order in which they can be made."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for name, value in {**KINDS, "COLLATION": _collation()}.items():
        sql = sql.replace(f"@{name}@", value)
    functions = re.split(r"(?m)^(?=CREATE )", re.sub(r"(?m)^--.*\n", "", sql))[1:]
    return {function.split("(", 1)[0].rsplit(" ", 1)[1]: function for function in functions}


def _collation() -> str:
    """One that knows the letters of all languages: PostgreSQL has its own since 17, and had that of ICU before, where built with
    it. Else it is that of the database.
    """
    if context.is_offline_mode():
        return "pg_c_utf8"
    known = sa.text("SELECT collname FROM pg_collation WHERE collname IN ('pg_c_utf8', 'und-x-icu') ORDER BY collname LIMIT 1")
    return op.get_bind().scalar(known) or "default"
