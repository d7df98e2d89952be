"""Configuration: a mistake is named with its file, line, key and remedy; each value knows where it stands."""

from __future__ import annotations

import runpy
import traceback
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from edgemm.bundles.pack import bundle_folders, load_pack
from edgemm.errors import ConfigError
from edgemm.settings.config import ConfigModel, config_names, find_config, json_schema, load_yaml
from runtime.settings.config import RuntimeConfig
from runtime.settings.config_layers import print_config, resolve_config

ROOT = Path(__file__).resolve().parent.parent


class Lens(ConfigModel):
    focal_mm: float = 4.0
    """Focal length."""


class Eye(ConfigModel):
    kind: Literal["eye"] = "eye"
    lens: Lens = Lens()
    names: dict[str, Lens] = Field(default_factory=dict)


class Ear(ConfigModel):
    kind: Literal["ear"]
    rate_hz: int = 16_000


class Device(ConfigModel):
    parts: tuple[Annotated[Eye | Ear, Field(discriminator="kind")], ...] = ()
    eye: Eye = Eye()
    title: str = ""


def write(folder: Path, text: str) -> Path:
    path = folder / "device.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def message(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_yaml(Device, path)
    assert caught.value.exit_code == 2
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_file_becomes_a_typed_tree(tmp_path):
    device = load_yaml(Device, write(tmp_path, "title: tripod\neye:\n  lens: {focal_mm: 6}\n"))
    assert (device.title, device.eye.lens.focal_mm) == ("tripod", 6.0)


def test_an_empty_file_is_all_defaults(tmp_path):
    assert load_yaml(Device, write(tmp_path, "# nothing\n")) == Device()


def test_a_typo_is_named_with_line_path_and_the_nearest_key(tmp_path):
    found = message(tmp_path, "title: x\neye:\n  lens:\n    focal_mn: 6\n")
    assert "line 4" in found and "'eye.lens.focal_mn'" in found and "Did you mean 'focal_mm'?" in found


def test_a_typo_inside_a_list_of_tagged_parts_is_found(tmp_path):
    found = message(tmp_path, "parts:\n  - kind: ear\n  - kind: ear\n    rate_hs: 8000\n")
    assert "line 4" in found and "'parts.1.rate_hs'" in found and "rate_hz" in found


def test_a_typo_inside_a_mapping_is_found(tmp_path):
    found = message(tmp_path, "eye:\n  names:\n    left: {focal_m: 1}\n")
    assert "line 3" in found and "'eye.names.left.focal_m'" in found and "focal_mm" in found


def test_a_key_unlike_any_other_lists_the_known_ones(tmp_path):
    assert "Known keys: eye, parts, title" in message(tmp_path, "zzz: 1\n")


def test_a_wrong_type_is_named_with_line_path_and_what_was_found(tmp_path):
    found = message(tmp_path, "eye:\n  lens:\n    focal_mm: wide\n")
    assert "line 3" in found and "'eye.lens.focal_mm'" in found and "'wide'" in found and "number" in found


@pytest.mark.parametrize(
    "text", ["rate_hz: {address}\n", "{address}: 1\n", "eye: [{address}]\n", "title: [{address}]\n"]
)
def test_no_error_shows_a_password_not_even_in_its_traceback(tmp_path, text):
    path = write(tmp_path, text.replace("{address}", '"rtsp://admin:made-up@camera/stream"'))
    with pytest.raises(ConfigError) as caught:
        load_yaml(Device, path)
    assert "made-up" not in "".join(traceback.format_exception(caught.value))


def test_an_address_in_place_of_a_name_is_refused_without_its_password():
    with pytest.raises(ConfigError) as caught:
        find_config("runtime", "rtsp://admin:made-up@camera/stream")
    assert "made-up" not in str(caught.value)


def test_a_missing_key_is_named(tmp_path):
    path = write(tmp_path, "rate_hz: 8000\n")
    with pytest.raises(ConfigError, match="'kind' is missing"):
        load_yaml(Ear, path)


def test_a_tab_is_called_a_tab(tmp_path):
    found = message(tmp_path, "eye:\n\tlens: {}\n")
    assert "line 2" in found and "a tab" in found and "spaces" in found


def test_malformed_yaml_is_named_with_its_line(tmp_path):
    assert "line 2: not valid YAML" in message(tmp_path, "title: x\neye: ]\n")
    assert "not valid YAML: found unexpected end" in message(tmp_path, 'title: "x\n')


def test_a_key_given_twice_is_refused(tmp_path):
    found = message(tmp_path, "title: a\neye: {}\ntitle: b\n")
    assert "line 3" in found and "twice" in found


def test_a_list_at_the_top_is_refused(tmp_path):
    assert "a mapping" in message(tmp_path, "- 1\n- 2\n")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "device.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match=r"device\.yaml"):
        load_yaml(Device, path)


def test_a_name_is_looked_up_first_in_the_working_folder_then_in_the_shipped_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shipped = find_config("packs", "starter")
    own = tmp_path / "configs" / "packs" / "starter.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    assert find_config("packs", "starter").resolve() == own.resolve() != shipped.resolve()
    assert find_config("packs", str(shipped)) == shipped


def test_an_unknown_name_lists_near_ones():
    with pytest.raises(ConfigError, match="Did you mean starter"):
        find_config("packs", "startr")


def test_the_json_schema_describes_every_key():
    schema = json_schema(RuntimeConfig)
    sections = [schema, *schema["$defs"].values()]
    entries = [entry for section in sections for entry in section["properties"].values()]
    assert all(entry.get("description") or "$ref" in entry for entry in entries)
    assert all(section["description"] for section in sections)


@pytest.mark.parametrize("name", config_names("runtime"))
def test_every_shipped_runtime_configuration_is_valid(name):
    assert resolve_config(name).config.pack == "starter"


def test_the_starter_pack_names_a_recipe_for_each_role():
    pack = load_pack("starter")
    assert len(pack.roles) == 8
    folders = bundle_folders(pack, Path("bundles"), "cpu-x86")
    assert folders["recogniser"] == Path("bundles/whisper-tiny.en/cpu-x86")


def test_a_flag_beats_the_file_and_the_file_beats_the_pack_and_the_pack_beats_the_default(tmp_path):
    pack = tmp_path / "small.yaml"
    text = find_config("packs", "starter").read_text(encoding="utf-8")
    pack.write_text(text + "runtime:\n  threads: 2\n  follow_up_s: 1\n  audio: {volume: 0.1}\n", encoding="utf-8")
    config = tmp_path / "mine.yaml"
    config.write_text(f"pack: {pack}\nfollow_up_s: 2\naudio:\n  volume: 0.2\n", encoding="utf-8")
    resolved = resolve_config(str(config), {"audio.volume": 0.3, "listen": None})
    assert (resolved.config.threads, resolved.config.follow_up_s, resolved.config.audio.volume) == (2, 2.0, 0.3)
    printed = {line.split(":")[0]: line.split("# ")[1] for line in print_config(resolved).splitlines()}
    assert printed["audio.volume"] == "--audio.volume"
    assert printed["follow_up_s"] == f"{config}, line 2"
    assert printed["threads"].startswith(f"{pack}, line ")
    assert printed["camera.fps"] == "default"


def test_a_wrong_flag_is_named_as_the_flag():
    with pytest.raises(ConfigError, match=r"--camera\.fps"):
        resolve_config("default", {"camera.fps": "fast"})


def test_listening_is_by_button_only_when_there_is_one():
    assert RuntimeConfig().listen_mode == "wake"
    assert RuntimeConfig(button="/dev/input/event0").listen_mode == "button"
    assert RuntimeConfig(button="/dev/input/event0", listen="always").listen_mode == "always"


def test_the_configuration_page_is_current():
    page = runpy.run_path(str(ROOT / "scripts" / "configuration_reference.py"))["page"]()
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_the_configuration_page_has_every_key_of_the_runtime():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert all(f"| `{key}` |" in page for key in (*RuntimeConfig.model_fields, "horizontal_fov_deg", "duplex"))
