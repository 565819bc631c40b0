"""One process of the fuzzer: `python -m benchmarks.fuzz.worker PARSER FOLDER [-libFuzzer's flags]`.

Faults that are exceptions are noted, and it goes on; one that ends the process (a hang, memory, a crash in native
code) leaves its input in the folder as well.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["realtime", "tomllib"], enable_loader_override=False):
    from benchmarks.fuzz.parsers import readers_of
    from benchmarks.fuzz.rule import Trial, shrunk

_SMALLEST_LIMIT = 8192


def main(parser: str, folder: Path, flags: list[str]) -> None:
    logging.disable()
    readers, trial, faults = readers_of(parser), Trial(), set()

    def take(data: bytes) -> None:
        if not data:
            return
        reader, content = readers[data[0] % len(readers)], data[1:]
        fault = trial.fault(reader, content)
        if fault is not None and fault not in faults:
            faults.add(fault)
            content = shrunk(trial, reader, content, fault)
            name = f"{reader.name}-{hashlib.sha256(fault.encode()).hexdigest()[:8]}"
            (folder / "found" / name).write_bytes(content)
            print(f"FAULT {name}: {fault}: {content[:200]!r}", flush=True)

    longest = _SMALLEST_LIMIT
    for number, reader in enumerate(readers):
        for place, seed in enumerate(reader.seeds):
            longest = max(longest, 1 + len(seed))
            (folder / "corpus" / f"seed-{number}-{place}").write_bytes(bytes([number]) + seed)
    prefix = f"-artifact_prefix={folder / 'found'}/"
    atheris.Setup([sys.argv[0], *flags, f"-max_len={longest}", prefix, str(folder / "corpus")], take)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
