"""Frames of people who do what a challenge asks: rendered in space from one picture of them, by tests/tools/head_frames."""

import itertools
import pathlib
import subprocess
import tempfile

from support.faces import jpeg
from support.server import find_program

_seeds = itertools.count(1)


def film(picture, prompts):
    """The bytes of a straight frame and of two of each prompt, other ones each time."""
    program = pathlib.Path(find_program()).resolve().parent / "tests/head_frames"
    assert program.exists(), f"{program} is missing: cmake --build builds it with the other tests"
    with tempfile.TemporaryDirectory() as folder:
        shown = pathlib.Path(folder) / "person.jpg"
        shown.write_bytes(jpeg(picture))
        subprocess.run([program, "film", shown, str(next(_seeds)), folder, *prompts], check=True, timeout=120)
        return [(pathlib.Path(folder) / f"{i}.jpg").read_bytes() for i in range(1 + 2 * len(prompts))]
