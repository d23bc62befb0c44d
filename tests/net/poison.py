#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does a frame hold bytes of another one? poison.py FILE.pcap

Frames of the experimental EtherType 0x88b6 are full of four bytes, again and again (send.py, kind poison). These
four, from whichever of them on, are in no other frame. Prints the count of both; status 1 with the frames that
are not clean.
"""
import struct
import sys

POISON = b"\xd1\xe7\x9b\x53"  # as send.py has it
ROTATIONS = [(POISON + POISON)[i:i + 4] for i in range(4)]


def frames(path):
    data = open(path, "rb").read()
    at = 24
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def main():
    poisoned, clean, dirty = 0, 0, []
    for frame in frames(sys.argv[1]):
        if frame[12:14] == b"\x88\xb6":
            poisoned += frame[14:] == POISON * ((len(frame) - 14) // 4) and len(frame) > 1000
        elif any(rotation in frame for rotation in ROTATIONS):
            dirty.append(frame)
        else:
            clean += 1
    print("%d poisoned, %d clean, %d dirty" % (poisoned, clean, len(dirty)))
    for frame in dirty[:10]:
        print(frame.hex())
    sys.exit(1 if dirty else 0)


main()
