"""The receiver of Python's logging cookbook: prints each record as a line of JSON.

Arguments: tcp, udp, unix or unixgram, then pickle or json, how many records end it, and the path of
a Unix socket. The first line is the port. A line holds the attributes of the record that CPython
makes (NaN as the string "nan"), and under "line" what a formatter there writes.
"""

import json
import logging
import pickle
import socket
import socketserver
import struct
import sys

kind, wire, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = 0
formatter = logging.Formatter("%(levelname)s:%(name)s:%(threadName)s:%(lineno)d:%(message)s")


def show(frame):
    global count
    data = pickle.loads(frame) if wire == "pickle" else json.loads(frame)
    record = logging.makeLogRecord(data)
    attributes = {
        name: "nan" if value != value else value for name, value in record.__dict__.items()
    }
    line = formatter.format(record)
    print(json.dumps({"record": attributes, "line": line}), flush=True)
    count += 1


class Stream(socketserver.StreamRequestHandler):
    # As in the cookbook.
    def handle(self):
        while count < wanted:
            chunk = self.connection.recv(4)
            if len(chunk) < 4:
                break
            slen = struct.unpack(">L", chunk)[0]
            chunk = self.connection.recv(slen)
            while len(chunk) < slen:
                chunk = chunk + self.connection.recv(slen - len(chunk))
            show(chunk)


if kind == "tcp":
    server = socketserver.TCPServer(("127.0.0.1", 0), Stream)
elif kind == "unix":
    server = socketserver.UnixStreamServer(sys.argv[4], Stream)
else:
    family = socket.AF_INET if kind == "udp" else socket.AF_UNIX
    server = socket.socket(family, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    server.bind(("127.0.0.1", 0) if kind == "udp" else sys.argv[4])

if kind in ("tcp", "unix"):
    print(server.server_address[1] if kind == "tcp" else "-", flush=True)
    while count < wanted:
        server.handle_request()
else:
    print(server.getsockname()[1] if kind == "udp" else "-", flush=True)
    while count < wanted:
        datagram = server.recv(1 << 20)
        assert struct.unpack(">L", datagram[:4])[0] == len(datagram) - 4
        show(datagram[4:])
