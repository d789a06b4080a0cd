"""The OpenAPI document as it is, and as it was released: ``python -m openapi.document`` makes the one the other."""

import json
from pathlib import Path
from typing import Any

from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of

RELEASED = Path(__file__).parent / "released.json"
NOT_BREAKING = RELEASED.with_name("not_breaking.txt")
"""What oasdiff takes for breaking since then and is not, each with the reason."""


def current_document() -> dict[str, Any]:
    modules = installed_modules()
    return document_of(modules.operations, "unreleased", modules.catalogue)


def release() -> None:
    RELEASED.write_text(json.dumps(current_document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    NOT_BREAKING.write_text("", encoding="utf-8")


if __name__ == "__main__":
    release()
