"""The JSON Schemas of reconciler.yaml and of campaign files, made from the models that check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from reconciler.config.campaign import Campanha
from reconciler.config.settings import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TITLES: Final = {"reconciler.schema.json": "reconciler.yaml", "campanha.schema.json": "A campaign file"}
_MODELS: Final[Mapping[str, type[BaseModel]]] = {
    "reconciler.schema.json": Settings,
    "campanha.schema.json": Campanha,
}


class _ForEditors(GenerateJsonSchema):
    """Schemas as an editor should show them: without defaults that only mean "left out"."""

    schema_dialect = DIALECT

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys are checked by their own schema, and one that does not fit is refused (and not just left unchecked)."""
        names, values = self.generate_inner(schema["keys_schema"]), self.generate_inner(schema["values_schema"])
        found: JsonSchemaValue = {
            "type": "object",
            "additionalProperties": values,
            "propertyNames": {"pattern": names["pattern"]},
        }
        if schema.get("min_length"):
            found["minProperties"] = schema["min_length"]
        return found


def schemas() -> dict[str, dict[str, Any]]:
    """File name → JSON Schema (draft 2020-12). The same on every run."""
    found = {}
    for name, model in _MODELS.items():
        made = model.model_json_schema(schema_generator=_ForEditors)
        for definition in (made, *made["$defs"].values()):
            for field, described in definition["properties"].items():
                described["title"] = field
        found[name] = {"$schema": DIALECT, "$id": name, "title": _TITLES[name]} | made | {"title": _TITLES[name]}
    return found
