"""Values of the model's rows as JSON keeps them, and back: what changes, plans and undos are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bulk_upload.importing.mapping.target import Key, Target
from bulk_upload.sheet.columns import Kind
from bulk_upload.sheet.values import Value

# Decimals and dates are kept as they are written.
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
encode: Final[Callable[[Any], str]] = _encoder.encode

_READERS: Final[dict[Kind, Callable[[Any], Value]]] = {"decimal": Decimal, "date": date.fromisoformat}


def decoded(kind: Kind, stored: Any) -> Value | None:
    """The value of a column of this kind that JSON has as `stored`."""
    read = _READERS.get(kind)
    return read(stored) if read and stored is not None else stored


def decoded_key(target: Target, stored: Any) -> Key:
    """The key that JSON has as a value, or as a list of values."""
    values = stored if len(target.key) > 1 else [stored]
    key = tuple(decoded(target.kinds[place], value) for place, value in zip(target.key, values, strict=True))
    return key if len(key) > 1 else key[0]
