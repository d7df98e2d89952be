"""Data sets as other systems write them, and what is said of a line that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgemm.errors import InputError
from edgemm.tasks.examples import Example, read_examples

LINE = json.dumps({"audio": "clips/a.wav", "text": "where is the yellow cup"})


def written(folder: Path, content: bytes) -> Path:
    (folder / "manifest.jsonl").write_bytes(content)
    return folder


@pytest.mark.parametrize(
    "content",
    [
        LINE.encode(),
        (LINE + "\n").encode("utf-8-sig"),
        (LINE + "\r\n").encode("utf-8-sig"),
        ("\r\n\n  \n" + LINE + "\r\n\r\n").encode(),
        (LINE + "\r").encode(),
        LINE.replace("/", "\\\\").encode(),
        LINE.replace("clips/", ".\\\\clips\\\\").encode(),
    ],
    ids=["plain", "mark", "mark and CRLF", "blank lines", "CR", "backslash", "backslash and dot"],
)
def test_a_data_set_of_any_system_is_read(content: bytes, tmp_path: Path) -> None:
    found = read_examples(written(tmp_path, content))
    assert found == [Example(audio=tmp_path / "clips" / "a.wav", text="where is the yellow cup")]


def test_a_file_whose_name_holds_a_backslash_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a\\b.wav").touch()
    [example] = read_examples(written(tmp_path, json.dumps({"audio": "a\\b.wav"}).encode()))
    assert example.audio == tmp_path / "a\\b.wav"


def test_an_absolute_path_stays_and_a_backslash_in_a_text_too(tmp_path: Path) -> None:
    line = json.dumps({"image": "/data/a.png", "text": "C:\\temp \u2028 x"}, ensure_ascii=False)
    [example] = read_examples(written(tmp_path, line.encode()))
    assert example.image == Path("/data/a.png") and example.text == "C:\\temp \u2028 x"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding: str, tmp_path: Path) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    with pytest.raises(InputError, match=r"is UTF-16: expected UTF-8. Save it as UTF-8"):
        read_examples(written(tmp_path, (mark + LINE).encode(encoding)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"\xff", "not a text: expected UTF-8"),
        (b'{"text": "caf\xe9"}', "not a text: expected UTF-8"),
        (b"[" * 3000, "not an example"),
        (b'{"text": ' * 100_000, "not an example"),
        (b"[]", "not an example"),
        (b"1" * 5000, "not an example"),
        (b"{}}", "not an example"),
        (b'{"audoi": "a.wav"}', "audoi"),
        (b'{"boxes": [{"label": "cup", "xyxy": [1, 2, 3]}]}', "boxes"),
    ],
)
def test_a_line_that_is_no_example_is_named_with_its_number(line: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.jsonl, line 3: ") as raised:
        read_examples(written(tmp_path, LINE.encode() + b"\r\n\r\n" + line + b"\r\n"))
    assert told in str(raised.value)


@pytest.mark.parametrize("content", [b"\n \r\n", b"\xef\xbb\xbf\n"])
def test_a_manifest_without_examples_is_empty(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        read_examples(written(tmp_path, content))
