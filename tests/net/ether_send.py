#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ether_send.py DEVICE ADDRESS...: one datagram out of DEVICE to port 9 of each address, IPv4 or IPv6.

Used by ether.sh, where a netfilter rule drops them: of that the kernel may or may not tell.
"""
import socket
import sys

for address in sys.argv[2:]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
    try:
        s.sendto(b"xcap", (address, 9))
    except PermissionError:
        pass
