"""Whose change it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Author:
    """Kept with each row that is written. `number` is the upload's in the order of changes.

    `upload` is `None` where the values are those of a person, which an undo has brought back.
    """

    owner: str | None
    upload: uuid.UUID | None
    number: int
