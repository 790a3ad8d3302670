"""Clients that connect over websocket by hand, join their namespace, and never read again.

    python3 stalled_clients.py PORT < tokens

One client for each token, a token a line. Their own buffers are small: what they do not take, the sidecar's side keeps.
Prints "stalled N" and stays until its input is closed or another line comes.
"""

import base64
import json
import os
import socket
import struct
import sys

RECEIVE_BUFFER = 8 * 1024
PATIENCE_S = 20


def masked(text):
    """One text frame of a client (RFC 6455 section 5.2)."""
    payload = text.encode()
    key = os.urandom(4)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(payload))
    return bytes([0x81]) + size + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


def frame(stream):
    """The next text frame of the server."""
    size = stream.read(2)[1] & 0x7F
    if size == 126:
        (size,) = struct.unpack(">H", stream.read(2))
    elif size == 127:
        (size,) = struct.unpack(">Q", stream.read(8))
    return stream.read(size).decode()


def connect(port, token):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    client.settimeout(PATIENCE_S)
    client.connect(("127.0.0.1", port))
    client.sendall(
        (
            "GET /api/socket/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        ).encode()
    )
    stream = client.makefile("rb", buffering=0)
    while stream.readline() != b"\r\n":
        pass
    client.sendall(masked("40" + json.dumps({"token": token, "resume": {}})))
    while True:
        text = frame(stream)
        if text.startswith("44"):
            raise SystemExit(f"refused: {text}")
        if text.startswith("40"):
            return client


def main():
    port = int(sys.argv[1])
    tokens = iter(lambda: sys.stdin.readline().strip(), "")
    clients = [connect(port, token) for token in tokens]
    print(f"stalled {len(clients)}", flush=True)
    sys.stdin.readline()


main()
