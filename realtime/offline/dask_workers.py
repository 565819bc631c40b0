"""Inputs lifted by the workers of a Dask scheduler, on any number of machines that see the same files.

Two sides: `on_workers` runs here and hands out tasks, `lift_there` runs on a worker.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from ..errors import FolderHeld, RecordError, UsageError
from ..recording.folder_lock import HELD, FolderLock
from ..runtime.hints import install, page
from ..runtime.optional import load
from ..settings import Settings, names
from .lift import lift_one
from .manifest import manifest_of
from .results import StagedOutput, staging_of
from .task import Outcome, Task

_log = logging.getLogger(__name__)

CONNECT_S = 5.0
_AGAIN_S = 0.5
_VERSION = "realtime:__version__"  # looked up by the standard library: workers may lack all of ours
_NONE = "no realtime-pose3d"
_SHOWN = 3  # workers; a message is one line
_ONE_AT_A_TIME = threading.Lock()


def on_workers(tasks: Sequence[Task], address: str) -> Generator[Outcome, None, None]:
    """Outcomes as they come, from the workers of the scheduler at dask://host:port or tls://host:port.

    A task whose worker ends goes to another one (distributed.dask.org/en/stable/resilience.html).
    Closing cancels what has not begun.  Raises UsageError where no scheduler answers, or no
    longer, RecordError where the folder of the results cannot be written.
    """
    distributed: Any = load("distributed", f"--executor {address}", install("dask"))
    with ExitStack() as held:
        client = held.enter_context(_client(distributed, address))
        _warn_of_listeners(address)
        _look_over(client)
        tasks = [_with_whole_paths(task) for task in tasks]
        marks = {folder: held.enter_context(_mark(folder)) for folder in {task.stem.parent for task in tasks}}
        # Not pure: Dask would give the answer of an earlier run.
        futures = {client.submit(lift_there, t, marks[t.stem.parent], pure=False): t for t in tasks}
        for future in distributed.as_completed(list(futures), loop=client.loop):
            outcome = _outcome(distributed, future, futures.pop(future), address)
            future.release()  # else it is done again when this worker ends later
            yield outcome


def _client(distributed: Any, name: str) -> Any:
    for logger in ("distributed", "distributed.client"):  # what matters is told here, in one line
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    address = name.replace("dask://", "tcp://", 1)
    try:
        asyncio.run(_greet(distributed, address))  # a client that meets no scheduler is slow to end
        return distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as fault:
        reason = str(fault).partition("\n")[0] or f"nothing in {CONNECT_S:g} s"
        raise UsageError(f"no Dask scheduler answers at {name}: {reason}") from fault


async def _greet(distributed: Any, address: str) -> None:
    """Raise OSError or ValueError where there is no scheduler."""
    with_certificates = distributed.Security().get_connection_args("client")
    if address.startswith("tls://") and not with_certificates["ssl_context"]:
        raise ValueError("Dask's configuration names no certificates (distributed.comm.tls)")
    async with asyncio.timeout(CONNECT_S), distributed.rpc(address, connection_args=with_certificates) as there:
        if (kind := (await there.identity())["type"]) != "Scheduler":
            raise ValueError(f"it is a {kind}'s address")


def _warn_of_listeners(address: str) -> None:
    if address.startswith("dask://") and not _stays_here(urlsplit(address).hostname or ""):
        _log.warning(
            "%s is not encrypted and asks nobody who they are: who is in that network can run programs on all "
            "these machines; take tls:// with certificates (%s)",
            address,
            page("docs/many-machines.md"),
        )


def _stays_here(host: str) -> bool:
    with suppress(ValueError):  # a name
        return ip_address(host).is_loopback
    return host == "localhost"


def _look_over(client: Any) -> None:
    """Raise UsageError where the scheduler or a worker has another version or none: it may not
    understand a task, or end without a word to us.  Say what else keeps the work from going well."""
    ours = resolve_name(_VERSION)
    others = [f"{who} has {theirs}" for who, theirs in _versions(client).items() if theirs != ours]
    if others:
        more = f", and {len(others) - _SHOWN} more differ" if len(others) > _SHOWN else ""
        raise UsageError(
            f"{', '.join(others[:_SHOWN])}{more}; this machine has realtime-pose3d {ours}: "
            "install the same version there, with [dask]"
        )
    threads = client.nthreads().values()
    if not threads:
        _log.info("there is no worker yet: start some with `dask worker %s --nthreads 1`", client.scheduler.address)
    elif max(threads) > 1:
        _log.info("workers do one input at a time: start them with --nthreads 1, and more of them")


def _versions(client: Any) -> dict[str, str]:
    """Of every worker that answers, and of the scheduler."""
    found = {}
    with suppress(TimeoutError):  # a worker that hangs is the scheduler's business
        found = client.run(resolve_name, _VERSION, on_error="return", callback_timeout=CONNECT_S)
    try:
        found["the scheduler"] = client.run_on_scheduler(resolve_name, _VERSION)
    except (ModuleNotFoundError, AttributeError) as fault:  # the latter: something else of that name
        found["the scheduler"] = fault
    found = {who: _NONE if isinstance(v, ModuleNotFoundError | AttributeError) else v for who, v in found.items()}
    return {who: version for who, version in found.items() if isinstance(version, str)}


@contextmanager
def _mark(folder: Path) -> Iterator[Path]:
    """A file by which workers know that the folder they see is this one."""
    path = folder / f".lift-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as fault:
        raise RecordError(f"cannot write in {folder} ({fault.strerror}); give another --out") from fault
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _with_whole_paths(task: Task) -> Task:
    """Workers have a current folder of their own."""
    files = {"source": str(_whole(task.source))}
    for name in names(names_file=True):
        text = getattr(task.settings, name)
        if text and Path(text).is_file():
            files[name] = str(_whole(Path(text)))
    settings: Settings = replace(task.settings, **files)  # type: ignore[arg-type]  # all of these are texts
    return replace(task, settings=settings, stem=_whole(task.stem))


def _whole(path: Path) -> Path:
    return path.absolute()  # links stay: what they point to may have another name elsewhere


def _outcome(distributed: Any, future: Any, task: Task, address: str) -> Outcome:
    try:
        outcome: Outcome = future.result()
    except distributed.KilledWorker:
        return Outcome(task.name, fault="worker after worker ended while it was at it (memory?)")
    except CancelledError as fault:
        raise UsageError(
            f"the Dask scheduler at {address} is gone: what is finished stays, the same command goes on with the rest"
        ) from fault
    return outcome


def lift_there(task: Task, mark: Path) -> Outcome:
    """On a worker: lift where it sees the input, and `mark`, which lies in the folder of the results."""
    for path, seen in ((task.source, task.source), (mark.parent, mark)):
        if not seen.exists():
            why = f"{path} is not there on {platform.node()}: a worker needs the same folders under the same names"
            return Outcome(task.name, fault=why)
    with _ONE_AT_A_TIME:  # detectors and films want a process each
        return lift_in_turn(task)


def lift_in_turn(task: Task) -> Outcome:
    """`lift_one`, after whoever is at the same input.

    A scheduler that no longer hears of a worker gives its task to another one, while the first
    may be at it all the same.  The second waits then, and finds it done.  --force asks for it
    once: it is met where another has made the results meanwhile.
    """
    before = _record(task)
    while (outcome := lift_one(task)).fault:
        waited = _waited(task, outcome.fault)
        if made := task.force and _record(task) != before:
            task = replace(task, force=False)
        if not (waited or made or _is_done(task)):
            break
    return outcome


def _record(task: Task) -> bytes | None:
    """The record of the results; it names the times of their making."""
    with suppress(OSError):
        return manifest_of(task.stem).read_bytes()  # what stat says may be old on a file server
    return None


def _waited(task: Task, fault: str) -> bool:
    """Whether another was at it; returns when it no longer is."""
    waited = fault.startswith(HELD)  # whoever it was may be away already
    while _is_held(task):
        waited = True
        time.sleep(_AGAIN_S)  # a lock held on another machine wakes nobody here
    return waited


def _is_held(task: Task) -> bool:
    folder = staging_of(task.stem)
    if not folder.is_dir():
        return False
    try:
        FolderLock(folder).close()
    except FolderHeld:
        return True
    except RecordError:  # it would be waited for in vain
        return False
    return False


def _is_done(task: Task) -> bool:
    try:
        return StagedOutput(task).done
    except RecordError:
        return False
