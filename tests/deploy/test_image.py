"""The Dockerfile, and what is sent to whoever builds from it."""

import http.server
import re
import subprocess
import threading
import unittest

import source

DOCKERFILE = (source.ROOT / "Dockerfile").read_text()
IGNORED, *ADMITTED = [
    line for line in (source.ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
]


def user():
    (user,) = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    return tuple(map(int, user))


def is_sent(path):
    """Whether .dockerignore leaves `path` in; it first leaves out everything."""
    return any(str(path) == name or str(path).startswith(f"{name}/") for name in (line[1:] for line in ADMITTED))


class TheImage(unittest.TestCase):
    def test_has_every_program(self):
        self.assertEqual(set(re.findall(r"/harmony/target/release/(\w+)", DOCKERFILE)), source.programs())

    def test_is_built_with_the_rust_of_the_manifest(self):
        self.assertIn(f"ARG RUST={source.rust_version()}\n", DOCKERFILE)

    def test_is_of_one_debian(self):
        stages = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
        self.assertEqual(stages, {"rust:${RUST}-${DEBIAN}", "debian:${DEBIAN}-slim", "chef"})

    def test_builds_dependencies_as_make_release_does(self):
        (release,) = re.findall(r"^release:.*\n\t@cargo build (.*)$", (source.ROOT / "Makefile").read_text(), re.MULTILINE)
        (cook,) = re.findall(r"cargo chef cook (.*) --recipe-path \S+$", DOCKERFILE, re.MULTILINE)
        self.assertEqual(cook, release)
        self.assertIn("\nRUN make release\n", DOCKERFILE)

    def test_runs_as_nobody_in_particular(self):
        self.assertGreater(min(user()), 1000)
        stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
        self.assertNotRegex(stage[stage.index("\nUSER ") :], r"\n(RUN|COPY|USER 0)")

    def test_gets_all_it_is_built_from_and_nothing_else(self):
        self.assertEqual(IGNORED, "*")
        self.assertTrue(all(line.startswith("!") for line in ADMITTED))
        needed = source.crates() | source.embedded() | {"Cargo.toml", "Cargo.lock", "Makefile", "scripts/healthy"}
        self.assertEqual({str(path) for path in needed if not is_sent(path)}, set())
        for line in ADMITTED:
            self.assertTrue((source.ROOT / line[1:]).exists(), line)
        for secret in (".harmony/data/secrets/link.key", ".git/config", "target/release/api", ".env"):
            self.assertFalse(is_sent(secret), secret)


class Health(unittest.TestCase):
    """scripts/healthy, which is in the image."""

    def asks(self, status):
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/health/ready" else 404)
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            port = server.server_port
            answer = subprocess.run([source.ROOT / "scripts/healthy", str(port)], stderr=subprocess.DEVNULL)
            server.shutdown()
        return port, answer.returncode == 0

    def test_is_what_the_process_says(self):
        self.assertTrue(self.asks(200)[1])
        self.assertFalse(self.asks(503)[1])

    def test_is_none_where_nobody_listens(self):
        port, _ = self.asks(200)
        answer = subprocess.run([source.ROOT / "scripts/healthy", str(port)], stderr=subprocess.DEVNULL)
        self.assertNotEqual(answer.returncode, 0)


if __name__ == "__main__":
    unittest.main()
