"""The rules by which the bucket itself removes what is not needed any more.

An existing bucket's rules are its owner's: ours are added by their id when they are absent, and nothing
else is changed. Who wants a rule of ours otherwise edits it and keeps its id.

A rule that follows a setting has its days in its id: as long as both agree nobody has edited it, and it is replaced
when the setting has changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings

from bulk_upload import storage_keys

# A file of which no upload was known stays for so long after it was set aside.
ORPHAN_DAYS: Final = 30
# The bucket removes a file when it is so many times as old as the purge lets it become. It counts from the day on which
# the file came, the purge from the end of its upload, which comes later, and again later when the upload is retried.
LATER: Final = 2
# In a bucket that keeps versions, what was removed is there for so long.
VERSION_DAYS: Final = 30
# What earlier releases wrote without the days in its id.
UNNUMBERED_DAYS: Final = 7

Rule = dict[str, Any]


def our_rules() -> list[Rule]:
    """The rules for this system's part of the bucket. Each system's have ids of their own."""
    rules: list[Rule] = [
        {
            # The parts of a large upload that broke off are invisible and cost money for ever.
            "ID": f"{_name()}: abort incomplete uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": storage_keys.uploads()},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {
            "ID": f"{_name()}: expire orphans",
            "Status": "Enabled",
            "Filter": {"Prefix": storage_keys.orphans()},
            "Expiration": {"Days": ORPHAN_DAYS},
        },
    ]
    if days := settings.BULK_UPLOAD_KEEP_FILES_DAYS:
        expiry = {"NoncurrentVersionExpiration": {"NoncurrentDays": VERSION_DAYS}}
        rules.append(_later_than_the_purge("uploads", days, storage_keys.uploads()) | expiry)
    if days := settings.BULK_UPLOAD_KEEP_PREPARED_DAYS:
        aborting = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
        rules.append(_later_than_the_purge("prepared files", days, storage_keys.prepared()) | aborting)
    return rules


def with_ours(present: Sequence[Rule]) -> list[Rule] | None:
    """The bucket's rules with ours as the settings want them; `None` when they are so already."""
    ours = our_rules()
    wanted = {rule["ID"] for rule in ours}
    kept = [rule for rule in present if rule.get("ID") in wanted or not _is_of_another_setting(rule)]
    there = {_subject(rule) for rule in kept}
    rules = [*kept, *(rule for rule in ours if _subject(rule) not in there)]
    return None if rules == list(present) else rules


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


def _later_than_the_purge(what: str, days: int, prefix: str) -> Rule:
    return {
        "ID": f"{_name()}: expire {what} after {LATER * days} days",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "Expiration": {"Days": LATER * days},
    }


def _name() -> str:
    return settings.S3_KEY_PREFIX.strip("/") or "uploads"


def _is_of_another_setting(rule: Rule) -> bool:
    """Whether we wrote the rule for a setting that has changed since, and nobody has edited it."""
    match = re.fullmatch(
        rf"{re.escape(_name())}: expire (?:uploads|prepared files)(?: after (?P<days>\d+) days)?", rule.get("ID", "")
    )
    return match is not None and rule.get("Expiration") == {"Days": int(match["days"] or UNNUMBERED_DAYS)}


def _subject(rule: Rule) -> str:
    """What the rule is about: its id without the days."""
    return re.sub(r" after \d+ days$", "", str(rule.get("ID", "")))
