"""Validators of bodies and queries are made when the first request needs them. Here all are made, to find one that can't be."""

from collections.abc import Iterable, Iterator

from pydantic import PydanticUndefinedAnnotation, PydanticUserError
from pydantic_core import SchemaError

from taskhub.kernel.api.operations import Operation


def models_without_validator(operations: Iterable[Operation]) -> Iterator[str]:
    """A sentence for each body and query that can't be validated: its operation would answer nothing but 500."""
    for operation in operations:
        for _, model in filter(None, (operation.body, operation.query)):
            try:
                model.model_rebuild()
            except (PydanticUndefinedAnnotation, PydanticUserError, SchemaError) as error:
                reason = str(error).partition("\n")[0]
                yield f"{operation.method} {operation.path}: {model.__name__} can't be validated: {reason}"
