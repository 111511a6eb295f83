"""axe-core, which finds what keeps people out of a page: fetched once into build/axe, never part of the repository.

python tests/browser/axe.py      with npm and a network; `make axe` does the same
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
SCRIPT = ROOT / "build" / "axe" / VERSION / "axe.min.js"
GRAVE = ("serious", "critical")
# Once nothing fades any more: half-way a text has half its contrast.
ASK = """async () => {
    await Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)));
    return (await axe.run(document, {resultTypes: ["violations"]})).violations;
}"""


def fetch() -> None:
    """Write SCRIPT from the pinned package. SystemExit in plain words without npm or its network, or for another package."""
    if SCRIPT.exists():
        return
    if shutil.which("npm") is None:
        raise SystemExit("No npm here: the tests that look for barriers with axe-core will be skipped.")
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
        if subprocess.run(command, stdout=subprocess.DEVNULL, timeout=120).returncode:
            raise SystemExit("npm gave no axe-core: the tests that look for barriers with it will be skipped.")
        (package,) = Path(folder).iterdir()
        found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if found != SHA512:
            raise SystemExit(f"axe-core {VERSION} from npm has the hash {found}, not the pinned {SHA512}: not kept.")
        with tarfile.open(package) as archive:
            script = archive.extractfile("package/axe.min.js")
            assert script is not None
            SCRIPT.parent.mkdir(parents=True, exist_ok=True)
            SCRIPT.write_bytes(script.read())


def barriers(page: "Page") -> list[str]:
    """What axe-core calls serious or critical in a page as it stands: one line for each rule, with the places."""
    if page.evaluate("() => typeof axe") == "undefined":
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate(ASK)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: " + ", ".join(str(node["target"]) for node in rule["nodes"])
        for rule in found
        if rule["impact"] in GRAVE
    ]


if __name__ == "__main__":
    fetch()
    print(f"axe-core {VERSION} is at {SCRIPT.relative_to(ROOT)}", file=sys.stderr)
