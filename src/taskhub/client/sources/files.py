"""Reading files of other products."""

import csv
import io
import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from taskhub.client.errors import ClientError

_COPY = re.compile(r"\s*\(\d+\)$")


def read_text(source: Path) -> str:
    """Raises:
    ClientError
    """
    try:
        content = source.read_bytes()
        return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        raise ClientError(f"{source} is no text in UTF-8: save it as such (in Excel: CSV UTF-8), and try again.") from None
    except OSError as error:
        raise ClientError(f"{source} can't be read: {error.strerror}.") from None


def read_json(source: Path) -> Any:
    """Raises:
    ClientError
    """
    try:
        return json.loads(read_text(source))
    except (ValueError, RecursionError) as error:
        raise ClientError(f"{source} is no JSON: {error}.") from None


def read_rows(source: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table by the titles of its columns, in lower case, each with the number of its last line. What separates them
    are commas, semicolons or tabs.

    Raises:
        ClientError
    """
    text = read_text(source)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        titles = [title.strip().casefold() for title in next(reader, [])]
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, {title: cell for title, cell in zip(titles, row, strict=False) if title}
    except csv.Error as error:
        raise ClientError(f"{source}, line {reader.line_num}: {error}.") from None


def name_of(source: Path) -> str:
    """The name of a file, without what browsers add to it when it is downloaded once more: `House (1).csv` is `House`."""
    return _COPY.sub("", source.stem) or source.stem


def digest(*parts: str) -> str:
    """A short name for something that has none of its own."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
