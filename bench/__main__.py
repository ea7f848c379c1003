"""Run the benchmarks named on the command line, or all, and write the table.

Each module `bench/bench_<name>.py` has `measure() -> Iterable[Measurement]`.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bench.measure import Measurement

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--only":
        measure_one(sys.argv[2])
        return
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    names = sys.argv[1:] or known
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"no benchmark of the name {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names:
        # A process each, so that memory and caches of one do not colour the next.
        subprocess.run([sys.executable, "-m", "bench", "--only", name], check=True, cwd=ROOT)
    write_page()


def measure_one(name: str) -> None:
    lines: list[Measurement] = []
    for line in importlib.import_module(f"bench.bench_{name}").measure():
        verdict = {True: "met", False: "NOT MET", None: "no target"}[line.met]
        ratio = f", {line.ratio:.1f} × {line.peer}" if line.ratio else ""
        print(
            f"{line.work} [{line.size}]: {line.seconds:.3f} s{ratio}; target {line.target}: {verdict}",
            flush=True,
        )
        lines.append(line)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(
        json.dumps(
            {"machine": machine(), "lines": [asdict(line) for line in lines]}, ensure_ascii=False, indent=1
        )
        + "\n"
    )


def machine() -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {version('numpy')}, scipy {version('scipy')}"
    )


def write_page() -> None:
    text = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. Each figure is the median of several runs; a peer is timed in",
        "the same run on the same data, and both answers are compared before either is timed.",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        stored = json.loads(path.read_text())
        text += ["", f"## {path.stem.replace('_', ' ').capitalize()}", "", stored["machine"], ""]
        text += [
            "| work | size | target | measured (median of) | met | beside | ratio | checked |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for fields in stored["lines"]:
            line = Measurement(**fields)
            met = {True: "yes", False: "**no**", None: "–"}[line.met]
            peer = (
                f"{line.peer} {line.peer_seconds:.3f} s"
                if line.peer_seconds is not None
                else line.peer or "–"
            )
            ratio = f"{line.ratio:.1f} ×" if line.ratio else "–"
            note = f" {line.note}" if line.note else ""
            text.append(
                f"| {line.work} | {line.size} | {line.target} | {line.seconds:.3f} s ({line.runs}){note} "
                f"| {met} | {peer} | {ratio} | {line.checked or '–'} |"
            )
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(text) + "\n")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
