"""Rows of the model that the file leaves as they are."""

from __future__ import annotations

from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.importing.writing.author import Author


def confirm(target: Target, decisions: Decisions, author: Author) -> None:
    """Equal values, but an earlier list must not replace them: they only take this author's number."""
    if keys := decisions.confirmed.keys() - decisions.updates.keys():
        rows = target.model._default_manager.filter(pk__any_of={decisions.confirmed[key].pk for key in keys})
        rows.filter(change_number__lt=author.number).update(change_number=author.number)
