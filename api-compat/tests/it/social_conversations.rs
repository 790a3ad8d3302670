//! Pages of conversations over the REST of `contracts/social.md`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{social_messages::say, world::World};

fn texts(page: &Value) -> Vec<&str> {
    page["messages"].as_array().unwrap().iter().map(|m| m["message"].as_str().unwrap()).collect()
}

async fn five() -> (World, Vec<String>) {
    let world = World::with_people().await;
    let mut ids = Vec::new();
    for text in ["1", "2", "3", "4", "5"] {
        let (from, to) = if text == "4" { ("bob", "ann") } else { ("ann", "bob") };
        ids.push(say(&world, from, to, text).await);
        world.pass(Duration::from_millis(10));
    }
    world.events();
    (world, ids)
}

#[tokio::test]
async fn pages_are_numbered_from_the_oldest() {
    let (world, _) = five().await;
    let page = async |query: &str| {
        let path = format!("/social/api/messages/ann?markAsSeen=false&{query}");
        world.get("bob", &path).await.json()
    };
    let first = page("limit=2").await;
    assert_eq!(texts(&first), ["1", "2"]);
    let pagination = |page: u64, next: bool, prev: bool| json!({ "currentPage": page, "totalPages": 3, "totalMessages": 5, "hasNext": next, "hasPrev": prev });
    assert_eq!(first["pagination"], pagination(1, true, false));
    let last = page("limit=2&page=3").await;
    assert_eq!((texts(&last), &last["pagination"]), (vec!["5"], &pagination(3, false, true)));
    let beyond = page("limit=2&page=9").await;
    assert_eq!((texts(&beyond), &beyond["pagination"]), (vec![], &pagination(9, false, true)));
    assert_eq!(texts(&page("").await), ["1", "2", "3", "4", "5"]);
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn the_newest_part_can_be_had_without_counting_pages() {
    let (world, ids) = five().await;
    let page = async |query: &str| {
        let path = format!("/social/api/messages/ann?markAsSeen=false&{query}");
        world.get("bob", &path).await.json()
    };
    let latest = page("latest=true&limit=2").await;
    assert_eq!(texts(&latest), ["4", "5"]);
    assert_eq!(
        latest["pagination"],
        json!({ "currentPage": 3, "totalPages": 3, "totalMessages": 5, "hasNext": false, "hasPrev": true })
    );
    let before = page(&format!("limit=2&before={}", ids[3])).await;
    assert_eq!(texts(&before), ["2", "3"]);
    assert_eq!(
        before["pagination"],
        json!({ "totalPages": 3, "totalMessages": 5, "hasNext": true, "hasPrev": true })
    );
    let start = page(&format!("latest=true&limit=2&before={}", ids[2])).await;
    assert_eq!((texts(&start), &start["pagination"]["hasPrev"]), (vec!["1", "2"], &json!(false)));
    world.delete("ann", &format!("/social/api/messages/{}", ids[4])).await;
    for gone in [ids[4].as_str(), "never-there"] {
        assert_eq!(
            page(&format!("before={gone}")).await,
            json!({ "status": "failure", "error": "Message not found" })
        );
    }
}

#[tokio::test]
async fn a_conversation_without_messages_is_an_empty_page() {
    let world = World::with_people().await;
    for path in ["bob", "never-heard-of", "bob?latest=true"] {
        let answer = world.get("ann", &format!("/social/api/messages/{path}")).await;
        assert_eq!(
            answer.both(),
            (
                200,
                json!({ "status": "success", "messages": [], "pagination":
                    { "currentPage": 1, "totalPages": 0, "totalMessages": 0, "hasNext": false, "hasPrev": false } })
            )
        );
    }
    let list = world.get("ann", "/social/api/messages?page=2").await.json();
    assert_eq!(
        list,
        json!({ "status": "success", "conversations": [], "pagination":
            { "currentPage": 2, "totalPages": 0, "totalConversations": 0, "hasNext": false, "hasPrev": true } })
    );
}

#[tokio::test]
async fn what_is_shown_is_seen_and_its_sender_hears_it() {
    let (world, ids) = five().await;
    let page = world.get("bob", "/social/api/messages/ann?limit=2").await.json();
    let seen = json!([{ "userId": "bob", "seenAt": world.now() }]);
    for message in page["messages"].as_array().unwrap() {
        assert_eq!((&message["isRead"], &message["seenBy"]), (&json!(true), &seen));
    }
    let events = world.events();
    assert_eq!(events.len(), 2, "only what the page shows: {events:?}");
    for (event, id) in events.iter().zip(&ids) {
        assert!(event.starts_with(r#"User("ann"): MessageRead"#) && event.contains(id), "{event}");
        assert!(event.contains("reading: Seen"), "{event}");
    }
    // Again, and by the one who wrote them: nothing is new.
    world.get("bob", "/social/api/messages/ann?limit=2").await;
    world.get("ann", "/social/api/messages/bob?limit=3").await;
    assert!(world.told().is_empty());
    let rest = world.patch("bob", "/social/api/messages/conversation/ann/seen", Value::Null).await;
    assert_eq!(
        rest.both(),
        (
            200,
            json!({ "status": "success", "message": "Conversation marked as seen", "updatedCount": 2 })
        )
    );
    assert_eq!(world.told().len(), 2);
    let again = world.patch("bob", "/social/api/conversation/ann/seen", Value::Null).await;
    assert_eq!(again.json()["updatedCount"], 0);
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn conversations_have_their_last_message_and_what_is_unread() {
    let (world, ids) = five().await;
    say(&world, "root", "bob", "hello").await;
    let page = world.get("bob", "/social/api/messages").await.json();
    let brief = |index: usize| {
        let one = &page["conversations"][index];
        json!([one["user"]["_id"], one["lastMessage"]["message"], one["unreadCount"]])
    };
    assert_eq!(brief(0), json!(["root", "hello", 1]));
    assert_eq!(brief(1), json!(["ann", "5", 4]));
    assert_eq!(page["conversations"][1]["lastMessage"]["_id"], json!(ids[4]));
    assert_eq!(
        page["conversations"][1]["user"],
        json!({ "_id": "ann", "username": null, "profileImage": null })
    );
    assert_eq!(page["pagination"]["totalConversations"], 2);
    let second = world.get("bob", "/social/api/messages?limit=1&page=2").await.json();
    assert_eq!(second["conversations"][0]["user"]["_id"], "ann");
    assert_eq!(
        second["pagination"],
        json!({ "currentPage": 2, "totalPages": 2, "totalConversations": 2, "hasNext": false, "hasPrev": true })
    );
}

#[tokio::test]
async fn an_image_from_another_contract_is_a_message_without_text() {
    let world = World::with_people().await;
    let body = json!({ "image": "https://example.com/cat.png" });
    world.post("ann", "/api/messages/bob", body).await;
    let page = world.get("bob", "/social/api/messages/ann").await.json();
    assert_eq!(page["messages"][0]["message"], "");
    assert_eq!(page["messages"][0]["image"], "https://example.com/cat.png");
}

#[tokio::test]
async fn a_wrong_query_is_refused_with_all_that_is_wrong() {
    let world = World::with_people().await;
    let path = "/social/api/messages/a%20b?page=0&limit=101&markAsSeen=maybe&latest=1&before=%20";
    let fault = |field: &str, what: &str, kind: &str| json!({ "field": field, "message": format!("\"{field}\" {what}"), "type": kind });
    assert_eq!(
        world.get("ann", path).await.both(),
        (
            400,
            json!({ "message": "validation error", "errors": [
                fault("userId", "is not a valid id", "any.invalid"),
                fault("limit", "must be less than or equal to 100", "number.max"),
                fault("markAsSeen", "must be one of [true, false]", "any.only"),
                fault("page", "must be greater than or equal to 1", "number.min"),
                fault("latest", "must be a boolean", "boolean.base"),
                fault("before", "is not allowed to be empty", "string.empty"),
            ] })
        )
    );
    let answer = world.get("ann", "/social/api/messages?page=x&limit=1&limit=2").await;
    assert_eq!(
        answer.json()["errors"],
        json!([
            fault("page", "must be a number", "number.base"),
            fault("limit", "must be a number", "number.base"),
        ])
    );
    let answer = world.patch("ann", "/social/api/conversation/a%20b/seen", Value::Null).await;
    assert_eq!(
        answer.json()["errors"],
        json!([fault("userId", "is not a valid id", "any.invalid")])
    );
    assert_eq!(world.get("ann", "/social/api/messages?page=4294967295").await.status.as_u16(), 200);
}
