"""`make audit`: are holes known in the packages that constraints.txt pins?

Fails only on a known hole that a newer version mends. Where the index of holes cannot be asked, or
does not know a package, that is said aloud, and nothing fails: a check that cannot be made must
not keep anyone from working, and must not look like one that was passed.
"""

import json
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).parents[1] / "constraints.txt"
PATIENCE = 120  # s


def asked() -> dict:
    """Return what pip-audit says of the pins; raises RuntimeError if it says nothing."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(PINS), "--no-deps", "--disable-pip",
        "--format", "json", "--progress-spinner", "off", "--timeout", "10",
    ]  # fmt: skip
    try:
        said = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return json.loads(said.stdout)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no answer in {PATIENCE} s") from None
    except json.JSONDecodeError:
        raise RuntimeError(f"pip-audit: {said.stderr.strip()[-300:]}") from None


def judged(said: dict) -> tuple[list[str], bool]:
    """Return what there is to say of an answer of pip-audit, and whether a hole can be mended."""
    lines, mendable, unknown = [], False, []
    for package in said["dependencies"]:
        name = f"{package['name']} {package.get('version', '')}".strip()
        if "skip_reason" in package:
            unknown.append(name)
        for hole in package.get("vulns", []):
            fixes = ", ".join(hole["fix_versions"])
            lines.append(f"{name}: {hole['id']}, " + (f"mended in {fixes}" if fixes else "no fix"))
            mendable |= bool(fixes)
    if unknown:
        count = f"{len(unknown)} of {len(said['dependencies'])} packages"
        lines.append(f"*** NOT CHECKED: {count}; the index does not tell of them: {unknown[0]} …")
    return lines or ["No known holes."], mendable


def main() -> int:
    """Ask, tell, and return the exit code."""
    try:
        lines, mendable = judged(asked())
    except RuntimeError as fault:
        lines, mendable = [f"*** NOT CHECKED for known holes: {fault}"], False
    print(*lines, sep="\n")
    return int(mendable)


if __name__ == "__main__":
    sys.exit(main())
