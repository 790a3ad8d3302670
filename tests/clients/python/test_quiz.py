"""The stock Python client on the contract `quiz`: connect, guests, refusal, rooms, messages, quizzes."""

import time
import unittest

import aiohttp
from clients import Client
from sidecar import Person, Sidecar

DOORS = [
    ("/socket.io", "/"),
    ("/socket.io", "/quiz"),
    ("/api/socket", "/quiz"),
    ("/api/socket-namespaces", "/quiz"),
]
TRANSPORTS = ["websocket", "polling"]


class PythonQuizClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sidecar = Sidecar(ROOT_CONTRACT="quiz", RATE_LIMITS="off")
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

    async def member(self) -> Person:
        person = self.sidecar.person()
        await self.app(f"users/{person.user_id}", {"name": name_of(person), "email": person.email}, "PUT")
        return person

    async def connected(self, person: Person | None, path: str, transport: str, namespace: str) -> Client:
        client = Client()
        self.clients.append(client)
        token = person.token if person else None
        await client.connect(self.sidecar.public_url, path, token, transport, [namespace])
        return client

    def each(self):
        for path, namespace in DOORS:
            for transport in TRANSPORTS:
                yield path, namespace, transport

    async def test_signs_of_life_rooms_and_messages(self) -> None:
        for number, (path, space, transport) in enumerate(self.each()):
            with self.subTest(path=path, namespace=space, transport=transport):
                ada, bob = await self.member(), await self.member()
                hers = await self.connected(ada, path, transport, space)
                his = await self.connected(bob, path, transport, space)
                guest = await self.connected(None, path, transport, space)

                begin = int(time.time() * 1000)
                await hers.emit("ping", {"timestamp": begin, "more": ["x"]}, space)
                pong = await hers.next("pong", space)
                self.assertEqual((pong["timestamp"], pong["more"]), (begin, ["x"]))
                self.assertTrue(pong["serverTime"].endswith("Z"))

                own = f"user-{ada.user_id}"
                self.assertTrue((await hers.ask("joinRoom", {"roomId": own, "roomType": "personal"}, space))["success"])
                self.assertEqual((await hers.next("roomJoined", space))["roomType"], "personal")

                room = f"room-{number}"
                await hers.ask("joinRoom", {"roomId": room}, space)
                self.assertEqual((await his.ask("joinRoom", room, space))["memberCount"], 2)
                self.assertEqual((await hers.next("userJoinedRoom", space))["userId"], bob.user_id)
                self.assertEqual((await guest.ask("joinRoom", room, space))["memberCount"], 3)
                reply = await hers.ask("roomMessage", {"roomId": room, "message": "Grüße 👩‍👩‍👧"}, space)
                for client in (hers, his, guest):
                    said = await client.next("roomMessage", space)
                    words = (said["messageId"], said["senderId"], said["senderName"], said["message"], said["roomId"])
                    self.assertEqual(words, (reply["messageId"], ada.user_id, name_of(ada), "Grüße 👩‍👩‍👧", room))

                refused = {"success": False, "error": "Authentication required"}
                self.assertEqual(await guest.ask("roomMessage", {"roomId": room, "message": "x"}, space), refused)
                told = await guest.next("messageError", space)
                self.assertEqual((told["error"], told["event"]), ("Authentication required", "roomMessage"))

                sent = await hers.ask("privateMessage", {"recipientId": bob.user_id, "message": "psst"}, space)
                told = await his.next("privateMessage", space)
                said = (told["messageId"], told["senderId"], told["message"], told["type"])
                self.assertEqual(said, (sent["messageId"], ada.user_id, "psst", "text"))
                delivered = await hers.next("messageDelivered", space)
                self.assertEqual((delivered["messageId"], delivered["recipientId"]), (sent["messageId"], bob.user_id))

    async def test_a_quiz_that_a_host_leads(self) -> None:
        for number, (path, space, transport) in enumerate(self.each()):
            with self.subTest(path=path, namespace=space, transport=transport):
                host, ada, bob = await self.member(), await self.member(), await self.member()
                quiz = f"quiz-{number}"
                questions = [{"id": "q1", "correct": "Kigali", "points": 3}, {"id": "q2", "correct": 4}]
                body = {"quizId": quiz, "hostId": host.user_id, "questions": questions}
                self.assertEqual((await self.app("quiz/quizzes", body))["questions"], 2)
                hosts = await self.connected(host, path, transport, space)
                hers = await self.connected(ada, path, transport, space)
                his = await self.connected(bob, path, transport, space)
                for count, client in enumerate((hers, his), 1):
                    joined = await client.ask("joinQuiz", {"quizId": quiz, "userId": "ignored"}, space)
                    self.assertEqual((joined["participantCount"], joined["status"]), (count, "waiting"))
                    await client.next("quizJoined", space)
                self.assertEqual((await hers.next("participantJoined", space))["userId"], bob.user_id)

                not_yours = {"success": False, "error": "Only the host can do this"}
                self.assertEqual(await hers.ask("startQuiz", {"quizId": quiz}, space), not_yours)
                self.assertTrue((await hosts.ask("startQuiz", {"quizId": quiz}, space))["success"])
                for answers in (("kigali ", "nowhere"), (5, 4)):
                    await hosts.ask("nextQuestion", {"quizId": quiz}, space)
                    for client, answer in zip((hers, his), answers, strict=True):
                        asked = await client.next("quizQuestion", space)
                        given = {"quizId": quiz, "questionId": asked["questionId"], "answer": answer, "timeSpent": 1}
                        self.assertTrue((await client.ask("submitAnswer", given, space))["success"])
                ended = await hosts.ask("nextQuestion", {"quizId": quiz}, space)
                self.assertTrue(ended["completed"])
                rows = [(row["userId"], row["score"], row["rank"]) for row in ended["leaderboard"]]
                self.assertEqual(rows, [(ada.user_id, 3, 1), (bob.user_id, 1, 2)])
                for client in (hers, his):
                    completed = await client.next("quizCompleted", space)
                    self.assertEqual(completed["leaderboard"], ended["leaderboard"])
                    # What is right was told to nobody.
                    self.assertNotIn("Kigali", str(client.heard))

    async def test_a_bad_token_makes_nobody_a_guest(self) -> None:
        for path, space, transport in self.each():
            ada = self.sidecar.person()
            for token, words in [
                ("garbage", "Invalid authentication token"),
                (ada.another_token(secret="x" * 32), "Invalid authentication token"),
                (ada.another_token(lifetime_s=-60), "Authentication token expired"),
            ]:
                with self.subTest(path=path, namespace=space, transport=transport, words=words):
                    said = await Client().refusal(self.sidecar.public_url, path, token, transport, space)
                    self.assertEqual(said, {"message": words})


def name_of(person: Person) -> str:
    return f"Name of {person.user_id}"


if __name__ == "__main__":
    unittest.main()
