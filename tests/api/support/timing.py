"""Whether two kinds of requests take as long as each other, on a machine that does other things, too."""

import statistics
import time

PAUSE_SECONDS = 0.008
SECONDS_APART_MAX = 0.001


def in_turns(pairs, action):
    """The first of a pair first, then the second first, and so on: what one request leaves to do for the
    next falls on both alike. The pause lets the message of one be delivered before the next is asked for;
    without it times have two humps, and a median falls on either."""
    for n, pair in enumerate(pairs):
        for sample in pair if n % 2 == 0 else reversed(pair):
            action(sample)
            time.sleep(PAUSE_SECONDS)


def noise(seconds):
    """How far apart the medians of two halves of the same kind are: what this machine can't tell apart."""
    return abs(statistics.median(seconds[::2]) - statistics.median(seconds[1::2]))


def assert_as_long(what, first, second):
    """`first` and `second`: the seconds of each request, in the order of in_turns. On a quiet machine the
    millisecond decides; a busy one is not blamed on the server."""
    apart = abs(statistics.median(first) - statistics.median(second))
    assert apart < max(SECONDS_APART_MAX, 3 * noise(first), 3 * noise(second)), (
        f"{what}: {statistics.median(first) * 1000:.3f} ms and {statistics.median(second) * 1000:.3f} ms")
