"""`python alone.py REPORT COMMAND…` in a network namespace of its own: brings loopback up, runs the command, and writes
how many packets found no route out, which is how many times something tried to reach the world."""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path

SET_FLAGS, UP, RUNNING = 0x8914, 0x1, 0x40  # SIOCSIFFLAGS, IFF_UP, IFF_RUNNING


def _no_route() -> int:
    lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    four = int(dict(zip(*lines, strict=True))["OutNoRoutes"])
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines() if len(line.split()) == 2)
    return four + int(six.get("Ip6OutNoRoutes", 0))


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", UP | RUNNING))
    before = _no_route()
    code = subprocess.call(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps({"code": code, "tried": _no_route() - before}))


if __name__ == "__main__":
    main()
