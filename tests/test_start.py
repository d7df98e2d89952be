"""The program wherever and however it is started: closed streams, any folder, no home, signals at any time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edgemm.fresh_python import run_code, run_module
from runtime.control.place import claimed

EDGEMM = run_code("from edgemm.cli import main; sys.exit(main())")


def started(*arguments: str, command: list[str] = EDGEMM, **how: Any) -> subprocess.CompletedProcess[str]:
    how = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **how}
    return subprocess.run([*command, *arguments], check=False, timeout=120, **how)


def closing(*numbers: int) -> None:
    """What a service that closes streams does before it starts us."""
    for number in numbers:
        os.close(number)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_streams_that_a_service_has_closed_are_no_error(closed: tuple[int, ...]) -> None:
    done = started("run", "--print-config", preexec_fn=partial(closing, *closed))
    assert done.returncode == 0
    assert 1 in closed or 'pack: "starter"' in done.stdout
    assert done.stderr == ""


def test_a_file_opened_later_is_no_standard_stream() -> None:
    """Where descriptor 2 is free, the next file would get what C libraries complain of."""
    code = "from edgemm.process_start import open_streams; open_streams(); print(open('/etc/passwd').fileno() > 2)"
    done = started(command=run_code(code), preexec_fn=partial(closing, 0, 2))
    assert done.stdout == "True\n"


def test_without_standard_input_there_is_no_question() -> None:
    done = started("ask", preexec_fn=partial(closing, 0))
    assert done.returncode == 2 and "no question" in done.stderr


def test_output_that_cannot_be_written_is_one_message_and_one_code() -> None:
    with Path("/dev/full").open("w") as full:
        done = started("run", "--print-config", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "No space left" in done.stderr


@pytest.mark.parametrize("home", [None, "", "relative", "/nowhere", "/dev/null"])
def test_a_user_without_a_home_is_served(home: str | None, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    environment |= {} if home is None else {"HOME": home}
    done = started("run", "--print-config", env=environment, cwd=tmp_path)
    assert done.returncode == 0 and "state_folder" in done.stdout


def test_a_user_that_the_system_does_not_know_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.settings.config import RuntimeConfig

    def unknown(user: object) -> None:
        raise KeyError(user)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert RuntimeConfig().state_folder is None
    with pytest.raises(ValueError, match="no such home"):
        RuntimeConfig.model_validate({"bundles": "~/bundles"})


def test_what_lies_in_the_folder_that_it_is_started_in_is_not_taken_for_ours(tmp_path: Path) -> None:
    for name in ("numpy.py", "yaml.py", "json.py", "sounddevice.py", "runpy.py"):
        (tmp_path / name).write_text("raise SystemExit('taken for a library')\n")
    for name in ("edgemm", "runtime", "configs", "bundles"):
        (tmp_path / name).mkdir()
    for name in ("default", "starter", "demo", "logging"):
        (tmp_path / name).write_text("not: ours\n")
    for command in (("run", "--print-config"), ("devices",), ("replay", "demo", "--pack", "nothing-of-that-name")):
        done = started(*command, cwd=tmp_path)
        assert "taken for" not in done.stdout + done.stderr
        assert done.returncode == (2 if "replay" in command else 0), done.stderr
    child = started(command=run_module("json.tool", "--help"), cwd=tmp_path)
    assert child.returncode == 0 and "taken for" not in child.stderr


def test_configs_that_is_a_file_is_no_folder_of_configurations(tmp_path: Path) -> None:
    (tmp_path / "configs").write_text("somebody's")
    assert started("run", "--print-config", cwd=tmp_path).returncode == 0


def test_a_folder_that_is_gone_and_one_that_cannot_be_written_to_are_places_to_start_in(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()

    def leave() -> None:
        os.chdir(gone)
        gone.rmdir()

    done = started("run", "--print-config", preexec_fn=leave)
    assert done.returncode == 0, done.stderr
    assert started("run", "--print-config", cwd="/proc").returncode == 0


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_with_umlauts_work_where_the_language_is_c(encoding: str, tmp_path: Path) -> None:
    config = os.fsencode(tmp_path) + "/Küche.yaml".encode(encoding)
    with Path(os.fsdecode(config)).open("w", encoding="utf-8") as file:
        file.write("bundles: Küche\n" if encoding == "utf-8" else "bundles: 1\n")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*EDGEMM, "run", config, "--print-config"], env={**os.environ, **plain}, capture_output=True, check=False
    )
    assert done.returncode == (0 if encoding == "utf-8" else 2)
    assert b"internal error" not in done.stderr and (done.stdout + done.stderr).isascii()


def test_an_error_with_json_is_one_object() -> None:
    for arguments, code in ((("run", "no-such"), 2), (("run", "--threads", "x"), 2), (("exprot",), 2), (("stop",), 4)):
        done = started(*arguments, "--json", env={**os.environ, "XDG_RUNTIME_DIR": "", "TMPDIR": "/nowhere"})
        told = json.loads(done.stdout)["error"]
        assert done.returncode == told["exit_code"] == code
        assert told["what"] and told["what"] in done.stderr


LOADING = """
import os, signal, time
import runtime.life.live_run as live_run
def load(*args, **kwargs):
    print("loading", flush=True)
    {loading}
live_run.models_of = lambda config: None
live_run.warm_up = lambda parts: None
live_run.assemble = load
from edgemm.cli import main
sys.exit(main())
"""
SLEEPING = "time.sleep(60)"
MANGLED = """
    try:
        time.sleep(60)
    except BaseException:
        raise ImportError("numpy._core failed to import")"""
SWALLOWED = """
    try:
        time.sleep(60)
    except BaseException:
        pass"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("loading", [SLEEPING, MANGLED, SWALLOWED], ids=["plain", "mangled", "swallowed"])
def test_a_signal_while_models_load_ends_cleanly(number: signal.Signals, loading: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    command = run_code(LOADING.format(loading=loading), "run")
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(number)
        assert process.wait(60) == 130
        assert process.stderr.read() == ""
    assert [path.name for path in tmp_path.rglob("*")] == ["edgemm.lock"]


def test_a_second_daemon_loads_no_model_and_opens_no_device(tmp_path: Path) -> None:
    with claimed(tmp_path / "edgemm.sock"):
        done = started(
            "run", command=run_code(LOADING.format(loading="")), env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        )
    assert done.returncode == 4 and "another edgemm daemon" in done.stderr and "loading" not in done.stdout


RUNNING = """
import pathlib, threading
from runtime.life.daemon import Daemon
class Said:
    def __call__(self, time_ns, producer, item): print(type(item).__name__, flush=True)
place = pathlib.Path(sys.argv[1])
Daemon((), (), [Said()], "Ready.", threading.Event(), place).run(sys.stderr)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_running_daemon_ends_by_each_signal_and_leaves_no_socket(number: signal.Signals, tmp_path: Path) -> None:
    place = tmp_path / "edgemm.sock"
    with subprocess.Popen(run_code(RUNNING, str(place)), text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == "Say\n"
        assert place.is_socket()
        process.send_signal(number)
        assert process.wait(60) == 0
    assert not place.exists()


def test_under_nohup_a_closed_terminal_ends_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        run_code(RUNNING, str(tmp_path / "s.sock")),
        text=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "Say\n"
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
