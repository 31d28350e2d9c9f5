"""A process that has loaded the application, and runs a bench in a copy of itself: what a bench
loads first takes longer than what it does in its shortest form.

Reads a line of JSON for each bench: `bench`, `arguments`, and files for what it prints (`out`) and
for its errors (`err`). Writes how it ended: 0 and 1 as the bench says, 70 for an error.
"""

import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
_BROKEN = 70


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from pitchbar.core.memory import keep_what_is_loaded, while_loading
    from pitchbar.features import all_features, import_models

    with while_loading():
        import_models()
        all_features()
    keep_what_is_loaded()
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            # Nothing of this process may run in the copy once the bench is over.
            os._exit(_run(wanted))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(wanted: dict[str, Any]) -> int:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for path, number in ((wanted["out"], 1), (wanted["err"], 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.argv = [f"bench/{wanted['bench']}.py", *wanted["arguments"]]
    code = 0
    try:
        runpy.run_path(str(ROOT / sys.argv[0]), run_name="__main__")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
    except BaseException:
        traceback.print_exc()
        code = _BROKEN
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    main()
