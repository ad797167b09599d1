"""What a PromQL expression asks for: metrics, the labels that it compares, and those that it groups by."""

import re

METRIC = re.compile(r"\b(accessd_\w+|up)\b(?:\s*\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
# Prometheus' own, on everything that it scrapes.
OWN_LABELS = {"instance", "job"}


class Selector:
    """One metric in an expression."""

    def __init__(self, name, matchers):
        self.name = name
        self.matchers = matchers  # [(label, operator, value)]

    def is_met_by(self, labels):
        """Whether a series with these labels is asked for, as far as Prometheus' own labels don't matter."""
        return all(label in OWN_LABELS or holds(operator, labels.get(label, ""), value)
                   for label, operator, value in self.matchers)


def holds(operator, given, value):
    if operator in ("=", "!="):
        return (given == value) == (operator == "=")
    return bool(re.fullmatch(value, given)) == (operator == "=~")


def selectors(expression):
    return [Selector(match[1], MATCHER.findall(match[2] or "")) for match in METRIC.finditer(expression)]


def groupings(expression):
    return {name.strip() for match in GROUPING.finditer(expression) for name in match[1].split(",") if name.strip()}


def read_exposition(text):
    """{name of a metric as it is stored: [labels of each series]} of Prometheus' text format."""
    series = {}
    for line in text.splitlines():
        match = re.match(r"(\w+)(?:\{(.*)\})? \S+$", line)
        if match:
            series.setdefault(match[1], []).append(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")))
    return series
