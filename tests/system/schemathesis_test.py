#!/usr/bin/env python3
"""An outside opinion: schemathesis (from PyPI) reads /openapi.json and tries the server. Skipped where it is not installed."""
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

from server import Server  # noqa: E402


def main():
    program = shutil.which("schemathesis") or shutil.which("st")
    if program is None:
        print("skipped: schemathesis: it is not installed (pip install schemathesis)")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with Server() as server:
        server.start()
        done = subprocess.run([program, "run", f"http://127.0.0.1:{server.port}/openapi.json", "--checks", "not_a_server_error",
                               "--exclude-path-regex", "^/dev/", "--max-examples", "20"], check=False, timeout=160)
    print("1 passed, 0 failed" if done.returncode == 0 else "0 passed, 1 failed")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
