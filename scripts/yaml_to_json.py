#!/usr/bin/python3
"""Converts a YAML file to JSON, and to the same JSON compressed beside it (.gz).

    scripts/yaml_to_json.py <from.yaml> <to.json>

Refuses what YAML allows and JSON has no word for, and names that are given twice: YAML readers
keep the last one silently.
"""

import gzip
import json
import pathlib
import sys

import yaml


class StrictLoader(yaml.SafeLoader):
    """Reads what JSON can say: no dates, no duplicate names, only text as names."""

    def construct_mapping(self, node, deep=False):
        names = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            name = self.construct_object(key_node, deep=True)
            where = f"line {key_node.start_mark.line + 1}"
            if not isinstance(name, str):
                raise yaml.YAMLError(f"{where}: the name {name!r} is not text; quote it")
            if name in names:
                raise yaml.YAMLError(f"{where}: '{name}' is given twice, first in {names[name]}")
            names[name] = where
        return super().construct_mapping(node, deep)


# 2026-01-02 in an example is text, as JSON has no dates.
StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    try:
        with source.open(encoding="utf-8") as file:
            content = yaml.load(file, StrictLoader)
    except (OSError, yaml.YAMLError) as error:
        sys.exit(f"{source}: {error}")
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    data = (text + "\n").encode("utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    # Without a date inside, so that the same description gives the same program.
    pathlib.Path(f"{target}.gz").write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main()
