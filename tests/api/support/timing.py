"""Whether two kinds of requests take as long as each other, on a machine that does other things, too."""

import math
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


def assert_as_long(what, first, second):
    """`first` and `second`: the seconds of the two of each pair. A server is blamed for a millisecond that
    one kind takes longer in so many pairs as chance brings once in sixteen thousand times (four standard
    deviations of the sign test): what a busy machine makes longer, it makes longer for either."""
    apart = abs(statistics.median(first) - statistics.median(second))
    longer = sum(one > other for one, other in zip(first, second, strict=True))
    by_chance = 2 * math.sqrt(len(first))
    assert apart < SECONDS_APART_MAX or abs(longer - len(first) / 2) < by_chance, (
        f"{what}: {statistics.median(first) * 1000:.3f} ms and {statistics.median(second) * 1000:.3f} ms, "
        f"the first longer in {longer} of {len(first)} pairs")
