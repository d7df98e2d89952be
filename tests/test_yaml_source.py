"""YAML as people and other programs write it: plain values are read, all else is refused with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edgemm.cli import main
from edgemm.errors import ConfigError
from edgemm.settings.config import find_config, load_yaml
from edgemm.settings.yaml_source import MAX_BYTES, read_yaml
from runtime.settings.config import RuntimeConfig
from tests.fuzzing import damaged_bytes, only_our_errors


def values_of(folder: Path, text: str | bytes) -> dict[str, Any]:
    path = folder / "mine.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path).values


def test_a_merge_key_brings_in_what_does_not_stand_here(tmp_path: Path) -> None:
    text = "base: &base {volume: 0.5, speaker: null}\naudio:\n  <<: *base\n  volume: 1\n"
    values = values_of(tmp_path, f"{text}other: {{<<: [{{a: 1}}, {{a: 2, b: 2}}]}}\n")
    assert values["audio"] == {"volume": 1, "speaker": None}
    assert values["other"] == {"a": 1, "b": 2}
    origin = read_yaml(tmp_path / "mine.yaml").origin(("audio", "speaker"))
    assert origin is not None and origin.line == 1


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "null", "~", "1", "1.5", "2024-01-01", "="])
def test_a_key_is_the_word_that_is_written(tmp_path: Path, word: str) -> None:
    assert values_of(tmp_path, f"{word}: 1\n") == {word: 1}


@pytest.mark.parametrize("date", ["2024-01-01", "2024-13-45", "0000-00-00", "2024-02-30 25:61:61"])
def test_a_date_is_text(tmp_path: Path, date: str) -> None:
    assert values_of(tmp_path, f"a: {date}\n") == {"a": date}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert values_of(tmp_path, b"\xef\xbb\xbfpack: starter\r\n") == {"pack": "starter"}


def test_an_alias_is_what_it_names(tmp_path: Path) -> None:
    assert values_of(tmp_path, "a: &a {b: 1}\nc: *a\n") == {"a": {"b": 1}, "c": {"b": 1}}


def nested_aliases(form: str) -> str:
    """Ten names, each nine times the one before: 3.5 thousand million values."""
    lines = [f"a0: &a0 {form.replace('*', 'x: 1') if '{' in form else '[x]'}"]
    lines += [f"a{n}: &a{n} " + form.replace("*", ", ".join([f"*a{n - 1}"] * 9)) for n in range(1, 10)]
    return "\n".join(lines) + "\n"


REFUSED = {
    "an alias to itself": ("a: &a\n  b: *a\n", 1),
    "a list that holds itself": ("a: &a [1, *a]\n", 1),
    "a merge of itself": ("a: &a\n  <<: *a\n", 1),
    "a merge of no mapping": ("a:\n  <<: 3\n", 2),
    "nested aliases": (nested_aliases("[*]"), None),
    "nested merges": (nested_aliases("{<<: [*]}").replace("{<<: [x: 1]}", "{x: 1}"), None),
    "a whole number that is none": ("a: 1\nb: !!int x\n", 2),
    "an empty whole number": ("a: 1\nb: !!int ''\n", 2),
    "a truth that is none": ("a: 1\nb: !!bool x\n", 2),
    "a number that is none": ("a: 1\nb: !!float x\n", 2),
    "a number of 5,000 digits": (f"a: 1\nb: {'9' * 5000}\n", 2),
    "a hexadecimal of 9,000 digits": (f"a: 1\nb: 0x{'f' * 9000}\n", 2),
    "a set": ("a: 1\nb: !!set {x}\n", 2),
    "an ordered mapping": ("a: 1\nb: !!omap [x: 1]\n", 2),
    "bytes": ("a: 1\nb: !!binary aGk=\n", 2),
    "an object of Python": ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2),
    "a name of Python": ("a: 1\nb: !!python/name:os.system\n", 2),
    "a tag of one's own": ("a: 1\nb: !mine {x: 1}\n", 2),
    "a control character": (b"a: 1\nb: x\0y\n", 2),
    "an escaped null character": ('a: 1\nb: "x\\0y"\n', 2),
    "half a character": ('a: 1\nb: "\\ud800"\n', 2),
    "a tab": ("a: 1\nb:\n\tc: 1\n", 3),
    "a key given twice": ("a: 1\nb: 2\na: 3\n", 3),
    "two merges": ("a: {<<: {}, <<: {}}\n", 1),
    "a list as a key": ("a: 1\n? [b]\n: 2\n", 2),
    "a mapping as a key": ("a: 1\n{b: 1}: 2\n", 2),
    "two documents": ("a: 1\n---\nb: 2\n", 2),
    "a list at the top": ("- 1\n", 1),
    "a word at the top": ("hello\n", 1),
    "an unknown alias": ("a: 1\nb: *c\n", 2),
    "deep brackets": ("a: " + "[" * 5000 + "]" * 5000 + "\n", 1),
    "deep braces": ("a: " + "{b: " * 2000 + "1" + "}" * 2000 + "\n", 1),
    "deep blocks": ("".join(f"{' ' * depth}a:\n" for depth in range(500)), None),
    "very many values": ("a: [" + "1," * 20_000 + "]\n", 1),
    "Latin-1": ("a: 1\nb: Küche\n".encode("latin-1"), 2),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_plain_is_refused_with_its_line(tmp_path: Path, what: str) -> None:
    text, line = REFUSED[what]
    with pytest.raises(ConfigError, match=r"mine\.yaml, line \d+") as caught:
        values_of(tmp_path, text)
    assert line is None or f"mine.yaml, line {line}:" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_that_no_hand_wrote_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too large"):
        values_of(tmp_path, "#" * (MAX_BYTES + 1))


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="directory"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        f"pack: {'x' * 300}",
        "pack: /etc",
        "pack: ''",
        "on: true",
        "camera: {timeout_s: .inf}",
        "camera: {timeout_s: 1.0e+300}",
        "log: {max_mb: .nan}",
        "follow_up_s: 1.0e+999",
        "threads: 1.0e+999",
        "bundles: ~nobody-of-that-name/x",
        "camera: {source: ~nobody-of-that-name/x}",
        "state_folder: [x]",
        "{: 1}",
        "audio: [1]",
        "log: text",
    ],
)
def test_a_configuration_that_cannot_be_is_a_usage_error(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(f"{line}\n")
    assert main(["run", str(config), "--print-config"]) == 2
    told = capsys.readouterr().err
    assert "internal error" not in told and "mine.yaml, line 1" in told


def test_damaged_configurations_give_only_our_errors(tmp_path: Path) -> None:
    good = find_config("runtime", "raspberry-pi").read_bytes() + b"audio: &a {<<: {volume: 0.5}}\nlog: {max_mb: 1.5}\n"

    def read(data: bytes) -> None:
        (tmp_path / "mine.yaml").write_bytes(data)
        load_yaml(RuntimeConfig, tmp_path / "mine.yaml")

    assert only_our_errors(read, damaged_bytes(good, seed=1, count=400)) > 100


def test_a_file_of_a_names_name_in_the_working_folder_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "starter").write_text("no: pack\n")
    (tmp_path / "mine").write_text("no: pack\n")
    monkeypatch.chdir(tmp_path)
    assert find_config("packs", "starter").name == "starter.yaml"
    assert find_config("packs", "./starter") == Path("starter")
    assert find_config("packs", "mine") == Path("mine")
