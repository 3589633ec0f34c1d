"""The rules by which the bucket itself removes what is not needed any more.

An existing bucket's rules are its owner's: ours are added by their id when they are absent, and nothing
else is changed. Who wants a rule of ours otherwise edits it and keeps its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings

from bulk_upload import storage_keys

# A file of which no upload was known stays for so long after it was set aside.
ORPHAN_DAYS: Final = 30
# A file that was made of an upload can be made again.
PREPARED_DAYS: Final = 7

Rule = dict[str, Any]


def our_rules() -> list[Rule]:
    """The rules for this system's part of the bucket. Each system's have ids of their own."""
    name = settings.S3_KEY_PREFIX.strip("/") or "uploads"
    return [
        {
            # The parts of a large upload that broke off are invisible and cost money for ever.
            "ID": f"{name}: abort incomplete uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": storage_keys.uploads()},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {
            "ID": f"{name}: expire orphans",
            "Status": "Enabled",
            "Filter": {"Prefix": storage_keys.orphans()},
            "Expiration": {"Days": ORPHAN_DAYS},
        },
        {
            "ID": f"{name}: expire prepared files",
            "Status": "Enabled",
            "Filter": {"Prefix": storage_keys.prepared()},
            "Expiration": {"Days": PREPARED_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]


def missing(present: Sequence[Rule]) -> list[Rule]:
    """Those of our rules that the bucket does not have, by their ids."""
    ids = {rule.get("ID") for rule in present}
    return [rule for rule in our_rules() if rule["ID"] not in ids]


def differences(bucket: str, present: Sequence[Rule]) -> list[str]:
    """In sentences, what the bucket's rules of our ids say otherwise than ours, and what to do."""
    by_id = {rule.get("ID"): _with_filter(rule) for rule in present}
    return [
        f"The lifecycle rule “{rule['ID']}” of {bucket} has {part} {by_id[rule['ID']].get(part, 'unset')}, "
        f"expected is {value}. It stays as it is; if that is not meant, edit the rule and keep its id."
        for rule in our_rules()
        for part, value in rule.items()
        if rule["ID"] in by_id and by_id[rule["ID"]].get(part) != value
    ]


def _with_filter(rule: Rule) -> Rule:
    """S3 gives a prefix back where it was set: in a filter, or beside it, as templates and older clients do."""
    return {"Filter": {"Prefix": rule["Prefix"]}, **rule} if "Prefix" in rule else rule


def refused(bucket: str, reason: str) -> str:
    """What is said when S3 does not allow to read or change the rules."""
    ids = ", ".join(f"“{rule['ID']}”" for rule in our_rules())
    return f"The lifecycle rules of {bucket} stay as they are ({reason}): see that it has {ids}."
