#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sendfile.py FILE ADDRESS PORT BYTES: one UDP datagram whose bytes are pages of FILE, which is made.

Used by the live tests. It starts at the eighth byte: with the UDP header before it, fragments of 1,024 bytes
begin and end with pages.
"""
import os
import socket
import sys

if len(sys.argv) != 5:
    sys.exit(__doc__)
name, address, port, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with open(name, "wb+") as file, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    file.write(bytes((i * 7 + i // 256) & 255 for i in range(size + 8)))
    file.flush()
    udp.connect((address, port))
    sent = os.sendfile(udp.fileno(), file.fileno(), 8, size)
    if sent != size:
        sys.exit(f"{sent} bytes of {size} were sent")
