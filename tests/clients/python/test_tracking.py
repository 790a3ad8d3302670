"""The stock Python client on the contract `tracking`: connect, refusal, campaign, rooms, figures, notifications."""

import unittest

import aiohttp
from clients import Client
from sidecar import Person, Sidecar

DOORS = [
    ("/socket.io", "/"),
    ("/socket.io", "/tracking"),
    ("/api/socket", "/tracking"),
    ("/api/socket-namespaces", "/tracking"),
]
TRANSPORTS = ["websocket", "polling"]


class PythonTrackingClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sidecar = Sidecar(ROOT_CONTRACT="tracking", RATE_LIMITS="off")
        await self.sidecar.start()
        self.http = aiohttp.ClientSession()
        self.clients: list[Client] = []

    async def asyncTearDown(self) -> None:
        for client in self.clients:
            await client.close()
        await self.http.close()
        await self.sidecar.stop()

    async def connected(self, person: Person, path: str, transport: str, namespace: str) -> Client:
        client = Client()
        self.clients.append(client)
        await client.connect(self.sidecar.public_url, path, person.token, transport, [namespace])
        welcome = await client.next("notification", namespace)
        self.assertEqual((welcome["type"], welcome["title"], welcome["read"]), ("system", "Connected", False))
        return client

    async def app(self, path: str, body: dict) -> dict:
        headers = {"Authorization": f"Bearer {self.sidecar.internal_secret}"}
        url = f"{self.sidecar.internal_url}/internal/{path}"
        async with self.http.post(url, json=body, headers=headers) as response:
            self.assertEqual(response.status, 200, path)
            return await response.json()

    def each(self):
        for number, (path, namespace) in enumerate(DOORS):
            for transport in TRANSPORTS:
                yield path, namespace, transport, f"message-{number}-{transport}"

    async def test_a_campaign_is_told_to_its_owner(self) -> None:
        for path, space, transport, message in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, space)
                of_message = {"userId": ada.user_id, "messageId": message}
                await self.app("tracking/messages", {**of_message, "totalRecipients": 1})
                tracked = await client.ask("track_message", message, space)
                self.assertEqual(tracked, {"success": True, "totalRecipients": 1, "recipientsShown": 0})
                self.assertEqual((await client.next("message_update", space))["status"], "DRAFT")

                await self.app("tracking/message-update", {**of_message, "status": "SENDING"})
                self.assertEqual((await client.next("message_update", space))["status"], "SENDING")
                note = await client.next("notification", space)
                self.assertEqual((note["type"], note["message"]), ("message_sent", "Message sending"))

                one = {"recipientId": "r1", "phone": "+4917000", "status": "FAILED", "errorMessage": "keine Route 🚣"}
                await self.app("tracking/recipient-update", {**of_message, **one})
                self.assertEqual(await client.next("recipient_update", space), {"messageId": message, **one})
                note = await client.next("notification", space)
                self.assertEqual((note["type"], note["message"]), ("delivery_update", "Message to +4917000 failed"))

                await self.app("tracking/message-update", {**of_message, "status": "FAILED", "cost": 0.5})
                while (last := await client.next("message_update", space))["status"] != "FAILED":
                    pass
                counts = {"successCount": 0, "failedCount": 1, "cost": 0.5}
                self.assertEqual(last, {"messageId": message, "status": "FAILED", **counts})
                self.assertEqual((await client.next("notification", space))["type"], "message_failed")

    async def test_rooms_of_others_are_refused(self) -> None:
        for path, space, transport, message in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada, eve = self.sidecar.person(), self.sidecar.person()
                await self.app("tracking/messages", {"userId": ada.user_id, "messageId": message})
                client = await self.connected(eve, path, transport, space)
                for event, name in [
                    ("join_room", f"user_{ada.user_id}"),
                    ("join_room", f"analytics_{ada.user_id}"),
                    ("join_room", f"message_{message}"),
                    ("track_message", message),
                ]:
                    reply = await client.ask(event, name, space)
                    warning = await client.next("notification", space)
                    self.assertEqual((warning["type"], warning["title"]), ("warning", "Request denied"))
                    self.assertEqual((warning["message"], warning["data"]), (reply["error"], {"event": event}))
                self.assertEqual(await client.ask("get_rooms", None, space), [f"user_{eve.user_id}"])

    async def test_figures_and_signs_of_life(self) -> None:
        for path, space, transport, _ in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, space)
                self.assertTrue((await client.ask("subscribe_analytics", None, space))["success"])
                kinds = [(await client.next("analytics_update", space))["type"] for _ in range(3)]
                self.assertEqual(sorted(kinds), ["dashboard_stats", "message_stats", "usage_stats"])
                given = {"type": "usage_stats", "data": {"n": 1}}
                await self.app("tracking/analytics", {"userId": ada.user_id, **given})
                self.assertEqual(await client.next("analytics_update", space), given)
                await client.emit("ping", {}, space)
                self.assertIn("timestamp", await client.next("pong", space))
                await self.app("tracking/ping", {})
                await client.emit("pong", await client.next("ping", space), space)

    async def test_notifications_are_told_and_read(self) -> None:
        for path, space, transport, _ in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada = self.sidecar.person()
                client = await self.connected(ada, path, transport, space)
                call = {"userId": ada.user_id, "type": "system", "title": "t", "message": "maintenance tonight"}
                stored = await self.app("notify", call)
                told = await client.next("notification", space)
                self.assertEqual((told["id"], told["message"]), (stored["notificationId"], "maintenance tonight"))
                self.assertTrue((await client.ask("mark_notification_read", told["id"], space))["success"])

    async def test_a_bad_token_is_refused_in_the_words_of_the_contract(self) -> None:
        for path, space, transport, _ in self.each():
            ada = self.sidecar.person()
            for token, words in [
                (None, "Authentication token required"),
                ("garbage", "Invalid authentication token"),
                (ada.another_token(secret="x" * 32), "Invalid authentication token"),
                (ada.another_token(lifetime_s=-60), "Invalid authentication token"),
            ]:
                with self.subTest(path=path, namespace=space, transport=transport, words=words):
                    said = await Client().refusal(self.sidecar.public_url, path, token, transport, space)
                    self.assertEqual(said, {"message": words})


if __name__ == "__main__":
    unittest.main()
