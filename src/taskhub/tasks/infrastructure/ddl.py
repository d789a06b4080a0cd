"""What the tables of this module need that a table's description can't say."""

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
CREATE = [CREATE_TASK_WORDS]
DROP = ["DROP FUNCTION task_words(uuid, text, integer, text, text)"]
