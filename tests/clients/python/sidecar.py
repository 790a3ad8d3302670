"""Starts the built binary for the Python stories, and makes its users and their tokens."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
TARGET = REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target")
BINARY = Path(os.environ.get("OUTRIGGER_BIN", TARGET / "debug" / "outrigger"))
START_S = 20
STOP_S = 10


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Person:
    """A user of the app, with a valid login token."""

    def __init__(self, secret: str, admin: bool = False) -> None:
        self.user_id = secrets.token_hex(12)
        self.email = f"{self.user_id}@example.test"
        self.admin = admin
        self._secret = secret
        self.token = self.another_token()

    def another_token(self, lifetime_s: int = 3600, secret: str | None = None) -> str:
        now = int(time.time())
        claims = {
            "userId": self.user_id,
            "email": self.email,
            "isAdmin": self.admin,
            "iat": now + min(0, lifetime_s - 1),
            "exp": now + lifetime_s,
            "jti": secrets.token_hex(8),
        }
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        signed = ".".join(_encode(part) for part in parts)
        key = (secret or self._secret).encode()
        return f"{signed}.{_encode(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


class Sidecar:
    """One process on free ports with a directory of its own; `settings` are its environment."""

    def __init__(self, **settings: str) -> None:
        self._settings = settings

    async def start(self) -> None:
        self.jwt_secret = secrets.token_hex(32)
        self.internal_secret = secrets.token_hex(32)
        self._directory = tempfile.TemporaryDirectory(prefix="outrigger-python-")
        self._log = open(Path(self._directory.name) / "stderr", "wb")
        self._process = await asyncio.create_subprocess_exec(
            BINARY,
            "serve",
            cwd=self._directory.name,
            env=self._environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=self._log,
        )
        try:
            ready = await asyncio.wait_for(self._ready(), START_S)
        except BaseException:
            self._process.kill()
            raise
        self.public_url = f"http://{ready['public']}"
        self.internal_url = f"http://{ready['internal']}"

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "JWT_SECRET": self.jwt_secret,
            "INTERNAL_SECRET": self.internal_secret,
            "DATABASE_URL": f"sqlite:{self._directory.name}/outrigger.db",
            "BIND": "127.0.0.1",
            "PORT": "0",
            "INTERNAL_ADDR": "127.0.0.1:0",
            "LOG_FORMAT": "json",
            "ALLOWED_ORIGINS": "http://localhost:3000",
            "ROOT_CONTRACT": "rooms",
            **self._settings,
        }

    async def _ready(self) -> dict[str, str]:
        while line := await self._process.stdout.readline():
            if b'"ready"' in line:
                return json.loads(line)
        raise RuntimeError(f"the sidecar ended before it was ready:\n{self.log()}")

    def log(self) -> str:
        return Path(self._log.name).read_text(errors="replace")

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise
        finally:
            self._log.close()
            self._directory.cleanup()

    def person(self, admin: bool = False) -> Person:
        return Person(self.jwt_secret, admin)
