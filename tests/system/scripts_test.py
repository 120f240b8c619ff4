#!/usr/bin/env python3
"""The scripts themselves: they parse, may be executed, and signal nobody by name."""
import os
import py_compile
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import run
from server import ROOT, Postgres, wait_until


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and os.path.exists(os.path.join(ROOT, name))]


def first_line(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return file.readline(100).decode(errors="replace").strip()


class Scripts(unittest.TestCase):
    def test_every_shell_script_parses_and_stops_at_the_first_error(self):
        scripts = [name for name in tracked_files() if first_line(name).startswith("#!") and "sh" in first_line(name).split("/")[-1]]
        self.assertIn("test", scripts)
        for name in scripts:
            with self.subTest(name):
                subprocess.run(["bash", "-n", name], cwd=ROOT, check=True)
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    self.assertIn("set -euo pipefail", file.read())

    def test_every_python_file_compiles(self):
        names = [name for name in tracked_files() if name.endswith(".py") or "python3" in first_line(name)]
        self.assertIn("tests/system/run.py", names)
        with tempfile.TemporaryDirectory() as target:
            for name in names:
                with self.subTest(name):
                    py_compile.compile(os.path.join(ROOT, name), cfile=os.path.join(target, "compiled"), doraise=True)

    def test_whatever_has_an_interpreter_line_may_be_executed(self):
        for name in tracked_files():
            if first_line(name).startswith("#!"):
                self.assertTrue(os.access(os.path.join(ROOT, name), os.X_OK), name)

    def test_every_test_program_that_is_built_is_a_suite_of_the_test_script(self):
        with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            programs = re.findall(r"^\s*orderflow_test\((\w+) ", file.read(), re.MULTILINE)
        listed = subprocess.run(["./test", "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.assertIn("domain_tests", programs)
        for program in programs:
            self.assertRegex(listed, rf"build/release/{program}\b")

    def test_the_test_script_chooses_the_suites_of_its_surroundings_or_those_that_are_named(self):
        def planned(*names, ci=None):
            surroundings = {name: value for name, value in os.environ.items() if name != "CI"}
            done = subprocess.run(["./test", "--plan", *names], cwd=ROOT, capture_output=True, text=True, check=True,
                                  env={**surroundings, **({"CI": ci} if ci else {})})
            return [line.partition("|")[0] for line in done.stdout.splitlines()]
        usual, in_ci = planned(), planned(ci="true")
        self.assertIn("domain", usual)
        self.assertNotIn("crash", usual)
        self.assertLess(set(usual), set(in_ci))
        self.assertTrue({"crash", "asan-domain"} <= set(in_ci), in_ci)
        self.assertNotIn("tsan-domain", in_ci)
        self.assertEqual(planned("domain"), ["domain"])
        self.assertEqual(planned("tsan-http", "cli"), ["cli", "tsan-http"])

    def test_the_sanitizers_run_every_layer_by_one_command_each(self):
        listed = subprocess.run(["./test", "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for layer in ("domain", "codec", "journal", "gateway", "actor", "http"):
            self.assertRegex(listed, rf"(?m)^asan-{layer} *\| ci ")
        for layer in ("journal", "gateway", "actor", "http"):
            self.assertRegex(listed, rf"(?m)^tsan-{layer} *\|")
        done = subprocess.run(["scripts/sanitize", "threads"], cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 64)

    def test_no_script_signals_processes_by_name(self):
        by_name = re.compile(r"\b(p" + r"kill|kill" + r"all)\b")
        for name in tracked_files():
            if first_line(name).startswith("#!"):
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    self.assertIsNone(by_name.search(file.read()), name)


FAKES = {
    "id": "echo 0",
    "dpkg-query": "echo 'ii  bash'",
    "apt-cache": "echo '  Candidate: 1.0'",
    "cmake": "echo 'cmake: broken on purpose'; exit 1",
}
# What `apt-get indextargets` prints of an archive; nobody listens there.
ARCHIVE = "echo 'Debian Debian bookworm http://127.0.0.1:1/debian/'"


class Setup(unittest.TestCase):
    """bootstrap on a machine where a step fails: exit code 69, the failing program's own words, and a sentence of ours."""

    def bootstrap(self, apt_get, cached=(), **fakes):
        with tempfile.TemporaryDirectory() as place:
            for name, script in {**FAKES, "apt-get": apt_get, **fakes}.items():
                path = os.path.join(place, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"#!/bin/bash\n{script}\n")
                os.chmod(path, 0o755)
            cache = os.path.join(place, "cache")
            for name in cached:
                os.makedirs(os.path.join(cache, os.path.dirname(name) or name), exist_ok=True)
                if os.path.dirname(name):
                    with open(os.path.join(cache, name), "w", encoding="utf-8"):
                        pass
            done = subprocess.run(["scripts/bootstrap"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
                                  env={**os.environ, "PATH": f"{place}:{os.environ['PATH']}", "ORDERFLOW_CACHE": cache})
        self.assertEqual((done.returncode, done.stdout), (69, ""), done.stderr)
        return done.stderr

    def test_package_lists_that_cannot_be_read_are_told(self):
        said = self.bootstrap("echo 'E: the mirror is gone'; exit 100")
        self.assertIn("E: the mirror is gone", said)
        self.assertIn("package lists", said)

    def test_packages_that_cannot_be_installed_are_told(self):
        said = self.bootstrap("[[ $* == *install* ]] || exit 0; echo 'E: disk full'; exit 100")
        self.assertIn("E: disk full", said)
        self.assertIn("could not install", said)

    def test_a_package_that_no_release_has_is_named(self):
        said = self.bootstrap("exit 0", **{"apt-cache": "[[ $2 == bash ]] && echo '  Candidate: 1.0' || echo '  Candidate: (none)'"})
        self.assertRegex(said, r"has no package \S+")

    def test_apt_without_lists_is_not_taken_for_a_release_without_packages(self):
        said = self.bootstrap("exit 0", **{"apt-cache": "echo '  Candidate: (none)'"})
        self.assertNotIn("has no package", said)
        self.assertIn("apt-get update", said)

    def test_sources_of_caf_that_cannot_be_fetched_are_told(self):
        said = self.bootstrap(f"[[ $* == *indextargets* ]] && {ARCHIVE}; exit 0")
        self.assertIn("sources of CAF could not be fetched", said)
        self.assertIn("127.0.0.1:1", said)

    def test_a_machine_without_a_debian_archive_is_told_where_the_sources_go(self):
        said = self.bootstrap("exit 0")
        self.assertIn("actor-framework_0.18.7.orig.tar.gz", said)
        self.assertIn("SHA-256", said)

    def test_caf_that_does_not_build_is_told(self):
        said = self.bootstrap("exit 0", cached=["caf-src-d5c3abe8/CMakeLists.txt"])
        self.assertIn("broken on purpose", said)
        self.assertIn("CAF could not be configured", said)

    def test_backports_that_cannot_be_read_are_told(self):
        said = self.bootstrap(f"case \"$*\" in *indextargets*) {ARCHIVE} ;; *Dir::State::lists=*update*) echo 'E: no backports'; exit 100 ;; esac",
                              cached=["caf-d5c3abe8-release"])
        self.assertIn("E: no backports", said)
        self.assertIn("backports", said.splitlines()[-1])


class PrivateCluster(unittest.TestCase):
    def test_a_cluster_goes_with_whoever_asked_for_it_also_when_its_whole_process_group_is_killed(self):
        directory = tempfile.mkdtemp(prefix="orderflow-pg-")
        asker = subprocess.Popen(["bash", "-c", 'PG_PRIVATE_WHILE=$$ scripts/pg-private start "$1" || exit; sleep 600', "asker", directory],
                                 cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
        try:
            if not asker.stdout.readline():
                os.rmdir(directory)
                self.assertEqual(asker.wait(10), Postgres.no_binaries)
                self.skipTest("no PostgreSQL binaries")
            with open(os.path.join(directory, "cluster", "postmaster.pid"), encoding="ascii") as file:
                first = int(file.readline())
        finally:
            if asker.poll() is None:
                os.killpg(asker.pid, signal.SIGKILL)
                asker.wait(10)
            asker.stdout.close()
        wait_until(lambda: not os.path.exists(directory) and not os.path.exists(f"/proc/{first}"), 30, "the cluster is gone")


class AnotherDebian(unittest.TestCase):
    def run_script(self, *words):
        return subprocess.run(["scripts/in-debian", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    def test_a_release_that_is_none_is_refused_before_anything_is_done(self):
        for words in ((), ("13",), ("14!", "true")):
            with self.subTest(words):
                self.assertEqual(self.run_script(*words).returncode, 64)

    def test_the_mirror_comes_from_the_machine(self):
        for name in tracked_files():
            if name.startswith("scripts/") or name in ("run", "test", ".ci/run"):
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    self.assertNotRegex(file.read(), r"https?://[a-z]", name)


if __name__ == "__main__":
    sys.exit(run.run_module("__main__"))
