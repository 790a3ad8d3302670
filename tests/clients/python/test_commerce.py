"""The stock Python client on the contract `commerce`: connect, refusal, roles, carts, chat, orders, streams."""

import time
import unittest

import aiohttp
from clients import Client
from sidecar import Person, Sidecar

DOORS = [
    ("/socket.io", "/"),
    ("/socket.io", "/commerce"),
    ("/socket.io", "/chat"),
    ("/socket.io", "/notifications"),
    ("/api/socket", "/commerce"),
    ("/api/socket-namespaces", "/commerce"),
]
TRANSPORTS = ["websocket", "polling"]


class PythonCommerceClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sidecar = Sidecar(ROOT_CONTRACT="commerce", RATE_LIMITS="off")
        await self.sidecar.start()
        self.http = aiohttp.ClientSession()
        self.clients: list[Client] = []

    async def asyncTearDown(self) -> None:
        for client in self.clients:
            await client.close()
        await self.http.close()
        await self.sidecar.stop()

    async def app(self, path: str, body: dict, method: str = "POST") -> dict:
        headers = {"Authorization": f"Bearer {self.sidecar.internal_secret}"}
        url = f"{self.sidecar.internal_url}/internal/{path}"
        async with self.http.request(method, url, json=body, headers=headers) as response:
            self.assertEqual(response.status, 200, path)
            return await response.json()

    async def member(self, role: str = "user") -> Person:
        person = self.sidecar.person()
        told = {"name": f"Name of {person.user_id}", "email": person.email, "role": role}
        await self.app(f"users/{person.user_id}", told, "PUT")
        return person

    async def connected(self, person: Person, path: str, transport: str, namespace: str, role: str = "user") -> Client:
        client = Client()
        self.clients.append(client)
        await client.connect(self.sidecar.public_url, path, person.token, transport, [namespace])
        greeting = await client.next("connection:success", namespace)
        said = (greeting["userId"], greeting["userRole"], greeting["message"])
        self.assertEqual(said, (person.user_id, role, "Successfully connected to server"))
        available = await client.next("events:available", namespace)
        self.assertEqual(available["role"], role)
        self.assertEqual("admin:stats" in available["events"], role == "admin")
        return client

    def each(self):
        for path, namespace in DOORS:
            for transport in TRANSPORTS:
                yield path, namespace, transport

    async def test_carts_chat_and_signs_of_life(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada, bob = await self.member(), await self.member()
                one = await self.connected(ada, path, transport, space)
                two = await self.connected(ada, path, transport, space)
                his = await self.connected(bob, path, transport, space)

                cart = [{"productId": "p-1", "quantity": 2}]
                self.assertEqual(await one.ask("user:cart_update", {"cart": cart}, space), {"success": True})
                self.assertEqual((await two.next("cart:synced", space))["cart"], cart)

                words = {"recipientId": bob.user_id, "message": "Grüße 👩‍👩‍👧"}
                reply = await one.ask("chat:message", words, space)
                self.assertTrue(reply["success"])
                told = await his.next("chat:message:new", space)
                said = (told["messageId"], told["from"], told["fromId"], told["message"])
                self.assertEqual(said, (reply["messageId"], ada.email, ada.user_id, "Grüße 👩‍👩‍👧"))

                begin = int(time.time() * 1000)
                await one.emit("ping", {"timestamp": begin}, space)
                pong = await one.next("pong", space)
                self.assertEqual(pong["clientTimestamp"], begin)
                self.assertGreaterEqual(pong["latency"], 0)

    async def test_roles_decide_before_what_is_sent(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                user = await self.connected(await self.member(), path, transport, space)
                seller = await self.connected(await self.member("seller"), path, transport, space, "seller")
                admin = await self.connected(await self.member("admin"), path, transport, space, "admin")
                refused = {
                    "code": "UNAUTHORIZED",
                    "message": "Insufficient permissions for this event",
                    "event": "seller:product_create",
                    "requiredRoles": ["admin", "seller"],
                    "userRole": "user",
                }
                self.assertEqual(await user.ask("seller:product_create", {}, space), refused)
                self.assertEqual(await user.next("error:unauthorized", space), refused)
                missing = {
                    "code": "VALIDATION_ERROR",
                    "message": "Missing required field: name",
                    "event": "seller:product_create",
                }
                self.assertEqual(await seller.ask("seller:product_create", {}, space), missing)
                self.assertEqual(await seller.next("error:validation", space), missing)
                product = {"name": "Vase", "price": 12.5, "description": "hand-made"}
                done = {"success": True, "message": "Product creation initiated"}
                self.assertEqual(await seller.ask("seller:product_create", product, space), done)
                self.assertEqual((await admin.next("seller:product:new", space))["product"], product)
                self.assertEqual((await admin.ask("admin:stats", {}, space))["success"], True)

    async def test_an_order_is_told_to_buyer_and_seller(self) -> None:
        for number, (path, space, transport) in enumerate(self.each()):
            with self.subTest(path=path, namespace=space, transport=transport):
                buyer, seller = await self.member(), await self.member("seller")
                hers = await self.connected(buyer, path, transport, space)
                sells = await self.connected(seller, path, transport, space, "seller")
                order = f"order-{number}"
                sold = [{"sellerId": seller.user_id, "productName": "Vase"}]
                call = {"orderId": order, "orderNumber": "N-1", "buyerId": buyer.user_id, "sellers": sold}
                await self.app("commerce/orders", call)
                self.assertEqual((await hers.next("order:created", space))["orderId"], order)
                received = {"orderId": order, "productName": "Vase"}
                self.assertEqual(await sells.next("order:received", space), received)
                reply = await sells.ask("seller:order_status_update", {"orderId": order, "status": "shipped"}, space)
                self.assertEqual(reply, {"success": True})
                for client in (hers, sells):
                    changed = await client.next("order:status:changed", space)
                    self.assertEqual((changed["orderId"], changed["newStatus"]), (order, "shipped"))

    async def test_tokens_of_the_chatbot_come_in_order(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada = await self.member()
                client = await self.connected(ada, path, transport, space)
                calls = [
                    {
                        "path": "/internal/send-to-user",
                        "body": {"userId": ada.user_id, "event": "chatbot_token", "data": {"token": f"{n}"}},
                    }
                    for n in range(100)
                ]
                await self.app("batch", {"calls": calls})
                tokens = [(await client.next("chatbot_token", space))["token"] for _ in range(100)]
                self.assertEqual(tokens, [f"{n}" for n in range(100)])

    async def test_who_is_sent_away_is_told_why(self) -> None:
        for path, space, transport in self.each():
            with self.subTest(path=path, namespace=space, transport=transport):
                ada = await self.member()
                client = await self.connected(ada, path, transport, space)
                await self.app("commerce/disconnect", {"userId": ada.user_id, "reason": "spam"})
                told = await client.next("force_disconnect", space)
                self.assertEqual((told["reason"], told["message"]), ("spam", "You have been disconnected by the server"))
                await client.next("@disconnect", space)

    async def test_a_bad_token_is_refused_in_the_words_of_the_contract(self) -> None:
        away = await self.member()
        await self.app(f"users/{away.user_id}", {"active": False}, "PUT")
        for path, space, transport in self.each():
            ada = self.sidecar.person()
            for token, words in [
                (None, "Authentication token required"),
                ("garbage", "Invalid authentication token"),
                (ada.another_token(secret="x" * 32), "Invalid authentication token"),
                (ada.another_token(lifetime_s=-60), "Authentication token expired"),
                (away.token, "User account is inactive"),
            ]:
                with self.subTest(path=path, namespace=space, transport=transport, words=words):
                    said = await Client().refusal(self.sidecar.public_url, path, token, transport, space)
                    self.assertEqual(said, {"message": words})


if __name__ == "__main__":
    unittest.main()
