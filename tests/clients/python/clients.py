"""python-socketio clients that keep what arrives until a story asks for it."""

import asyncio
from typing import Any

import socketio
from engineio.payload import Payload

PATIENCE_S = 15

# One answer to a poll may hold as many packets as it likes (Engine.IO protocol, "Packet encoding"); this client takes 16
# unless it is told otherwise, as its documentation says.
Payload.max_decode_packets = 1000


class Client:
    """One connection with one or more namespaces."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncClient(reconnection=False)
        self._queues: dict[tuple[str, str], asyncio.Queue] = {}
        self._arrived: list[str] = []
        # Every event of the wire in order, with all its arguments: namespace, name, arguments.
        self.heard: list[tuple[str, str, tuple]] = []

    async def connect(
        self,
        url: str,
        path: str,
        token: str | None,
        transport: str,
        namespaces: list[str],
        resume: dict | None = None,
    ) -> None:
        """`resume` is the position of `docs/RESUME.md`, for every one of the namespaces."""
        await self._open(url, path, token, transport, namespaces, wait=True, resume=resume)

    async def refusal(self, url: str, path: str, token: str | None, transport: str, namespace: str) -> Any:
        """What the server says instead of letting this client in."""
        # Without `wait`: else the client may forget to say goodbye and waits for its own last poll.
        await self._open(url, path, token, transport, [namespace], wait=False)
        try:
            return await self.next("@connect_error", namespace)
        finally:
            await self.sio.eio.disconnect(abort=True)

    async def _open(
        self,
        url: str,
        path: str,
        token: str | None,
        transport: str,
        namespaces: list[str],
        wait: bool,
        resume: dict | None = None,
    ) -> None:
        for namespace in namespaces:
            self._listen(namespace)
        auth = {} if token is None else {"token": token}
        if resume is not None:
            auth["resume"] = resume
        await self.sio.connect(
            url,
            socketio_path=path,
            auth=auth,
            transports=[transport],
            namespaces=namespaces,
            wait=wait,
            wait_timeout=PATIENCE_S,
        )

    def _listen(self, namespace: str) -> None:
        def deliver(event: str, payload: Any) -> None:
            self._arrived.append(f"{namespace} {event}")
            self._queue(namespace, event).put_nowait(payload)

        async def anything(event: str, *args: Any) -> None:
            self.heard.append((namespace, event, args))
            deliver(event, args[0] if args else None)

        async def refused(data: Any = None) -> None:
            deliver("@connect_error", data)

        async def disconnected(reason: str = "") -> None:
            deliver("@disconnect", reason)

        self.sio.on("*", anything, namespace=namespace)
        self.sio.on("connect_error", refused, namespace=namespace)
        self.sio.on("disconnect", disconnected, namespace=namespace)

    def _queue(self, namespace: str, event: str) -> asyncio.Queue:
        return self._queues.setdefault((namespace, event), asyncio.Queue())

    async def next(self, event: str, namespace: str = "/") -> Any:
        """The next event of that name; an error that says so if it does not come."""
        try:
            return await asyncio.wait_for(self._queue(namespace, event).get(), PATIENCE_S)
        except TimeoutError:
            words = f'waited in vain for "{event}" on {namespace}; arrived: {self._arrived}'
            raise AssertionError(words) from None

    async def emit(self, event: str, data: Any, namespace: str = "/") -> None:
        await self.sio.emit(event, data, namespace=namespace)

    async def ask(self, event: str, data: Any, namespace: str = "/") -> Any:
        return await self.sio.call(event, data, namespace=namespace, timeout=PATIENCE_S)

    async def close(self) -> None:
        await self.sio.disconnect()
