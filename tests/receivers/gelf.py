"""Receives GELF as the specification says, and prints each message as a line of JSON.

Arguments: udp or tcp, and how many messages end it. The first line is the port. Over UDP it takes
messages in chunks, in any order, in gzip's and in zlib's format; over TCP those that end with NUL.
"""

import gzip
import json
import socket
import sys
import zlib

kind, wanted = sys.argv[1], int(sys.argv[2])


def show(data):
    size = len(data)
    if data[:2] == b"\x1f\x8b":
        data, packed = gzip.decompress(data), "gzip"
    elif data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0:
        data, packed = zlib.decompress(data), "zlib"
    else:
        packed = "none"
    message = json.loads(data)
    assert message["version"] == "1.1" and message["host"] and message["short_message"]
    for name, value in message.items():
        assert isinstance(value, (str, int, float)) and not isinstance(value, bool), name
    assert "_id" not in message
    print(
        json.dumps({"packed": packed, "chunks": chunks, "bytes": size, "message": message}),
        flush=True,
    )


count = 0
if kind == "udp":
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    partial = {}
    while count < wanted:
        data = server.recv(65536)
        chunks = 1
        if data[:2] == b"\x1e\x0f":
            identifier, number, chunks = data[2:10], data[10], data[11]
            assert 1 < chunks <= 128 and number < chunks, (number, chunks)
            parts = partial.setdefault(identifier, {})
            assert number not in parts
            parts[number] = data[12:]
            if len(parts) < chunks:
                continue
            del partial[identifier]
            data = b"".join(parts[number] for number in range(chunks))
        show(data)
        count += 1
else:
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    chunks = 0
    connection, _ = server.accept()
    buffer = b""
    while count < wanted:
        received = connection.recv(65536)
        assert received
        buffer += received
        *messages, buffer = buffer.split(b"\0")
        for message in messages:
            assert message[:1] == b"{", "compressed"
            show(message)
            count += 1
