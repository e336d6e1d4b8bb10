"""The least of PostgreSQL's protocol that the measurements need: a login without a password, and a simple query."""

import socket
import struct


class Session:
    """One logged-in session; raises OSError where the connection ends and RuntimeError with the server's words."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        body = b"".join(part + b"\0" for part in (b"user", b"postgres", b"database", b"postgres", b""))
        self.socket.sendall(struct.pack("!ii", 8 + len(body), 196608) + body)
        self.read_until_ready()

    def query(self, sql):
        """The first column of the last row, or None."""
        body = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", 4 + len(body)) + body)
        return self.read_until_ready()

    def close(self):
        self.socket.close()

    def read_until_ready(self):
        value = None
        while True:
            kind, body = self.read()
            if kind == b"Z":
                return value
            if kind == b"E":
                raise RuntimeError(body.replace(b"\0", b" ").decode(errors="replace"))
            if kind == b"D":
                length = struct.unpack_from("!i", body, 2)[0]
                value = body[6:6 + length].decode() if length >= 0 else None

    def read(self):
        header = self.take(5)
        return header[:1], self.take(struct.unpack("!i", header[1:])[0] - 4)

    def take(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise OSError("the server closed the connection")
            self.buffer += piece
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken
