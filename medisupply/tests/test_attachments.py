"""Files that answers give: whole, under a harmless name, and never shown by the browser or kept by a cache."""

from __future__ import annotations

import io

import pytest

from medisupply.web.attachments import Attachment


@pytest.mark.parametrize("name", ['a";b.csv', "a\r\nSet-Cookie: x.csv", "../a.csv"])
def test_no_name_can_break_the_header(name):
    header = Attachment(name, "text/csv", [b""]).response()["Content-Disposition"]
    assert header.count('"') == 2
    assert not {"\r", "\n", "/"} & set(header)


@pytest.mark.parametrize(
    ("content", "length", "told"), [([b"ab"], None, None), ([b"ab"], 2, "2"), (io.BytesIO(b"ab"), None, "2")]
)
def test_an_answer_is_a_file_to_save_of_known_length_where_that_is_known(content, length, told):
    answer = Attachment("señal.csv", "text/csv", content, length).response()
    assert b"".join(answer.streaming_content) == b"ab"
    assert answer.get("Content-Length") == told
    assert answer["Content-Disposition"] == "attachment; filename=\"se_al.csv\"; filename*=UTF-8''se%C3%B1al.csv"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
