"""Local HTTP servers that answer as mirrors of the sample do, well or badly."""

import functools
import gzip
import http.server
import struct
import threading
import time
from contextlib import contextmanager

from helpers.places import SAMPLE


@contextmanager
def serving():
    """A function that serves an answer (request handler → None); returns its address."""
    servers = []

    def start(answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):  # the client had enough
                    self.close_connection = True

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def raw(handler):
    """The content of the file that is asked for."""
    return (SAMPLE / handler.path[1:].removesuffix(".gz")).read_bytes()


@functools.cache
def compressed(content):
    return gzip.compress(content, 1, mtime=0)


def packed(handler):
    return compressed(raw(handler))


def send(handler, content, length=None):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)


def good(handler):
    send(handler, packed(handler))


# --- Bad ones ------------------------------------------------------------------------------


def html(handler):
    send(handler, b"<html>Welcome to our captive portal</html>")


def half(handler):
    content = packed(handler)
    send(handler, content[: len(content) // 2], length=len(content))


def not_found(handler):
    handler.send_error(404)


def silent(handler):
    time.sleep(2)


def drips(handler):
    """A byte now and then, so that no read ever times out."""
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.1)


def resets(handler):
    """Ends the connection by a reset instead of an end of data."""
    content = packed(handler)
    send(handler, content[:100], length=len(content))
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(1, 13, linger)  # SOL_SOCKET, SO_LINGER
    handler.connection.close()


def endless(handler):
    """Claims a terabyte and begins to send it."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    while True:
        handler.wfile.write(bytes(1 << 16))


def bit_flipped(handler):
    content = bytearray(packed(handler))
    content[len(content) // 2] ^= 1
    send(handler, content)


BAD = [html, half, not_found, silent, drips, resets, endless, bit_flipped]
