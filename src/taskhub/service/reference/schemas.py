"""The shapes of bodies and answers, as JSON Schema under their names."""

from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect
from pydantic import BaseModel

from taskhub.kernel.api.responses import Batch, Page
from taskhub.service.reference.glossary import word

Schema = dict[str, Any]

_REF = "#/components/schemas/"
_SCALARS: dict[type, Schema] = {
    inspect.UUIDType: {"type": "string", "format": "uuid"},
    inspect.DateTimeType: {"type": "string", "format": "date-time"},
    inspect.DateType: {"type": "string", "format": "date"},
    inspect.TimeType: {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"},
    inspect.StrType: {"type": "string"},
    inspect.IntType: {"type": "integer"},
    inspect.BoolType: {"type": "boolean"},
    inspect.NoneType: {"type": "null"},
    inspect.DictType: {"type": "object"},
}
_NAMES = {"WorkspaceForMember": "Workspace", "NamedMember": "Member"}
"""Views whose name tells more than a client needs."""
_NULL: Schema = {"type": "null"}


class Schemas:
    """The named schemas of one document, gathered as they are referred to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of_answer(self, answers: Any) -> Schema:
        """The schema of a view, or of a page of them. Answers may grow members and values: nothing about them is closed."""
        if get_origin(answers) in (Batch, Page):
            return self._of_several(get_origin(answers), get_args(answers)[0])
        return self._of_type(inspect.type_info(answers))

    def of_body(self, model: type[BaseModel]) -> Schema:
        """The schema of a request body."""
        schema = model.model_json_schema(ref_template=_REF + "{model}")
        for name, definition in schema.pop("$defs", {}).items():
            self._add(name, definition)
        return self._add(model.__name__, schema)

    def example(self, schema: Schema) -> Any:
        """A value of a schema, from the examples of its members."""
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            return self.example(self.components[schema["$ref"].removeprefix(_REF)])
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0])
        if schema["type"] == "array":
            return [self.example(schema["items"])]
        return {name: self.example(member) for name, member in schema.get("properties", {}).items()}

    def _of_several(self, kind: type, view: type[msgspec.Struct]) -> Schema:
        items = self.of_answer(view)
        properties: dict[str, Schema] = {"items": {"type": "array", "items": items}}
        if kind is Page:
            properties["next_cursor"] = {"anyOf": [{"type": "string"}, _NULL]}
        schema = {"type": "object", "properties": properties, "required": [*properties]}
        return self._add(f"{items['$ref'].removeprefix(_REF)}{kind.__name__}", schema)

    def _of_type(self, kind: Any) -> Schema:
        if isinstance(kind, inspect.StructType):
            return self._of_struct(kind)
        if isinstance(kind, inspect.ListType | inspect.VarTupleType):
            return {"type": "array", "items": self._of_type(kind.item_type)}
        if isinstance(kind, inspect.UnionType):
            return {"anyOf": [self._of_type(one) for one in kind.types]}
        return dict(_SCALARS[type(kind)])

    def _of_struct(self, kind: inspect.StructType) -> Schema:
        return self._add(
            _NAMES.get(kind.cls.__name__) or kind.cls.__name__.removesuffix("View"),
            {
                "type": "object",
                "properties": {field.encode_name: self._of_type(field.type) for field in kind.fields},
                "required": [field.encode_name for field in kind.fields if field.required],
            },
        )

    def _add(self, name: str, schema: Schema) -> Schema:
        schema.pop("title", None)
        for member, definition in schema["properties"].items():
            definition.pop("title", None)
            definition.update(word(member, name).on_schema(definition))
        assert self.components.setdefault(name, schema) == schema, f"two schemas are called {name}"
        return {"$ref": _REF + name}
