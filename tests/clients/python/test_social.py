"""The stock Python client on the contract `social`: connect, refusal, message, receipt, deletion, limits of its words."""

import unittest

import aiohttp
from clients import Client
from sidecar import Person, Sidecar

DOORS = [
    ("/socket.io", "/"),
    ("/socket.io", "/social"),
    ("/api/socket", "/social"),
    ("/api/socket-namespaces", "/social"),
]
TRANSPORTS = ["websocket", "polling"]


class PythonSocialClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sidecar = Sidecar(ROOT_CONTRACT="social")
        await self.sidecar.start()
        self.http = aiohttp.ClientSession()
        self.clients: list[Client] = []

    async def asyncTearDown(self) -> None:
        for client in self.clients:
            await client.close()
        await self.http.close()
        await self.sidecar.stop()

    async def connected(self, person: Person, path: str, transport: str, namespace: str, **more) -> Client:
        client = Client()
        self.clients.append(client)
        await client.connect(self.sidecar.public_url, path, person.token, transport, [namespace], **more)
        return client

    async def internal(self, method: str, path: str, body: dict) -> dict:
        headers = {"Authorization": f"Bearer {self.sidecar.internal_secret}"}
        url = self.sidecar.internal_url + path
        async with self.http.request(method, url, json=body, headers=headers) as response:
            self.assertLess(response.status, 300, path)
            return await response.json()

    async def member(self, name: str) -> Person:
        person = self.sidecar.person()
        await self.internal("PUT", f"/internal/users/{person.user_id}", {"name": name})
        return person

    def each(self):
        for path, namespace in DOORS:
            for transport in TRANSPORTS:
                yield path, namespace, transport

    async def test_a_message_is_sent_read_and_taken_back(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada, bob = await self.member("Ada"), await self.member("Bob")
                ours = await self.connected(ada, path, transport, space)
                theirs = await self.connected(bob, path, transport, space)
                words = "from Python: äöü 🚣"
                reply = await ours.ask("send_message", {"receiverId": bob.user_id, "message": words}, space)
                self.assertEqual(reply["status"], "success")
                document = reply["message"]
                self.assertEqual(await ours.next("message_sent", space), {"status": "success", "message": document})
                heard = await theirs.next("receive_message", space)
                shown = {"_id": ada.user_id, "username": "Ada", "profileImage": None}
                self.assertEqual(heard, {"type": "new_message", "message": document, "sender": shown})
                self.assertEqual(document["message"], words)
                notice = await theirs.next("new_notification", space)
                self.assertEqual(notice["message"], "Ada sent you a message")

                read = {"messageId": document["_id"]}
                self.assertEqual((await theirs.ask("message_read", read, space))["status"], "success")
                self.assertEqual((await ours.next("message_read_confirmation", space))["readBy"], bob.user_id)
                await theirs.emit("typing_start", {"receiverId": ada.user_id}, space)
                self.assertEqual(await ours.next("user_typing", space), {"userId": bob.user_id, "username": "Bob"})

                self.assertEqual((await ours.ask("delete_message", read, space))["status"], "success")
                confirmed = await ours.next("message_deleted_confirmation", space)
                self.assertEqual(confirmed, {"messageId": document["_id"], "status": "success"})
                deleted = {"messageId": document["_id"], "deletedBy": ada.user_id}
                self.assertEqual(await theirs.next("message_deleted", space), deleted)

    async def test_notifications_are_told_read_and_deleted(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                bob = await self.member("Bob")
                client = await self.connected(bob, path, transport, space)
                call = {"userId": bob.user_id, "type": "system", "message": "maintenance tonight"}
                stored = await self.internal("POST", "/internal/notify", call)
                told = await client.next("new_notification", space)
                self.assertEqual((told["_id"], told["message"]), (stored["notificationId"], "maintenance tonight"))
                one = {"notificationId": told["_id"]}
                self.assertEqual((await client.ask("mark_notification_read", one, space))["status"], "success")
                self.assertTrue((await client.next("notification_updated", space))["isRead"])
                self.assertEqual((await client.ask("delete_notification", one, space))["status"], "success")
                self.assertEqual((await client.next("notification_deleted", space))["notificationId"], told["_id"])

    async def test_bad_input_is_told_and_answered(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                client = await self.connected(self.sidecar.person(), path, transport, space)
                words = "Invalid message data"
                self.assertEqual(await client.ask("send_message", {}, space), {"status": "failure", "error": words})
                self.assertEqual((await client.next("error", space))["message"], words)

    async def test_a_bad_token_is_refused_in_the_words_of_the_contract(self) -> None:
        for path, space, transport in self.each():
            ada = self.sidecar.person()
            for token, words in [
                (None, "Authentication error: No token provided"),
                ("garbage", "Authentication error: jwt malformed"),
                (ada.another_token(secret="x" * 32), "Authentication error: invalid signature"),
                (ada.another_token(lifetime_s=-60), "Authentication error: jwt expired"),
            ]:
                with self.subTest(path=path, namespace=space, transport=transport, words=words):
                    said = await Client().refusal(self.sidecar.public_url, path, token, transport, space)
                    self.assertEqual(said, {"message": words})

    async def test_what_was_missed_comes_once_to_who_says_where_it_was(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada, bob = await self.member("Ada"), await self.member("Bob")
                ours = await self.connected(ada, path, transport, space)
                first = await self.connected(bob, path, transport, space, resume={"seq": None})
                start = await first.next("resume", space)
                await first.close()
                for words in ["one", "two"]:
                    await ours.ask("send_message", {"receiverId": bob.user_id, "message": words}, space)
                position = {"seq": start["to"], "feed": start["feed"]}
                back = await self.connected(bob, path, transport, space, resume=position)
                self.assertTrue((await back.next("resume", space))["recovered"])
                heard = [(await back.next("receive_message", space))["message"]["message"] for _ in range(2)]
                self.assertEqual(heard, ["one", "two"])


if __name__ == "__main__":
    unittest.main()
