"""The JSON schemas of answers that are no values of the library."""

from collections.abc import Mapping

Shape = Mapping[str, object]

TEXT: Shape = {"type": "string"}
BOOLEAN: Shape = {"type": "boolean"}
COUNT: Shape = {"type": "integer"}


def object_of(*, optional: tuple[str, ...] = (), **properties: Shape) -> Shape:
    """An object of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def array_of(items: Shape) -> Shape:
    """An array of such items."""
    return {"type": "array", "items": items}


COUNTS: Shape = {"type": "object", "additionalProperties": COUNT}
"""So many of each kind."""
FILES: Shape = object_of(files=array_of(TEXT))
"""The files that were written."""
