"""Runs the program, and writes the files that it reads."""
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np

DENO = ["npx", "-y", "deno@2.9.6"]


class ReslandError(ValueError):
    """What resland refused, in its own sentence."""


def _checkout():
    """The checkout to run from: RESLAND_CHECKOUT, or the one that this file is in."""
    named = os.environ.get("RESLAND_CHECKOUT")
    candidates = [Path(named)] if named else list(Path(__file__).resolve().parents)
    for folder in candidates:
        if (folder / "tasks" / "main.ts").exists():
            return folder
    raise ReslandError("resland is not on the PATH and no checkout of it was found; name one in RESLAND_CHECKOUT")


def run(command, *arguments):
    """The report of a command as a dictionary; its sentence as a ReslandError where it refuses."""
    program = shutil.which("resland")
    if program:
        line, folder = [program], None
    else:
        deno = shutil.which("deno")
        line, folder = [*([deno] if deno else DENO), "task"], _checkout()
    done = subprocess.run([*line, command, *map(str, arguments), "--json"], capture_output=True, text=True, cwd=folder)
    if done.returncode not in (0, 1):
        said = [text for text in done.stderr.splitlines() if text.startswith("resland")] or done.stderr.splitlines()[-1:]
        raise ReslandError(said[-1].split(": ", 1)[-1] if said else f"resland {command} ended with {done.returncode}")
    return json.loads(done.stdout)


def write_table(path, X, names, y=None):
    """A CSV file of the columns of X, every number to the last digit, and of y, numbers or texts, as `y`."""
    columns = [[repr(float(value)) for value in column] for column in np.asarray(X).T]
    if y is not None:
        columns.append([value if isinstance(value, str) else repr(float(value)) for value in y])
    header = [*names, *(["y"] if y is not None else [])]
    quoted = ['"' + str(name).replace('"', '""') + '"' for name in header]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(quoted) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*columns))


def class_names(y):
    """Classes in their order, and y with a name for each whose order by text is theirs."""
    classes, codes = np.unique(y, return_inverse=True)
    return classes, [f"class{code:06d}" for code in codes]
