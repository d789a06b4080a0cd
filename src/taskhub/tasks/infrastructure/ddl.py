"""What the tables of this module need that a table's description can't say: how text becomes words that can be searched for.

A word is a run of letters and digits. Each is kept under a mark of its workspace (24 random bits of its id): a search touches
the words of one workspace in the index, however common they are elsewhere. Two workspaces of one mark only cost each other time.
"""

CREATE_TASK_WORDS = """
CREATE FUNCTION task_words(workspace_id uuid, project_key text, number integer, title text, description text)
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
"""The words of a task, in their order."""

CREATE_TASK_QUERY = r"""
CREATE FUNCTION task_query(workspace_id uuid, q text)
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
"""What people type: all words, the last of them perhaps unfinished; words with punctuation between them stand side by side.

Null, which matches nothing, where there is no word in it.
"""

CREATE = [CREATE_TASK_WORDS, CREATE_TASK_QUERY]
DROP = [
    "DROP FUNCTION task_query(uuid, text)",
    "DROP FUNCTION task_words(uuid, text, integer, text, text)",
]
