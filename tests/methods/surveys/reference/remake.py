"""Run every script of this folder anew and hold what they write against what is stored, digit by digit.

    python tests/methods/surveys/reference/remake.py            says what differs; nothing is changed
    python tests/methods/surveys/reference/remake.py --write    takes the new files over

Needs R with `survey`, `MASS` and `psych` (Debian: r-base-core r-cran-survey r-cran-mass r-cran-psych). About ten
minutes on an idle machine. The scripts run in a folder of their own, in the order in which they read one another's
files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    ("make_reference.R",),
    ("make_options_reference.R",),
    ("make_weights_reference.R",),
    ("make_quality_reference.R",),
    ("make_reweighted_reference.R", "linear"),
    ("make_reweighted_reference.R", "replicates"),
    ("make_further_reference.R", "designs"),
    ("make_further_reference.R", "extras"),
    ("make_contrast_reference.R",),
    ("make_irregular_reference.R",),
)
# How many differences of a file are shown.
SHOWN = 10


def main() -> int:
    """0 if everything stored is what the scripts write."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--write", action="store_true", help="take the new files over")
    write = options.parse_args().write
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for path in HERE.iterdir():
            # The scripts and the two files that nothing writes; everything else has to appear anew.
            if path.suffix in (".R", ".py") or path.name in ("targets.csv", "weights_sample.csv"):
                shutil.copy(path, folder)
        run(folder)
        different = 0
        for stored in sorted([*HERE.glob("*.json"), *HERE.glob("*.csv")]):
            different += compared(stored, folder / stored.name)
        if write:
            for path in [*folder.glob("*.json"), *folder.glob("*.csv")]:
                shutil.copy(path, HERE)
    tell("Every file is as its script writes it." if not different else f"{different} files differ.")
    return 1 if different and not write else 0


def tell(*words: str, sep: str = " ") -> None:
    sys.stdout.write(sep.join(words) + "\n")
    sys.stdout.flush()


def run(folder: Path) -> None:
    # Sums in the order of one thread, so that the last digits do not depend on the machine.
    surroundings = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    commands = [[sys.executable, "make_data.py"], *(["Rscript", *script] for script in SCRIPTS)]
    for command in commands:
        tell(" ".join(Path(part).name for part in command))
        done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)


def compared(stored: Path, made: Path) -> bool:
    """Whether the two files differ, said with the places that do."""
    if not made.exists():
        tell(f"{stored.name}: no script writes it")
        return True
    old, new = stored.read_text(encoding="utf-8"), made.read_text(encoding="utf-8")
    if old == new:
        return False
    if stored.suffix == ".json":
        places = list(differences(json.loads(old), json.loads(new)))
    else:
        lines = zip(old.splitlines(), new.splitlines(), strict=False)
        places = [f"line {number}: {a} → {b}" for number, (a, b) in enumerate(lines, 1) if a != b]
    tell(f"{stored.name}: {len(places)} values differ", *places[:SHOWN], sep="\n    ")
    return True


def differences(old: object, new: object, place: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, "absent"), new.get(key, "absent"), f"{place}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from differences(a, b, f"{place}/{number}")
    elif old != new:
        yield f"{place}: {str(old)[:60]} → {str(new)[:60]}"


if __name__ == "__main__":
    sys.exit(main())
