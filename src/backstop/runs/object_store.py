"""Runs in an object store: each file is one request that puts all of it or nothing.

Through `obstore`, because of what was seen of two libraries against one server. pyarrow 26 puts each file in three
requests or more, publishes what was written so far as a whole file when an exception comes in between, and has no way
to put a file only where none is. obstore 0.12 puts a file in one request, has that way, and tries again by itself what
a server refused for a moment.
"""

import contextlib
import datetime
import importlib.util
import os
from collections.abc import Iterator
from typing import Any

from backstop.errors import EnvironmentFailure
from backstop.runs.files import check_size

SECONDS = 120
"""Until a request is given up, and tried again."""
_TRIES = 8
_ENDPOINT = "AWS_ENDPOINT_URL"


class ObjectStore:
    """A place of an object store; see `backstop.runs.storage.Storage`.

    Keys, region and endpoint are taken from the environment, as ``AWS_ACCESS_KEY_ID``, ``AWS_REGION`` and
    ``AWS_ENDPOINT_URL``.

    Raises
    ------
    EnvironmentFailure
        No such store, no permission, no answer after some tries; or the obstore package is not installed.
    """

    def __init__(self, url: str) -> None:
        self.where = url.rstrip("/")
        if importlib.util.find_spec("obstore") is None:
            raise EnvironmentFailure(f"{url}: needs the package obstore; pip install 'backstop[cluster]'")
        from obstore.store import from_url

        backoff = {"init_backoff": datetime.timedelta(seconds=0.1), "max_backoff": datetime.timedelta(seconds=15),
                   "base": 2}
        with self._failures(""):
            self._store: Any = from_url(
                self.where, client_options={"timeout": f"{SECONDS}s", "connect_timeout": "10s",
                                            # whoever names an endpoint without TLS means it
                                            "allow_http": os.environ.get(_ENDPOINT, "").startswith("http://")},
                retry_config={"max_retries": _TRIES, "backoff": backoff,
                              "retry_timeout": datetime.timedelta(seconds=5 * SECONDS)})

    def read(self, name: str) -> bytes | None:
        """See `Storage.read`."""
        import obstore

        with self._failures(name):
            try:
                found = obstore.get(self._store, name)
                check_size(f"{self.where}/{name}", found.meta["size"])
                return bytes(found.bytes())
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes | memoryview) -> None:
        """See `Storage.write`."""
        import obstore

        with self._failures(name):
            obstore.put(self._store, name, bytes(content), use_multipart=False)

    def create(self, name: str, content: bytes | memoryview) -> bool:
        """See `Storage.create`."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with self._failures(name):
            try:
                obstore.put(self._store, name, bytes(content), use_multipart=False, mode="create")
            except AlreadyExistsError:
                # an answer that was lost on its way is asked for again, and finds what the first request put there
                return self.read(name) == bytes(content)
        return True

    def remove(self, name: str) -> None:
        """See `Storage.remove`."""
        import obstore

        with self._failures(name), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def names(self, folder: str) -> list[str]:
        """See `Storage.names`."""
        import obstore

        with self._failures(folder):
            return sorted(entry["path"] for page in obstore.list(self._store, prefix=folder) for entry in page)

    @contextlib.contextmanager
    def _failures(self, name: str) -> Iterator[None]:
        """Turn what the store refuses into one line."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        place = f"{self.where}/{name}".rstrip("/")
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise EnvironmentFailure(f"{place}: no permission; see that the keys in the environment are for this "
                                     "bucket") from error
        except (BaseError, ValueError, OSError) as error:
            what = str(error).partition("\n")[0]
            raise EnvironmentFailure(f"{place}: the store does not do it ({what}); give the command again once it "
                                     "does") from error
