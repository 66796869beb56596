"""Reads lines of logfmt (a file) and compares them with what they should say (a file: for each line a
JSON list of pairs). Prints what it found as JSON. It knows the format, and nothing of its writer."""

import json
import sys
from json.decoder import scanstring


def pairs(line):
    at, found = 0, []
    while True:
        end = line.index("=", at)
        key = line[at:end]
        if not key or '"' in key or not all(c.isprintable() and not c.isspace() for c in key):
            raise ValueError(f"no key: {key!r}")
        at = end + 1
        if line[at : at + 1] == '"':
            value, at = scanstring(line, at + 1)
        else:
            end = line.find(" ", at)
            end = len(line) if end < 0 else end
            value, at = line[at:end] or None, end
            if value and (set('"=\\') & set(value) or not value.isprintable()):
                raise ValueError(f"bare: {value!r}")
        found.append([key, value])
        if at == len(line):
            return found
        if line[at] != " ":
            raise ValueError(f"no space at {at}")
        at += 1


def main():
    written, expected = (open(path, encoding="utf-8", newline="").read() for path in sys.argv[1:])
    expected = [json.loads(line) for line in expected.split("\n")[:-1]]
    lines = written.split("\n")[:-1]
    # All that Python takes for the end of a line, and not only the newline.
    forged = max(len(lines), len(written.splitlines())) - len(expected)
    values, different = 0, []
    for line, should in zip(lines, expected):
        values += len(should)
        try:
            found = pairs(line)
        except ValueError as error:
            found = str(error)
        if found != should:
            different.append([line, found, should])
    report = {"lines": len(lines), "forged": forged, "values": values}
    print(json.dumps({**report, "different": len(different), "first": different[:1]}))


main()
