"""Other clocks, locales, hash seeds, no network, a full disk: the same tables, or one line that says what is wrong."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from analyzer import pipeline
from tests import tiny
from tests.faults import processes

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(3 * processes.SECONDS)]

BACKWARDS = """
import time
now, calls = time.time(), 0
def backwards():
    global calls
    calls += 1
    return now - 60 * calls
time.time = backwards
"""


@pytest.fixture(scope="module")
def undisturbed(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("surroundings")
    corpus = processes.corpus_in(folder / "corpus")
    pipeline.audit(str(corpus), str(folder / "run"), tiny.config())
    return corpus, tiny.tables(folder / "run")


def test_hash_seed_locale_time_zone_and_a_clock_that_runs_backwards_move_nothing(undisturbed, tmp_path):
    corpus, expected = undisturbed
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BACKWARDS)
    processes.finish(
        processes.command(corpus, tmp_path / "run"),
        PYTHONPATH=os.pathsep.join((str(tmp_path / "site"), os.environ.get("PYTHONPATH", ""))),
        PYTHONHASHSEED="4242",
        PYTHONCOERCECLOCALE="0",
        LC_ALL="C",
        TZ="Pacific/Kiritimati",
        # In Turkish the lower case of I is no i; the encoding is that of old JVMs on old machines.
        JAVA_TOOL_OPTIONS="-Duser.language=tr -Duser.country=TR -Dfile.encoding=ISO-8859-1",
    )
    assert tiny.tables(tmp_path / "run") == expected


def test_without_a_network_all_works_nobody_looks_for_one_and_nothing_is_written_elsewhere(undisturbed, tmp_path):
    begin = processes.namespace("net")
    if begin is None:
        pytest.skip("this machine lets nobody have a network of their own (unshare --net)")
    corpus, expected = undisturbed
    home, here, temporary = tmp_path / "home", tmp_path / "here", tmp_path / "tmp"
    for folder in (home, here, temporary):
        folder.mkdir()
    alone = [*begin, sys.executable, str(Path(__file__).with_name("alone.py")), str(tmp_path / "report.json")]
    look = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 2)\nexcept OSError: pass"
    processes.finish([*alone, sys.executable, "-c", look])
    assert json.loads((tmp_path / "report.json").read_text())["tried"] > 0  # it would be seen
    before = processes.snapshot(corpus, Path(processes.__file__).parents[2] / "analyzer")
    command = [sys.executable, "-m", "analyzer", "audit", str(corpus), "--out", str(tmp_path / "run")]
    done = processes.finish(
        [*alone, "env", f"--chdir={here}", *command, *processes.SETTINGS],
        HOME=str(home),
        TMPDIR=str(temporary),
        XDG_CACHE_HOME=str(home / "cache"),
        PYTHONPATH=os.pathsep.join((str(Path(processes.__file__).parents[2]), os.environ.get("PYTHONPATH", ""))),
    )
    report = json.loads((tmp_path / "report.json").read_text())
    assert report == {"code": 0, "tried": 0}, done.stderr
    assert tiny.tables(tmp_path / "run") == expected
    assert processes.snapshot(corpus, Path(processes.__file__).parents[2] / "analyzer") == before
    assert processes.snapshot(here) == {}
    assert all("cache/monofact" in name for name in processes.snapshot(home))
    assert processes.snapshot(temporary) == {}, "temporary files stay behind"


def test_a_full_disk_is_one_line_and_exit_code_6_and_with_room_the_same_command_goes_on(undisturbed, tmp_path):
    begin = processes.namespace("mount")
    if begin is None:
        pytest.skip("this machine lets nobody mount a small disk (unshare --mount)")
    corpus, expected = undisturbed
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    words = " ".join(f"'{word}'" for word in processes.command(corpus, disk / "run"))
    script = (
        f"mount -t tmpfs -o size=320k small '{disk}' || exit 99\n"
        f"{words} 2> '{tmp_path}/said'; echo $? > '{tmp_path}/code'\n"
        f"test -e '{disk}/run/_COMPLETE.json' && exit 98\n"
        f"mount -o remount,size=200m '{disk}' || exit 97\n"
        f"{words} && cp -r '{disk}/run' '{copy}'\n"
    )
    done = processes.run([*begin, "sh", "-c", script])
    said = (tmp_path / "said").read_text()
    assert done.returncode == 0, done.stderr + said
    assert (tmp_path / "code").read_text().strip() == "6", said
    lines = [line for line in said.splitlines() if line.startswith("monofact:")]
    assert len(lines) == 1 and "No space left on device" in lines[0] and "same command" in lines[0]
    assert "Traceback" not in said
    assert tiny.tables(copy) == expected
