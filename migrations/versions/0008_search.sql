-- How text becomes words that can be searched for. The names between @ are kinds of characters, as ranges.
-- What a generated column stands on calls nothing but functions of PostgreSQL's own: pg_restore has no search path.

-- Text as it is compared: in lower case, compatibility forms replaced, without marks and without what nobody sees. Of marks upon each
-- other 30 count: to bring n of them into order takes n² steps. 200,000 characters count: some stand for 18 each (U+FDFA).
CREATE OR REPLACE FUNCTION search_fold(value text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF octet_length(value) = length(value) THEN
        RETURN lower(value COLLATE "C");
    END IF;
    value := regexp_replace(value, '[@IGNORED@@POINTS@]+', '', 'g');
    IF value ~ '[@STACKED@]{31}' THEN
        value := regexp_replace(value, '([@STACKED@]{30})[@STACKED@]+', '\1', 'g');
    END IF;
    value := left(lower(normalize(value, NFKD) COLLATE "@COLLATION@"), 200000);
    IF value ~ '\u0345' THEN
        value := replace(value, U&'\0345', U&'\03B9');
    END IF;
    value := regexp_replace(value, '[@POINTS@]+|(?<!\u0438)\u0306+', '', 'g');
    value := normalize(value, NFC);
    IF value ~ '[\u00DF\u00E6\u0153\u03C2\u0131\u00F8\u0142\u0111\u0127\u1C80-\u1C88]' THEN
        value := replace(replace(replace(value, U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe');
        value := translate(value, U&'\03C2\0131\00F8\0142\0111\0127', U&'\03C3ioldh');
        value := translate(
            value, U&'\1C80\1C81\1C82\1C83\1C84\1C85\1C86\1C87\1C88', U&'\0432\0434\043E\0441\0442\0442\044A\0463\A64B'
        );
    END IF;
    IF value ~ '[\u2010-\u2015\u2212\u02BC\u2018-\u201F]' THEN
        value := regexp_replace(value, '[\u2010-\u2015\u2212]', '-', 'g');
        value := regexp_replace(value, '[\u02BC\u2018-\u201B]', '''', 'g');
        value := regexp_replace(value, '[\u201C-\u201F]', '"', 'g');
    END IF;
    RETURN value;
END
$$

-- The words of a folded text, each with the mark in front: runs of letters and digits, each symbol, and of scripts without spaces each
-- two characters side by side; the last of a run stands alone as well. An entry of a tsvector has less than 2,048 bytes: of longer
-- words the first 200 characters count. A tsvector has less than 1,048,576: of a text with more the first ones count.
CREATE OR REPLACE FUNCTION search_words(mark text, folded text)
RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    words text[];
BEGIN
    IF octet_length(folded) = length(folded) THEN
        IF folded ~ '[@SIGNS@]' THEN
            folded := regexp_replace(folded, '([@SIGNS@])', ' \1 ', 'g');
        END IF;
        folded := regexp_replace(folded, '[^a-z0-9@SIGNS@]+', ' ', 'g');
    ELSE
        IF folded ~ '[@UNSPACED@]' THEN
            folded := regexp_replace(folded, '([@UNSPACED@]+)', ' \1 ', 'g');
            folded := regexp_replace(folded, '([@UNSPACED@])', '\1 \1', 'g');
        END IF;
        IF folded ~ '[@SYMBOLS@]' THEN
            folded := regexp_replace(folded, '([@SYMBOLS@])', ' \1 ', 'g');
        END IF;
        folded := regexp_replace(folded, '[@SEPARATORS@]+', ' ', 'g');
    END IF;
    IF octet_length(folded) > 2000 AND folded ~ '[^ ]{201}' THEN
        folded := regexp_replace(folded, '([^ ]{200})[^ ]+', '\1', 'g');
    END IF;
    folded := mark || replace(btrim(folded, ' '), ' ', ' ' || mark);
    words := string_to_array(folded, ' ');
    IF octet_length(folded) > 1040000 THEN
        words := ARRAY(
            SELECT word
            FROM (
                SELECT word, sum(octet_length(word)) OVER (ORDER BY min(place)) AS size
                FROM unnest(words) WITH ORDINALITY AS every (word, place)
                GROUP BY word
            ) AS once
            WHERE size <= 1040000
        );
    END IF;
    RETURN array_to_tsvector(words);
END
$$

-- The words of a task, under a mark of its workspace (24 random bits of its id): a search touches the words of one workspace in the
-- index, however common they are elsewhere. Two workspaces of one mark only cost each other time.
CREATE OR REPLACE FUNCTION task_words(workspace_id uuid, project_key text, number integer, title text, description text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_words(
    encode(substr(uuid_send(workspace_id), 14), 'base64'),
    search_fold(project_key || '-' || number::text || ' ' || title || coalesce(' ' || description, ''))
)

-- What people type, between blanks, without what stands around words: brackets, quotes, the marks of sentences.
CREATE OR REPLACE FUNCTION search_parts(q text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    part text;
    parts text[] := '{}';
BEGIN
    FOREACH part IN ARRAY string_to_array(regexp_replace(search_fold(q), '[@BLANK@]+', ' ', 'g'), ' ') LOOP
        part := regexp_replace(regexp_replace(part, '^[@EDGE@]+', ''), '[@EDGE@.]+$', '');
        IF part ~ '[^@SEPARATORS@]' THEN
            parts := parts || part;
        END IF;
    END LOOP;
    RETURN parts;
END
$$

-- The words that a task has to have for a part of what people type.
CREATE OR REPLACE FUNCTION search_terms(part text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF octet_length(part) = length(part) THEN
        part := regexp_replace(part, '([@SIGNS@])', ' \1 ', 'g');
        RETURN string_to_array(btrim(regexp_replace(part, '[^a-z0-9@SIGNS@]+', ' ', 'g'), ' '), ' ');
    END IF;
    part := regexp_replace(part, '([@UNSPACED@]+)', ' \1 ', 'g');
    part := regexp_replace(part, '(?<=[@UNSPACED@])([@UNSPACED@])(?=[@UNSPACED@])', '\1 \1', 'g');
    part := regexp_replace(part, '([@SYMBOLS@])', ' \1 ', 'g');
    RETURN string_to_array(btrim(regexp_replace(part, '[@SEPARATORS@]+', ' ', 'g'), ' '), ' ');
END
$$

-- All words of what people type. The last may be a beginning, a long one or a single character of a script without spaces always is.
-- Null, which matches nothing, where there is no word in it.
CREATE OR REPLACE FUNCTION task_query(workspace_id uuid, q text)
RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    mark text := encode(substr(uuid_send(workspace_id), 14), 'base64');
    parts text[] := search_parts(q);
    wanted text;
    part text;
    terms text[];
    term text;
    may_go_on boolean;
BEGIN
    FOR place IN 1 .. cardinality(parts) LOOP
        part := parts[place];
        terms := search_terms(part);
        FOR n IN 1 .. cardinality(terms) LOOP
            term := terms[n];
            may_go_on := length(term) >= 200 OR term ~ '^[@UNSPACED@]$' OR (
                place = cardinality(parts) AND n = cardinality(terms)
                AND term ~ '[@LETTERS@]$' AND right(part, length(term)) = term
            );
            term := '''' || mark || left(term, 200) || '''' || CASE WHEN may_go_on THEN ':*' ELSE '' END;
            wanted := concat_ws(' & ', wanted, term);
        END LOOP;
    END LOOP;
    RETURN wanted::tsquery;
END
$$

-- A folded text in which one sees where words begin and end.
CREATE OR REPLACE FUNCTION search_bordered(folded text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(folded, '[@BLANK@]+', ' ', 'g'), '([@LETTERS@]+)', chr(1) || '\1' || chr(2), 'g'
)

-- The parts of what people type that are more than a word: they have to occur as they are typed.
CREATE OR REPLACE FUNCTION task_phrases(q text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    parts text[] := search_parts(q);
    phrases text[] := '{}';
    part text;
BEGIN
    FOR place IN 1 .. cardinality(parts) LOOP
        part := parts[place];
        IF length(part) >= 200 OR part <> ALL (search_terms(part)) THEN
            part := search_bordered(part);
            phrases := phrases || CASE WHEN place = cardinality(parts) THEN rtrim(part, chr(2)) ELSE part END;
        END IF;
    END LOOP;
    RETURN phrases;
END
$$

-- Whether all phrases occur in a task. Most do where they occur first in what was written, but for the case of ASCII: to fold a text,
-- and to see where all its words begin and end, takes longer.
CREATE OR REPLACE FUNCTION task_holds(phrases text[], project_key text, number integer, title text, description text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000
AS $$
DECLARE
    written text := project_key || '-' || number::text || ' ' || title || coalesce(' ' || description, '');
    lowered text := lower(written COLLATE "C");
    folded text;
    bordered text;
    phrase text;
    plain text;
    place integer;
BEGIN
    FOREACH phrase IN ARRAY phrases LOOP
        plain := translate(phrase, chr(1) || chr(2), '');
        place := strpos(lowered, plain);
        CONTINUE WHEN place > 0
            AND strpos(search_bordered(substr(' ' || lowered, place, length(plain) + 2)), phrase) > 0;
        folded := coalesce(folded, search_fold(written));
        IF strpos(folded, plain) = 0 THEN
            RETURN false;
        END IF;
        bordered := coalesce(bordered, search_bordered(folded));
        IF strpos(bordered, phrase) = 0 THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$
