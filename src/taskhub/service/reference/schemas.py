"""JSON Schemas of request bodies and answers, by name."""

from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect
from pydantic import BaseModel

from taskhub.kernel.api.query_params import MAX_ITEMS
from taskhub.kernel.api.responses import Batch, Page
from taskhub.service.reference import limits
from taskhub.service.reference.catalogue import Catalogue

Schema = dict[str, Any]

_REF = "#/components/schemas/"
_SCALARS: dict[type, Schema] = {
    inspect.AnyType: {},
    inspect.UUIDType: {"type": "string", "format": "uuid"},
    inspect.DateTimeType: {"type": "string", "format": "date-time"},
    inspect.DateType: {"type": "string", "format": "date"},
    inspect.TimeType: {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$", "maxLength": 8},
    inspect.StrType: {"type": "string"},
    inspect.IntType: {"type": "integer", "format": "int64"},
    inspect.FloatType: {"type": "number"},
    inspect.BoolType: {"type": "boolean"},
    inspect.NoneType: {"type": "null"},
}
_NULL: Schema = {"type": "null"}
_IGNORED_KEYWORDS = {"title", "default", "writeOnly"}
"""Keywords of pydantic that mislead generators of clients: with a `default` they make a member required, with `writeOnly` they
make two types of one body.
"""


class Schemas:
    """The named schemas of one document, collected while operations refer to them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.components: dict[str, Schema] = {}
        self._bodies: set[str] = set()
        self._told: dict[str, Schema] = {}
        """What bodies say of their members themselves: in answers those that are called like them mean the same."""

    def of_answer(self, answers: Any) -> Schema:
        """The schema of a view, or of a page of views. It is not closed: responses may gain fields and values."""
        if get_origin(answers) in (Batch, Page):
            return self._of_several(get_origin(answers), get_args(answers)[0])
        return self.of_type(answers)

    def of_body(self, model: type[BaseModel]) -> Schema:
        """The schema of a request body."""
        schema = model.model_json_schema(ref_template=_REF + "{model}")
        for name, definition in [*schema.pop("$defs", {}).items(), (model.__name__, schema)]:
            self._bodies.add(name)
            reference = self._add(name, self._of_pydantic(definition))
        return reference

    def of_parameter(self, schema: Schema) -> Schema:
        """The schema of a query parameter."""
        kept = {"default": schema["default"]} if "default" in schema else {}
        return {**self._of_pydantic(schema), **kept}

    def of_type(self, kind: Any) -> Schema:
        return self._of_type(inspect.type_info(kind))

    def known(self, schema: Schema) -> Schema:
        """A named schema for a string with known values, to which others may be added."""
        name, values = schema["title"], schema["x-extensible-enum"]
        description = f"Known values: {', '.join(f'`{value}`' for value in values)}. Responses may contain others in the future."
        named = {"type": "string", "description": description, "x-extensible-enum": values, "examples": values}
        return self._named(name, named)

    def bounded(self) -> dict[str, Schema]:
        """All named schemas. A field that can be written has the same length limits where it is read."""
        written = {name: schema for name, schema in self.components.items() if name in self._bodies}
        limits.copy_limits(written, {name: schema for name, schema in self.components.items() if name not in self._bodies})
        return dict(sorted(self.components.items()))

    def example(self, schema: Schema, *, minimal: bool = False) -> Any:
        """An example of a schema, made from the examples of its fields: of all of them, or only of the required ones."""
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            return self.example(self.components[schema["$ref"].removeprefix(_REF)], minimal=minimal)
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0], minimal=minimal)
        if schema["type"] == "array":
            return [self.example(schema["items"], minimal=minimal)]
        members = schema.get("properties", {})
        # A patch without any field would change nothing.
        wanted = (schema.get("required") or [*members][:1]) if minimal else members
        return {name: self.example(members[name], minimal=minimal) for name in wanted}

    def _of_several(self, kind: type, view: type[msgspec.Struct]) -> Schema:
        items = self.of_answer(view)
        properties: dict[str, Schema] = {"items": {"type": "array", "items": items}}
        if kind is Page:
            properties["items"]["maxItems"] = MAX_ITEMS
            properties["next_cursor"] = {"anyOf": [{"type": "string"}, _NULL]}
        schema = {"type": "object", "properties": properties, "required": [*properties]}
        return self._add(f"{items['$ref'].removeprefix(_REF)}{kind.__name__}", schema)

    def _of_type(self, kind: Any) -> Schema:
        """Like the schemas that msgspec makes, but with the formats of dates and times, and with our names."""
        if isinstance(kind, inspect.Metadata):
            return self.known(kind.extra_json_schema or {})
        if isinstance(kind, inspect.StructType):
            return self._of_struct(kind)
        if isinstance(kind, inspect.ListType | inspect.VarTupleType):
            return {"type": "array", "items": self._of_type(kind.item_type)}
        if isinstance(kind, inspect.DictType):
            return {"type": "object", "additionalProperties": self._of_type(kind.value_type)}
        if isinstance(kind, inspect.UnionType):
            return {"anyOf": [self._of_type(one) for one in kind.types]}
        return dict(_SCALARS[type(kind)])

    def _of_struct(self, kind: inspect.StructType) -> Schema:
        return self._add(
            self._catalogue.schemas.get(kind.cls.__name__) or kind.cls.__name__.removesuffix("View"),
            {
                "type": "object",
                "properties": {field.encode_name: self._of_type(field.type) for field in kind.fields},
                "required": [field.encode_name for field in kind.fields],
            },
        )

    def _of_pydantic(self, schema: Schema) -> Schema:
        """A schema of pydantic in our form: without its own keywords, with named schemas for known values, and with maps as
        generators of clients expect them.
        """
        if "x-extensible-enum" in schema:
            return self.known(schema)
        made = {
            keyword: self._of_keyword(keyword, value) for keyword, value in schema.items() if keyword not in _IGNORED_KEYWORDS
        }
        if "patternProperties" in made:
            ((pattern, values),) = made.pop("patternProperties").items()
            made |= {"propertyNames": {"pattern": pattern}, "additionalProperties": values}
        return made

    def _of_keyword(self, keyword: str, value: Any) -> Any:
        if keyword in ("properties", "patternProperties"):
            return {name: self._of_pydantic(member) for name, member in value.items()}
        if keyword in ("items", "additionalProperties") and isinstance(value, dict):
            return self._of_pydantic(value)
        return [self._of_pydantic(one) for one in value] if keyword == "anyOf" else value

    def _add(self, name: str, schema: Schema) -> Schema:
        for member, definition in schema["properties"].items():
            if (known := self._catalogue.word(member, name)).meaning:
                definition.update(known.on_schema(definition))
            elif "description" in definition:
                self._told[member] = {
                    keyword: definition[keyword] for keyword in ("description", "examples") if keyword in definition
                }
            else:
                definition.update(self._told.get(member, {}))
        return self._named(name, schema)

    def _named(self, name: str, schema: Schema) -> Schema:
        assert self.components.setdefault(name, schema) == schema, f"two schemas are called {name}"
        return {"$ref": _REF + name}
