"""The stock Python client on both paths: connect, refusal, message, acknowledgement, resume, force logout."""

import unittest

import aiohttp
import socketio
from clients import Client
from sidecar import Person, Sidecar

ROOMS = "/api/socket"
LEGACY = "/api/socket-namespaces"
# path, namespaces, where account events come, where messages come
SYSTEMS = [
    (ROOMS, ["/"], "/", "/"),
    (LEGACY, ["/auth", "/messenger", "/notifications"], "/auth", "/messenger"),
]
TRANSPORTS = ["websocket", "polling"]


class PythonClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sidecar = Sidecar()
        await self.sidecar.start()
        self.http = aiohttp.ClientSession()
        self.clients: list[Client] = []

    async def asyncTearDown(self) -> None:
        for client in self.clients:
            await client.close()
        await self.http.close()
        await self.sidecar.stop()

    async def connected(
        self,
        person: Person | None,
        path: str,
        transport: str,
        namespaces: list[str],
        resume: dict | None = None,
    ) -> Client:
        client = Client()
        self.clients.append(client)
        token = person.token if person else None
        await client.connect(self.sidecar.public_url, path, token, transport, namespaces, resume)
        return client

    async def internal(self, path: str, body: dict) -> dict:
        headers = {"Authorization": f"Bearer {self.sidecar.internal_secret}"}
        async with self.http.post(self.sidecar.internal_url + path, json=body, headers=headers) as response:
            self.assertLess(response.status, 300, path)
            return await response.json()

    async def send(self, sender: Person, receiver: Person, text: str) -> dict:
        url = f"{self.sidecar.public_url}/api/messages/send/{receiver.user_id}"
        headers = {"Cookie": f"authToken={sender.token}"}
        async with self.http.post(url, json={"text": text}, headers=headers) as response:
            self.assertEqual(response.status, 201)
            return await response.json()

    def each(self):
        for system in SYSTEMS:
            for transport in TRANSPORTS:
                yield transport, *system

    async def test_a_message_reaches_receiver_and_sender_and_its_receipt_comes_back(self) -> None:
        for transport, path, namespaces, _, messages in self.each():
            with self.subTest(path=path, transport=transport):
                ada, bob = self.sidecar.person(), self.sidecar.person()
                ours = await self.connected(ada, path, transport, namespaces)
                theirs = await self.connected(bob, path, transport, namespaces)
                document = await self.send(ada, bob, "from Python: äöü 🚣")
                heard = await theirs.next("newMessage", messages)
                self.assertEqual(heard["_id"], document["_id"])
                self.assertEqual(heard["text"], "from Python: äöü 🚣")
                self.assertEqual((await ours.next("messageSent", messages))["_id"], document["_id"])
                read = {"messageId": document["_id"], "senderId": ada.user_id}
                self.assertEqual((await theirs.ask("messageRead", read, messages))["ok"], True)
                receipt = await ours.next("messageReadReceipt", messages)
                self.assertEqual(receipt["readBy"], bob.user_id)

    async def test_acknowledgements_are_answered(self) -> None:
        for transport, path, namespaces, _, messages in self.each():
            with self.subTest(path=path, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, namespaces)
                answer = await client.ask("checkUserOnline", {"userId": ada.user_id}, messages)
                self.assertEqual(answer, {"isOnline": True})
                refused = await client.ask("typing", {"receiverId": 7}, messages)
                self.assertEqual(refused["ok"], False)
                self.assertIsInstance(refused["error"], str)

    async def test_authenticate_is_confirmed(self) -> None:
        for transport, path, namespaces, account, _ in self.each():
            with self.subTest(path=path, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, namespaces)
                await client.emit("authenticate", {"token": ada.token}, account)
                confirmed = await client.next("authenticated", account)
                self.assertEqual(confirmed["userId"], ada.user_id)
                self.assertEqual(confirmed["socketId"], client.sio.get_sid(account))

    async def test_typing_reaches_the_other(self) -> None:
        for transport, path, namespaces, _, messages in self.each():
            with self.subTest(path=path, transport=transport):
                ada, bob = self.sidecar.person(), self.sidecar.person()
                ours = await self.connected(ada, path, transport, namespaces)
                theirs = await self.connected(bob, path, transport, namespaces)
                await ours.emit("typing", {"receiverId": bob.user_id, "isTyping": True}, messages)
                heard = await theirs.next("userTyping", messages)
                self.assertEqual((heard["userId"], heard["isTyping"]), (ada.user_id, True))

    async def test_what_was_missed_is_told_to_who_says_where_it_was(self) -> None:
        for transport, path, _, _, messages in self.each():
            with self.subTest(path=path, transport=transport):
                ada, bob = self.sidecar.person(), self.sidecar.person()
                await self.connected(ada, path, transport, [messages])
                first = await self.connected(bob, path, transport, [messages], resume={})
                begin = await first.next("resume", messages)
                self.assertEqual((begin["recovered"], begin["missed"]), (False, 0))
                await self.send(ada, bob, "live")
                await first.next("newMessage", messages)
                position = {"seq": self.marks(first)[-1], "feed": begin["feed"]}
                await first.close()
                for text in ("one", "two", "three"):
                    await self.send(ada, bob, text)
                back = await self.connected(bob, path, transport, [messages], resume=position)
                said = await back.next("resume", messages)
                self.assertEqual((said["recovered"], said["from"], said["missed"]), (True, position["seq"], 3))
                texts = [(await back.next("newMessage", messages))["text"] for _ in range(3)]
                self.assertEqual(texts, ["one", "two", "three"])
                marks = self.marks(back)
                self.assertEqual(marks, sorted(set(marks)))
                self.assertGreater(marks[0], position["seq"])
                names = [event for _, event, _ in back.heard]
                self.assertEqual(names[names.index("resume") - 3 : names.index("resume")], ["newMessage"] * 3)
                other = await self.connected(ada, path, transport, [messages], resume=position)
                self.assertEqual((await other.next("reset", messages))["reason"], "unknown")

    def marks(self, client: Client) -> list[int]:
        return [args[1] for _, _, args in client.heard if len(args) > 1]

    async def test_force_logout_arrives_before_the_end(self) -> None:
        for transport, path, namespaces, account, _ in self.each():
            with self.subTest(path=path, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, namespaces)
                await self.internal("/internal/force-logout", {"userId": ada.user_id, "reason": "enough"})
                self.assertEqual((await client.next("force_logout", account))["reason"], "enough")
                for namespace in namespaces:
                    await client.next("@disconnect", namespace)

    async def test_a_bad_token_is_refused_in_the_words_of_the_contract(self) -> None:
        for path, namespace in [(ROOMS, "/"), (LEGACY, "/messenger")]:
            for transport in TRANSPORTS:
                for token, words in self.bad_tokens():
                    with self.subTest(path=path, transport=transport, words=words):
                        said = await Client().refusal(self.sidecar.public_url, path, token, transport, namespace)
                        self.assertEqual(said, {"message": words})

    async def test_a_refusal_is_an_exception_for_who_waits(self) -> None:
        with self.assertRaises(socketio.exceptions.ConnectionError):
            await Client().connect(self.sidecar.public_url, ROOMS, None, "websocket", ["/"])

    def bad_tokens(self):
        ada = self.sidecar.person()
        yield None, "Authentication error: No token provided"
        yield "garbage", "Authentication error: Invalid token signature"
        yield ada.another_token(secret="x" * 32), "Authentication error: Invalid token signature"
        yield ada.another_token(lifetime_s=-60), "Authentication error: Token expired"


if __name__ == "__main__":
    unittest.main()
