"""Why there is nothing to download. API and admin choose the HTTP status."""

from __future__ import annotations


class NoFile(Exception):
    """There is no file to send now: a code for programs, a sentence in the reader's language for people.

    The code is one of a problem of the file (`problems.FILE_PROBLEMS`), or ``file_gone``, ``storage_unavailable``,
    ``not_prepared``, ``not_finished``, ``nothing_to_correct``, ``not_a_plan`` or ``plan_expired``, or one of
    `purged.CODES`.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
