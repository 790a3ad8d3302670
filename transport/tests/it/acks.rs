//! Every acknowledgement id is answered, once.

use crate::{
    server::{Server, auth},
    websocket::Ws,
};

/// Answers to what is sent, each asked for by its own id.
const ANSWERED: [(&str, &str); 9] = [
    (r#"["none"]"#, r#"[{"ok":true}]"#),
    (r#"["refuse"]"#, r#"[{"error":"no","ok":false}]"#),
    (r#"["panic"]"#, r#"[{"error":"Internal error","ok":false}]"#),
    (r#"["connect"]"#, r#"[{"error":"Reserved event name","ok":false}]"#),
    (r#"["disconnecting",1]"#, r#"[{"error":"Reserved event name","ok":false}]"#),
    (r#"["none"]trailing"#, r#"[{"error":"Invalid packet","ok":false}]"#),
    (r#"["echo",{"b":1,"a":[1.50,null]}]"#, r#"[{"b":1,"a":[1.50,null]}]"#),
    // An array is one argument, and texts arrive byte for byte.
    (r#"["echo",["x",["y"]]]"#, r#"[["x",["y"]]]"#),
    (
        r#"["echo","a \"quote\", \\ a slash, \u00e9, é, 😀"]"#,
        r#"["a \"quote\", \\ a slash, \u00e9, é, 😀"]"#,
    ),
];

#[tokio::test]
async fn each_id_is_answered_once_whatever_becomes_of_the_event() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    for (id, (packet, _)) in ANSWERED.iter().enumerate() {
        client.say(&format!("42{id}{packet}")).await;
    }
    let long = "x".repeat(129);
    client.say(&format!(r#"42100["{long}"]"#)).await;
    client.say(r#"42101["echo","end"]"#).await;
    for (id, (_, answer)) in ANSWERED.iter().enumerate() {
        assert_eq!(client.packet().await.unwrap(), format!("43{id}{answer}"));
    }
    assert_eq!(
        client.packet().await.unwrap(),
        r#"43100[{"error":"Event name too long","ok":false}]"#
    );
    assert_eq!(client.packet().await.unwrap(), r#"43101["end"]"#);
}

#[tokio::test]
async fn an_event_without_an_id_is_not_answered() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    for event in ["none", "refuse", "panic", "connect"] {
        client.say(&format!(r#"42["{event}"]"#)).await;
    }
    client.say(r#"421["echo",1]"#).await;
    assert_eq!(client.packet().await.unwrap(), "431[1]");
}

#[tokio::test]
async fn an_answer_goes_to_the_namespace_that_asked() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.join("/chat", &auth("a")).await;
    client.say(r#"42/chat,7["echo",[]]"#).await;
    client.say(r#"427["echo",{}]"#).await;
    let mut answers = [client.packet().await.unwrap(), client.packet().await.unwrap()];
    answers.sort();
    assert_eq!(answers, ["43/chat,7[[]]", "437[{}]"]);
}

#[tokio::test]
async fn an_event_that_ends_the_socket_is_answered_before_the_end() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"425["disconnect-me"]"#).await;
    assert_eq!(client.packet().await.unwrap(), r#"42["last","word"]"#);
    assert_eq!(client.packet().await.unwrap(), r#"435[{"error":"Disconnected","ok":false}]"#);
    assert_eq!(client.packet().await.unwrap(), "41");
}

#[tokio::test]
async fn what_is_no_event_at_all_ends_the_connection() {
    let server = Server::start().await;
    let mut other = Ws::named(server.address, "other").await;
    for packet in ["425[]", "425{}", "425[1]", r#"425["none",{"a":}]"#, r#"425["none""#, "425"] {
        let mut client = Ws::named(server.address, "a").await;
        client.say(packet).await;
        client.closed().await;
    }
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
    assert!(other.is_served().await);
}
