"""However a connector breaks its process, the suite learns that it did, and the next process is sound."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance import hosting
from connector_sdk.conformance.channel import HostFailed, Raised
from connector_sdk.conformance.child import Child, Reading
from connector_sdk.conformance.hosting import Hosts
from tests.conformance.host.test_tutorial import CLOCK

pytestmark = pytest.mark.slow


def read(child: Child, how: str) -> Reading:
    return child.read(child.open("failing", {"how": how}, clock=CLOCK), "rows")


def gone(pid: int) -> bool:
    """Tell whether a process ends within a few seconds; one that is only not yet reaped has ended."""
    for _ in range(500):
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        SYSTEM_CLOCK.sleep(0.01)
    return False


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("exit", "the process ended during Next (exit code 3)"),
        ("crash", "the process ended during Next (signal 11)"),
        ("hang", "no answer to Next within 0.5 s"),
        ("garbage", "the answer to Next is none of the host's"),
        ("forged", "the answer to Next is none of the host's"),
        ("closed", "the process ended during Next"),
        ("leave", "Next ended the process with SystemExit"),
        ("interrupt", "Next ended the process with KeyboardInterrupt"),
        ("kill-parent", "the process ended during Next"),
    ],
)
def test_what_breaks_the_process_is_no_answer_and_harms_no_other(
    fork: Callable[..., Child], how: str, message: str
) -> None:
    broken = fork(deadline=0.5) if how == "hang" else fork()
    with pytest.raises(HostFailed) as caught:
        read(broken, how)
    assert str(caught.value) == message
    with pytest.raises(HostFailed) as again:
        broken.told()
    assert str(again.value) == message, "what is asked afterwards hides why"
    assert gone(broken.pid)
    assert read(fork(), "").records == [b'{"id": "1"}']


def test_the_last_words_of_a_crash_are_kept_for_those_who_repair_it(child: Child) -> None:
    with pytest.raises(HostFailed) as caught:
        read(child, "crash")
    assert "Segmentation fault" in caught.value.output
    assert "plugin_failing.py" in caught.value.output


def test_noise_on_standard_output_is_output_and_no_answer(child: Child) -> None:
    assert read(child, "noise").records == [b'{"id": "1"}']
    assert '{"value": null}' in "".join(child.told().output)


def test_a_foreign_exception_is_described_as_one(child: Child) -> None:
    failure = read(child, "foreign").raised
    assert failure is not None
    assert (failure.kind, failure.bases, failure.from_sdk) == ("ValueError", ["Exception"], False)
    assert (failure.code, failure.exit_code, failure.retryable) == ("", 1, False)
    assert "KeyError: 'cause'" in failure.text
    assert "P-0001" in failure.text
    assert "P-0001" not in str(Raised(failure))


def test_a_connector_that_cannot_be_imported_is_raised_or_failed(fork: Callable[..., Child]) -> None:
    with pytest.raises(Raised, match="broken-connector"):
        fork().describe("wreck")
    with pytest.raises(HostFailed, match="exit code 9"):
        fork().describe("gone")


def test_a_process_that_is_killed_while_it_works_ends_the_command(fork: Callable[..., Child]) -> None:
    child = fork()
    reading = child.begin(child.open("failing", {"how": "hang"}, clock=CLOCK), "rows")
    timer = threading.Timer(0.2, child.kill)
    timer.start()
    with pytest.raises(HostFailed, match="the process ended during Next"):
        child.next(reading)
    timer.join()
    child.kill()
    child.exit()
    child.exit()


def test_what_a_process_started_ends_with_it(child: Child) -> None:
    pid = read(child, "spawn").state
    os.kill(pid, 0)
    child.exit()
    assert gone(pid)


def test_an_environment_without_the_sdk_is_told(tmp_path: Path) -> None:
    interpreter = Path(sys.base_prefix) / "bin" / "python3"
    with Hosts(interpreter, tmp_path) as hosts, pytest.raises(HostFailed, match="No module named"):
        hosts.child()


def test_nothing_outlives_the_suite(python: Path, tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from connector_sdk.conformance.hosting import Hosts

        hosts = Hosts(Path(sys.argv[1]), Path(sys.argv[2]))
        child = hosts.child()
        spawning = child.open("failing", {"how": "spawn"}, clock=datetime.now(UTC))
        started = child.read(spawning, "rows").state
        print(child.pid, hosts._zygote._process.pid, started, flush=True)
        handle = child.open("failing", {"how": "hang"}, clock=datetime.now(UTC))
        child.read(handle, "rows")
    """)
    command = [sys.executable, "-c", script, str(python), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as suite:
        assert suite.stdout is not None
        pids = [int(pid) for pid in suite.stdout.readline().split()]
        assert len(pids) == 3
        suite.send_signal(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_a_process_ends_with_the_one_it_was_forked_from(hosts: Hosts, fork: Callable[..., Child]) -> None:
    child = fork(deadline=5.0)
    handle = child.open("failing", {"how": "hang"}, clock=CLOCK)
    assert hosts._zygote is not None
    os.kill(hosts._zygote._process.pid, signal.SIGKILL)
    with pytest.raises(HostFailed):
        child.read(handle, "rows")
    assert gone(child.pid)


def test_several_threads_may_fork(hosts: Hosts) -> None:
    found: list[bytes] = []

    def work() -> None:
        for _ in range(3):
            with hosts.child() as child:
                found.extend(read(child, "").records)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 9


def test_a_host_that_answers_too_late_is_not_asked_again(
    hosts: Hosts, fork: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer would be taken for the next one, and another process for the one that was forked."""
    child = fork()
    monkeypatch.setattr(hosting, "_START", 0.0)
    with pytest.raises(HostFailed, match="the host does not run"):
        hosts.child()
    monkeypatch.undo()
    assert gone(child.pid)
    with hosts.child() as other:
        assert read(other, "").records == [b'{"id": "1"}']
