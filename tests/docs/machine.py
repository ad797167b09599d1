"""A machine of its own for one page: Debian as it is here, with own processes, network and changes to /etc, /var, /usr/local.

Nothing that a page does is seen outside, and all of it is gone afterwards. Made of Linux's namespaces, for which one has to be
root (or in a container that allows them)."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECONDS_MAX = 300
UNTIL_SECONDS_MAX = 60
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def why_not():
    """Why machines can't be made here, or nothing."""
    done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--net", "--mount-proc", "bash", "-c",
                           "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/u $d/w && "
                           "mount -t overlay overlay -o lowerdir=/etc,upperdir=$d/u,workdir=$d/w /etc && ip link set lo up"],
                          capture_output=True, text=True, timeout=30, check=False)
    return done.stderr.strip() if done.returncode else None


class Failed(AssertionError):
    """A snippet did something else than its page says."""


class Machine:
    """Runs snippets in one shell, whose variables and folder stay from one to the next."""

    def __init__(self, program, postgres="", way="source"):
        """`way`: how a page's reader installs accessd. With package nothing stands in for apt, make and sudo."""
        self.way = way
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="accessd-docs-"))
        self.folder.chmod(0o755)
        self.count = 0
        environment = {"HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "USER": "root", "TERM": "dumb",
                       "PATH": f"{HERE / 'machine/bin'}:{PATH}" if way == "source" else PATH,
                       "ACCESSD_DOCS_PROGRAM": program, "ACCESSD_DOCS_FOLDER": str(self.folder),
                       "ACCESSD_DOCS_SOURCE": str(ROOT), "ACCESSD_DOCS_POSTGRES": postgres, "ACCESSD_DOCS_WAY": way,
                       "PYTHONDONTWRITEBYTECODE": "1"}
        said, self.say = os.pipe()
        self.shell = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--mount-proc", "bash", "--noprofile", "--norc",
             str(HERE / "machine/start")], stdin=subprocess.PIPE, env=environment, pass_fds=[self.say], text=True,
            stdout=subprocess.DEVNULL, stderr=(self.folder / "shell.log").open("w"), start_new_session=True)
        os.close(self.say)
        self.ends = os.fdopen(said)
        self._write(f"exec 9>&{self.say}\n")
        status, printed = self.run("cd ~")
        assert status == 0, printed

    def _write(self, text):
        self.shell.stdin.write(text)
        self.shell.stdin.flush()

    def run(self, text, may_fail=False):
        """Status and output of a piece of shell. One that fails in the middle ends there."""
        self.count += 1
        script, output = self.folder / f"snippet-{self.count}.sh", self.folder / f"output-{self.count}"
        script.write_text(text, encoding="utf-8")
        strict = "set +e" if may_fail else "set -eE"
        self._write(f"trap 'echo 1 >&9' ERR\n{strict}\nset -o pipefail\n" if not may_fail else "trap - ERR\nset +e\n")
        self._write(f". {script} </dev/null >{output} 2>&1\n" + "status=$?; trap - ERR; set +e; echo $status >&9\n")
        ended = self._wait()
        return ended, output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""

    def _wait(self):
        signal.signal(signal.SIGALRM, self._too_late)
        signal.alarm(SECONDS_MAX)
        try:
            line = self.ends.readline()
        finally:
            signal.alarm(0)
        return int(line) if line.strip() else 1  # The shell ended.

    def _too_late(self, *_):
        raise Failed(f"it took longer than {SECONDS_MAX} seconds")

    def follow(self, page_snippets):
        """Does what each snippet says. Errors: Failed, with its place."""
        printed = ""
        for snippet in page_snippets:
            if not snippet.is_of(self.way):
                continue
            try:
                printed = self._follow_one(snippet, printed)
            except Failed as failed:
                raise Failed(f"{snippet.place}: {failed}") from None

    def _follow_one(self, snippet, printed):
        from snippets import matches
        if snippet.what == "run":
            return self._run_marked(snippet)
        if snippet.what == "output" and not matches(snippet.text, printed):
            raise Failed(f"the page says\n{snippet.text}\nand it printed\n{printed}")
        if snippet.what in ("file", "append"):
            name = snippet.marks[snippet.what]
            source = self.folder / "content"
            source.write_text(snippet.text, encoding="utf-8")
            how = ">" if snippet.what == "file" else ">>"
            status, said = self.run(f'mkdir -p "$(dirname {name})" && cat {source} {how} {name}')
            if status:
                raise Failed(f"{name} can't be written: {said}")
        return printed

    def _run_marked(self, snippet):
        wanted = int(snippet.marks.get("status", 0))
        deadline = time.monotonic() + UNTIL_SECONDS_MAX
        while True:
            status, printed = self.run(snippet.text, may_fail=wanted != 0 or "until" in snippet.marks)
            if "until" in snippet.marks:
                if snippet.marks["until"] in printed:
                    return printed
                if time.monotonic() < deadline:
                    time.sleep(0.3)
                    continue
                raise Failed(f"it never printed {snippet.marks['until']!r}, but\n{printed}\n{self.journal()}")
            if status != wanted:
                raise Failed(f"it ended with {status} instead of {wanted}:\n{snippet.text}\n{printed}\n{self.journal()}")
            return printed

    def journal(self):
        """What services wrote last."""
        return "".join(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]) + "\n"
                       for log in self.folder.glob("journal/*"))

    def close(self):
        self.shell.stdin.close()
        try:
            self.shell.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.shell.pid, signal.SIGKILL)
            self.shell.wait()
        self.ends.close()
        shutil.rmtree(self.folder, ignore_errors=True)
