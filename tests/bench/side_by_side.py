"""The default of `fit` and scikit-learn's MLP with cross-validated ridge on the same tables, one after the other, whole processes, one run
each. `python3 side_by_side.py FOLDER [NAME ...]`, with the folder of held_out.ts. Prints a row of a Markdown table for each."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
CASES = re.findall(
    r'\{\s*name: "(\w+)",\s*target: "([^"]+)",(?:\s*drop: "([^"]+)",)?(?:\s*more: \[([^\]]*)\],)?',
    (HERE / "held_out.ts").read_text(),
)
folder, names = sys.argv[1], sys.argv[2:]


def seconds(command):
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


for name, target, drop, more in CASES:
    if names and name not in names:
        continue
    options = [word.strip().strip('"') for word in more.split(",") if word.strip()]
    missing = [] if "--missing" in options else ["--missing", "mean"]
    table = f"{folder}/{name}.csv"
    with tempfile.TemporaryDirectory() as out:
        fit = ["fit", "--data", table, "--target", target, "--valid", "0.25", "--quiet", "--out", f"{out}/fit"]
        dropped = ["--drop", drop] if drop else []
        ours = seconds(["deno", "run", "-A", "--no-check", str(HERE / "../../tasks/main.ts"), *fit, *dropped, *options, *missing])
    theirs = seconds([sys.executable, str(HERE / "fit_in_sklearn.py"), table, target, drop, "drop" if "drop" in options else "mean"])
    with open(table) as text:
        rows = sum(1 for _ in text) - 1
    print(f"| {name} | {rows} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |", flush=True)
