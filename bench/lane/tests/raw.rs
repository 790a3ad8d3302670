//! The lane, driven with raw frames and raw HTTP.

// A failed step ends its test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header, encode};
use outrigger_lane::{Settings, serve};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const SECRET: &str = "a secret of the tests, long enough";

async fn start() -> (String, String) {
    let (public, internal) = (listener().await, listener().await);
    let at = (public.local_addr().unwrap().to_string(), internal.local_addr().unwrap().to_string());
    let settings =
        Settings { jwt_secret: SECRET.into(), internal_secret: SECRET.into(), lane: true };
    tokio::spawn(serve(settings, public, internal));
    at
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn token(user: &str, secret: &str) -> String {
    let claims = json!({ "userId": user, "exp": 4_000_000_000_u32 });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

struct Client(TcpStream);

impl Client {
    async fn open(at: &str) -> Self {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        // In two parts: a request may come in any number of them.
        stream.write_all(&request.as_bytes()[..50]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        stream.write_all(&request.as_bytes()[50..]).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.contains("101") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        let mut client = Self(stream);
        assert!(client.text().await.starts_with(r#"0{"sid":""#));
        client
    }

    async fn enter(at: &str, namespace: &str, user: &str) -> Self {
        let mut client = Self::open(at).await;
        client.say(&format!(r#"40{namespace}{{"token":"{}"}}"#, token(user, SECRET))).await;
        assert!(client.text().await.starts_with(&format!(r#"40{namespace}{{"sid":""#)));
        if namespace.is_empty() {
            assert!(client.text().await.starts_with(r#"42["notification","#));
        }
        client
    }

    async fn say(&mut self, text: &str) {
        self.0.write_all(&masked(0x81, text.as_bytes())).await.unwrap();
    }

    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let read = async {
            let opcode = self.0.read_u8().await.ok()?;
            let length = match self.0.read_u8().await.ok()? {
                126 => self.0.read_u16().await.ok()?.into(),
                127 => self.0.read_u64().await.ok()? as usize,
                short => short.into(),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((opcode, payload))
        };
        timeout(Duration::from_secs(5), read).await.expect("a frame, or the end")
    }

    async fn text(&mut self) -> String {
        loop {
            let (opcode, payload) = self.frame().await.expect("a text");
            assert_eq!(opcode, 0x81);
            // A heartbeat comes at any time.
            if payload != b"2" {
                return String::from_utf8(payload).unwrap();
            }
        }
    }
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [7, 77, 177, 0];
    let mut frame = vec![first];
    if payload.len() < 126 {
        frame.push(0x80 | payload.len() as u8);
    } else {
        frame.push(0xff);
        frame.extend((payload.len() as u64).to_be_bytes());
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

async fn http(at: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_app_reaches_a_user_a_room_and_everyone() {
    let (public, internal) = start().await;
    let (mut ann, mut bob) =
        (Client::enter(&public, "", "ann").await, Client::enter(&public, "/quiz,", "bob").await);
    bob.say(r#"42/quiz,5["joinRoom",{"roomId":"hall"}]"#).await;
    let joined = r#"{"roomId":"hall","memberCount":1,"roomType":"chat"}"#;
    assert_eq!(bob.text().await, format!(r#"42/quiz,["roomJoined",{joined}]"#));
    assert!(bob.text().await.starts_with(r#"43/quiz,5[{"success":true"#));
    let emit = async |call: &str, to: &str| {
        let body = format!(r#"{{{to}"event":"n\"ews","data":{{"n":1}}}}"#);
        http(&internal, &format!("POST /internal/{call}"), &body).await
    };
    let one = r#"{"reached":{"devices":1,"sockets":1},"success":true}"#;
    assert!(emit("send-to-user", r#""userId":"ann","#).await.ends_with(one));
    assert_eq!(ann.text().await, r#"42["n\"ews",{"n":1}]"#);
    assert!(emit("send-to-room", r#""room":"hall","contract":"quiz","#).await.ends_with(one));
    assert_eq!(bob.text().await, r#"42/quiz,["n\"ews",{"n":1}]"#);
    assert!(emit("send-to-all", "").await.contains(r#""sockets":2"#));
    assert_eq!(ann.text().await, r#"42["n\"ews",{"n":1}]"#);
    assert_eq!(bob.text().await, r#"42/quiz,["n\"ews",{"n":1}]"#);
    drop(bob);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(emit("send-to-all", "").await.contains(r#""sockets":1"#));
    assert!(emit("send-to-all", r#""namespace":"/quiz","#).await.contains(r#""sockets":0"#));
}

#[tokio::test]
async fn what_is_said_in_a_room_is_heard_by_the_others_in_order_before_it_is_acknowledged() {
    let (public, _) = start().await;
    let mut people = Vec::new();
    for user in ["ann", "bob"] {
        let mut client = Client::enter(&public, "/quiz,", user).await;
        client.say(r#"42/quiz,0["joinRoom","hall"]"#).await;
        assert!(client.text().await.contains("roomJoined"));
        assert!(client.text().await.starts_with("43/quiz,0"));
        people.push(client);
    }
    let (mut bob, mut ann) = (people.pop().unwrap(), people.pop().unwrap());
    let long = "x".repeat(9_000);
    // Many frames at once, cut in the middle of one.
    let all: Vec<u8> = (1..=100)
        .flat_map(|n| {
            let text = format!(
                r#"42/quiz,{n}["roomMessage",{{"roomId":"hall","_id":"{n}","content":"{long}"}}]"#
            );
            masked(0x81, text.as_bytes())
        })
        .collect();
    let (first, second) = all.split_at(all.len() / 3 + 5);
    let (mut reading, writing) = ann.0.split();
    let mut writing = writing;
    let say = async {
        writing.write_all(first).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        writing.write_all(second).await.unwrap();
    };
    let hear = async {
        for n in 1..=100 {
            let text = bob.text().await;
            assert!(
                text.starts_with(&format!(
                    r#"42/quiz,["newMessage",{{"_id":"{n}","roomID":"hall","#
                )),
                "{n}"
            );
        }
    };
    let acks = async {
        let mut all = String::new();
        while !all.ends_with(r#"43/quiz,100[{"success":true}]"#) {
            let mut some = [0; 4096];
            let read = reading.read(&mut some).await.unwrap();
            assert!(read > 0);
            all.push_str(&String::from_utf8_lossy(&some[..read]));
        }
        assert_eq!(all.matches("43/quiz,").count(), 100);
    };
    timeout(Duration::from_secs(20), async { tokio::join!(say, hear, acks) }).await.unwrap();
    ann.say(r#"42/quiz,7["roomMessage",{"roomId":"elsewhere","content":"x"}]"#).await;
    assert!(ann.text().await.starts_with(r#"43/quiz,7[{"error":"#));
}

#[tokio::test]
async fn who_shows_no_token_or_breaks_the_protocol_is_told_so() {
    let (public, _) = start().await;
    let mut stranger = Client::open(&public).await;
    stranger.say(&format!(r#"40{{"token":"{}"}}"#, token("eve", "another secret"))).await;
    assert_eq!(stranger.text().await, r#"44{"message":"Authentication failed"}"#);
    stranger.say("40/nowhere,").await;
    assert_eq!(stranger.text().await, r#"44/nowhere,{"message":"Invalid namespace"}"#);
    stranger.say("2probe").await;
    assert_eq!(stranger.text().await, "3probe");
    stranger.0.write_all(&masked(0x89, b"there?")).await.unwrap();
    assert_eq!(stranger.frame().await, Some((0x8a, b"there?".to_vec())));
    stranger.0.write_all(&[0x81, 0x01, b'2']).await.unwrap();
    assert_eq!(stranger.frame().await, Some((0x88, 1002_u16.to_be_bytes().to_vec())));
    assert_eq!(stranger.frame().await, None);
    let mut polite = Client::enter(&public, "", "ann").await;
    polite.0.write_all(&masked(0x88, &1000_u16.to_be_bytes())).await.unwrap();
    assert_eq!(polite.frame().await, Some((0x88, 1000_u16.to_be_bytes().to_vec())));
    assert_eq!(polite.frame().await, None);
}

#[tokio::test]
async fn who_does_not_read_is_let_go_and_the_others_hear_all() {
    let (public, internal) = start().await;
    let mut reader = Client::enter(&public, "", "ann").await;
    let _stalled = Client::enter(&public, "", "bob").await;
    let body = format!(r#"{{"event":"news","data":"{}"}}"#, "x".repeat(100_000));
    let mut reached = 2;
    for n in 0..200 {
        let answer = http(&internal, "POST /internal/send-to-all", &body).await;
        assert!(reader.text().await.len() > 100_000);
        reached = if answer.contains(r#""sockets":1"#) { 1 } else { 2 };
        if reached == 1 {
            assert!(n > 20, "sooner than the bytes that may wait");
            break;
        }
    }
    assert_eq!(reached, 1);
}

#[tokio::test]
async fn polling_is_the_librarys() {
    let (public, _) = start().await;
    let answer = http(&public, "GET /socket.io/?EIO=4&transport=polling", "").await;
    assert!(
        answer.contains(r#"0{"sid":""#) && answer.contains(r#""upgrades":["websocket"]"#),
        "{answer}"
    );
}
