"""An S3-compatible server on loopback, with faults on demand: moto behind a few lines that refuse, wait or tear."""

import contextlib
import logging
import socket
import threading
import time

import pytest

BUCKET = "runs"


class Server:
    """What was asked of it, and what goes wrong next."""

    def __init__(self, application):
        self.asked, self.faults, self.url = [], [], ""
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ, start):
        asked = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        with self._lock:
            self.asked.append(asked)
            fault = next((one for one in self.faults if one.is_meant(*asked)), None)
            if fault is not None and fault.take_turn():
                self.faults.remove(fault)
        return self._application(environ, start) if fault is None else fault(self._application, environ, start)

    def puts(self):
        return [path for method, path, _ in self.asked if method == "PUT"]


class Fault:
    """What goes wrong with the next `times` requests of a method, for names that contain a text."""

    def __init__(self, method="PUT", part="", times=1):
        self.method, self.part, self.times = method, part, times

    def is_meant(self, method, path, query):
        return method == self.method and self.part in path

    def take_turn(self):
        """Whether this was the last time."""
        self.times -= 1
        return self.times == 0

    def __call__(self, application, environ, start):
        start("503 Slow Down", [("Content-Type", "application/xml")])
        return [b"<Error><Code>SlowDown</Code><Message>slow down</Message></Error>"]


class Forbidden(Fault):
    def __call__(self, application, environ, start):
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"]


class Slow(Fault):
    def __call__(self, application, environ, start):
        time.sleep(0.5)
        return application(environ, start)


class Torn(Fault):
    """The connection breaks when half of the file has come."""

    def __call__(self, application, environ, start):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]) // 2)
        return hang_up(environ)


class LostAnswer(Fault):
    """It is done, and nobody hears of it."""

    def __call__(self, application, environ, start):
        list(application(environ, lambda *_: None))
        return hang_up(environ)


def hang_up(environ):
    """No answer: the connection is gone."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


@contextlib.contextmanager
def serving(monkeypatch):
    """A server with an empty bucket, which the environment leads to; the test is skipped where moto is missing."""
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("obstore")
    serve = pytest.importorskip("werkzeug.serving")
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = Server(moto.DomainDispatcherApplication(moto.create_backend_app))
    listening = serve.make_server("127.0.0.1", 0, server, threaded=True)
    listening.log_startup = None
    server.url = f"http://127.0.0.1:{listening.port}"
    for name, value in {"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "key",
                        "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    _make_bucket(server.url)
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
        _forget(server.url)


def _make_bucket(url):
    import boto3

    client = boto3.client("s3", endpoint_url=url)
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)
    client.close()


def _forget(url):
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].reset()
