#!/usr/bin/env python3
"""An outside opinion: schemathesis (from PyPI) reads /openapi.json and tries the server. Skipped where it is not installed."""
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from keys import token  # noqa: E402
from server import Server  # noqa: E402

# What the server may never do, whatever it is sent, and what the document says of its replies.
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method", "allow_header_conformance"]


def main():
    program = shutil.which("schemathesis") or shutil.which("st")
    if program is None:
        print("skipped: schemathesis: it is not installed (pip install schemathesis)")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with Server() as server, tempfile.TemporaryDirectory() as place:
        server.start()
        # Without a token of its own it makes them up, and sees little else than 401.
        bearer = token(server.data, "st", role="operator", tenant="dev", ttl="1h")
        done = subprocess.run([program, "run", f"http://127.0.0.1:{server.port}/openapi.json", "--checks", ",".join(CHECKS),
                               "--exclude-path-regex", "^/dev/", "--max-examples", "20", "--continue-on-failure", "--header",
                               f"Authorization: Bearer {bearer}", "--header", "Prefer: wait=0"],
                              check=False, timeout=560, cwd=place)
    print("1 passed, 0 failed" if done.returncode == 0 else "0 passed, 1 failed")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
