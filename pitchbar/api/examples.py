"""Examples of bodies, put together from the schemas of the models."""

from typing import Any

Json = dict[str, Any]


def example_of(schema: Json, schemas: Json) -> Any:
    """The example of the schema, put together from its parts' where it has none."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example_of(each, schemas) for name, each in properties.items()}
    return None
