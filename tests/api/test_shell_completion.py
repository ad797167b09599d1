"""What the shells make of `accessd completion`: each script is run by its own shell."""


import shutil
import subprocess

import pytest

from support.server import find_program


def printed(kind):
    return subprocess.run([find_program(), "completion", kind], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def run(shell, script, folder):
    program = shutil.which(shell)
    assert program, f"{shell} is missing; run: scripts/setup --for test"
    flags = {"zsh": ["-f"], "fish": ["--no-config"], "bash": ["--norc"]}[shell]
    done = subprocess.run([program, *flags, "-c", script], cwd=folder, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return set(done.stdout.split())


def bash(folder, *words):
    (folder / "completion").write_text(printed("bash"), encoding="utf-8")
    return run("bash", f"""
        compopt() {{ :; }}
        source ./completion
        COMP_WORDS=({' '.join(f"'{word}'" for word in words)})
        COMP_CWORD={len(words) - 1}
        _accessd
        printf '%s\\n' "${{COMPREPLY[@]}}" """, folder)


def zsh(folder, *words):
    (folder / "completion").write_text(printed("zsh"), encoding="utf-8")
    # The parts of zsh's completion that the script calls, as far as they matter here.
    return run("zsh", f"""
        _describe() {{ print -l -- ${{${{(P)argv[-1]}}%%:*}}; }}
        _files() {{ print -l -- *; }}
        words=({' '.join(f"'{word}'" for word in words)})
        CURRENT={len(words)} PREFIX='{words[-1]}'
        source ./completion""", folder)


def fish(folder, *words):
    (folder / "completion").write_text(printed("fish"), encoding="utf-8")
    line = " ".join(words)
    return run("fish", f"source ./completion; complete -C '{line}' | string replace -r '\\t.*' ''; true", folder)


@pytest.fixture(params=[bash, zsh, fish], ids=["bash", "zsh", "fish"])
def complete(request, tmp_path):
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    return lambda *words: request.param(tmp_path, *words)


def test_commands_are_completed(complete):
    assert {"serve", "key", "doctor", "completion"} <= complete("accessd", "")


def test_commands_inside_commands_are_completed_and_no_others(complete):
    found = complete("accessd", "key", "")

    assert {"create", "list", "revoke"} <= found
    assert "serve" not in found


def test_options_are_those_of_the_command_that_was_typed(complete):
    found = complete("accessd", "key", "create", "--name", "shop", "--")

    assert {"--all-projects", "--scope", "--json"} <= found
    assert "--replace" not in found


def test_a_word_that_is_an_options_value_chooses_no_command(complete):
    """A key that is called like a command: the options stay those of `key create`."""
    assert "--scope" in complete("accessd", "key", "create", "--name", "list", "--")


def test_files_are_offered_where_a_file_belongs_and_names_are_not_guessed(complete):
    assert "own.toml" in complete("accessd", "serve", "--config", "")
    assert "own.toml" in complete("accessd", "restore", "own")
    assert "own.toml" not in complete("accessd", "key", "create", "--name", "")


def test_the_manual_page_is_one_and_tells_every_command():
    page = printed("man")
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-"], input=page, capture_output=True,
                          text=True, timeout=60, check=False, env={"MANWIDTH": "100", "PATH": "/usr/bin:/bin"})

    assert done.returncode == 0 and done.stderr == ""
    for command in ("accessd key create", "accessd project apply", "accessd doctor", "accessd restore"):
        assert command in done.stdout
    # A line that begins with a dot or a dash is shown, not obeyed.
    assert "./accessd.toml" in done.stdout and "--config FILE" in done.stdout


def test_what_is_printed_is_the_same_each_time():
    assert [printed(kind) for kind in ("bash", "man")] == [printed(kind) for kind in ("bash", "man")]
