"""The program: exit codes, one message on standard error, one object on standard output."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edgemm import __version__, cli
from edgemm.errors import BundleError, ConfigError, EdgemmError, GateError


@pytest.fixture
def command(monkeypatch, tmp_path):
    """A command `try` whose code is given as text: `def main(argv): ...`."""

    def install(code: str, extra: str = "") -> None:
        (tmp_path / "tried_command.py").write_text(code, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "tried_command", raising=False)
        row = cli.Command("tried_command:main", extra, "tries", "edgemm try")
        monkeypatch.setitem(cli.COMMANDS, "try", row)

    return install


def test_help_lists_every_command_with_an_example(capsys):
    assert cli.main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name, row in cli.COMMANDS.items():
        assert f"  {name} " in printed and row.example in printed


def test_without_a_command_it_explains_itself_and_fails(capsys):
    assert cli.main([]) == 2
    assert "usage: edgemm" in capsys.readouterr().out


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"edgemm {__version__}\n"


def test_an_unknown_command_suggests_the_nearest(capsys):
    assert cli.main(["exprot"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "Did you mean 'edgemm export'?" in captured.err


@pytest.mark.parametrize(("error", "code"), [(EdgemmError, 1), (ConfigError, 2), (GateError, 3), (BundleError, 4)])
def test_each_error_has_its_exit_code_and_one_message(command, capsys, error, code):
    command(
        f"from edgemm.errors import {error.__name__}\ndef main(argv): raise {error.__name__}('bad', remedy='Mend.')"
    )
    assert cli.main(["try"]) == code
    captured = capsys.readouterr()
    assert captured.err == "edgemm: error: bad. Mend.\n" and captured.out == ""


def test_a_missing_package_names_the_install_command(command, capsys):
    command("def main(argv): import a_package_that_nobody_has.inner", extra="export")
    assert cli.main(["try"]) == 4
    assert 'pip install "edgemm[export]"' in capsys.readouterr().err


def test_a_full_disk_says_so(command, capsys):
    command(f"def main(argv): raise OSError({errno.ENOSPC}, 'No space left on device', '/x')")
    assert cli.main(["try"]) == 1
    assert "Free some space" in capsys.readouterr().err


def test_a_bug_shows_its_traceback_only_with_debug(command, capsys):
    command("def main(argv): return 1 // 0")
    assert cli.main(["try"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        cli.main(["try", "--debug"])


def test_ctrl_c_is_130(command):
    command("def main(argv): raise KeyboardInterrupt")
    assert cli.main(["try"]) == 130


def test_the_exit_code_of_the_argument_parser_is_kept(command, capsys):
    command("import argparse\ndef main(argv): argparse.ArgumentParser().parse_args(argv)")
    assert cli.main(["try", "--no-such-flag"]) == 2


def test_a_reader_that_leaves_early_is_no_error():
    shell = f"{sys.executable} -m edgemm --help | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""


def test_every_row_of_the_table_points_at_a_function_of_its_room():
    for row in cli.COMMANDS.values():
        assert re.fullmatch(r"(edgemm|export|runtime|bench)\.commands[\w.]*:\w+", row.function)


def test_every_extra_of_the_table_is_in_the_package_metadata():
    text = Path(__file__).parent.parent.joinpath("pyproject.toml").read_text(encoding="utf-8")
    assert all(not row.extra or f"\n{row.extra} = [" in text for row in cli.COMMANDS.values())


def test_json_is_one_object_on_standard_output(capsys):
    code = cli.main(["doctor", "--json"])
    assert code in (0, 4)
    assert json.loads(capsys.readouterr().out)["python"]
