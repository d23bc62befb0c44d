#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# support.py - the table in README.md of what each kernel can do, made from `xcap check --json`.
#
#	support.py table JSON...            prints the table, a column for each file
#	support.py check README <JSON       names what differs; without a column for this kernel: its rows only
import json
import sys

HEADING = "| feature | since |"


def version(release):
    return ".".join(release.split(".")[:2])


def is_of(column, release):
    """A column is a version, or one of a build: "6.18-fc" is 6.18.44-fc-v669, and no other 6.18."""
    parts = column.split("-")
    return parts[0] == version(release) and set(parts[1:]) <= set(release.split("-")[1:])


def table(paths):
    kernels = [json.load(open(path)) for path in paths]
    print(HEADING, " | ".join(version(k["kernel"]) for k in kernels), "|")
    print("|---|---|" + "---|" * len(kernels))
    for rows in zip(*(k["features"] for k in kernels)):
        works = " | ".join("yes" if row["works"] else "-" for row in rows)
        print(f"| {rows[0]['name']} | {rows[0]['since'] or ''} | {works} |")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_table(path):
    lines = open(path).read().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(HEADING))
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    return cells(lines[start])[2:], {cells(l)[0]: cells(l)[2:] for l in lines[start + 2:end]}


def check(path):
    found = json.load(sys.stdin)
    kernels, rows = read_table(path)
    wrong = []
    if [f["name"] for f in found["features"]] != list(rows):
        wrong.append(f"rows are {list(rows)}")
    column = next((i for i, name in enumerate(kernels) if is_of(name, found["kernel"])), None)
    for feature in found["features"] if column is not None and not wrong else []:
        want = "yes" if feature["works"] else "-"
        have = rows[feature["name"]][column]
        if have != want:
            wrong.append(f"{feature['name']}: the table says '{have}', here it is '{want}': {feature['found']}")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if sys.argv[1] == "table":
    table(sys.argv[2:])
else:
    sys.exit(check(sys.argv[2]))
