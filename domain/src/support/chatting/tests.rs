use std::sync::atomic::Ordering;

use tokio::task::JoinSet;

use super::*;
use crate::support::{
    SubmittedContact,
    testing::{World, admin, pass, question, said, still_world, user},
};

/// Eve's request, which Ann looks after; nothing is heard of that.
async fn open_chat(world: &mut World, by: Option<&str>) -> ContactId {
    let by = by.map(user);
    let SubmittedContact { contact, .. } =
        world.desk.submit(question("Eve"), by.as_ref()).await.unwrap();
    world.desk.claim(&admin("ann"), &contact.id).await.unwrap();
    world.heard();
    world.letters.sent();
    contact.id.clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_said_is_told_to_the_chat_and_answers_to_whoever_asked_as_well() {
    let mut world = still_world();
    let id = open_chat(&mut world, Some("eve")).await;
    pass(5).await;
    let message = world.desk.say(said(&id, "eve", Speaker::Submitter)).await.unwrap();
    assert!(message.id.starts_with("msg_5_") && message.at.ms() == 5);
    world.desk.say(said(&id, "ann", Speaker::Admin)).await.unwrap();
    assert_eq!(
        world.heard(),
        ["5 chat of Eve: says from eve", "5 chat of Eve: says from ann", "5 eve: answer from ann",]
    );
    let history = world.desk.history(&id).await.unwrap();
    assert_eq!(history, world.memory.messages());
    assert_eq!(history.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_guest_who_asked_hears_answers_in_the_chat_and_no_admin_does() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    world.desk.admin_entered(&admin("bob"));
    world.desk.say(said(&id, "ann", Speaker::Admin)).await.unwrap();
    assert_eq!(
        world.heard(),
        ["0 chat of Eve: says from ann", "0 chat of Eve but bob, ann: answer from ann"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_chat_is_open_while_an_admin_looks_after_it() {
    let mut world = still_world();
    let SubmittedContact { contact, .. } = world.desk.submit(question("Eve"), None).await.unwrap();
    let (desk, id) = (Arc::clone(&world.desk), contact.id.clone());
    let say = async || desk.say(said(&id, "eve", Speaker::Submitter)).await;
    assert!(matches!(say().await, Err(SayError::NotOpen)), "it waits");
    world.desk.claim(&admin("ann"), &contact.id).await.unwrap();
    assert!(say().await.is_ok());
    world.desk.release(&admin("ann"), &contact.id).await.unwrap();
    assert!(matches!(say().await, Err(SayError::NotOpen)), "it waits again");
    world.desk.claim(&admin("bob"), &contact.id).await.unwrap();
    assert!(say().await.is_ok());
    world.desk.resolve(&admin("bob"), &contact.id).await.unwrap();
    assert!(matches!(say().await, Err(SayError::NotOpen)), "it is done");
    world.heard();
    world.desk.delete(&contact.id).await.unwrap();
    assert!(matches!(say().await, Err(SayError::NotOpen)), "there is none");
    assert!(world.heard().is_empty());
    assert_eq!(world.memory.messages().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_has_a_text_of_bounded_length() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    let say = async |message: String, kind: &str| {
        let (kind, sender_name) = (kind.to_owned(), "é".repeat(200));
        let message = NewSupportMessage {
            message,
            kind,
            sender_name,
            ..said(&id, "eve", Speaker::Submitter)
        };
        world.desk.say(message).await
    };
    assert!(matches!(say(" \n".into(), "text").await, Err(SayError::Empty)));
    let long = say("é".repeat(MOST_MESSAGE + 1), "text").await;
    assert!(matches!(long, Err(SayError::TooLong(MOST_MESSAGE))));
    assert!(world.memory.messages().is_empty());
    for (given, kept) in [("image", "image"), ("", "text"), (&*"x".repeat(33), "text")] {
        let message = say("é".repeat(MOST_MESSAGE), given).await.unwrap();
        assert_eq!((&*message.said.kind, message.said.sender_name.chars().count()), (kept, 100));
    }
}

#[tokio::test(start_paused = true)]
async fn messages_are_told_in_the_order_of_their_history() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    world.memory.answers_after.store(10, Ordering::Relaxed);
    let mut speaking = JoinSet::new();
    for number in 0..50 {
        let (desk, id) = (Arc::clone(&world.desk), id.clone());
        speaking.spawn(async move {
            let name = format!("u{number:02}");
            desk.say(said(&id, &name, Speaker::Submitter)).await.unwrap();
        });
    }
    speaking.join_all().await;
    let told: Vec<_> =
        world.heard().into_iter().map(|told| told[told.len() - 3..].to_owned()).collect();
    let kept: Vec<_> =
        world.memory.messages().iter().map(|message| message.said.sender.to_string()).collect();
    assert_eq!(told, kept);
    assert_eq!(kept.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn while_a_history_is_handed_over_nothing_is_said() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    let desk = Arc::clone(&world.desk);
    let turn = desk.turn(&id).await;
    let history = world.desk.history(&id).await.unwrap();
    let (speaker, about) = (Arc::clone(&world.desk), id.clone());
    let say =
        tokio::spawn(async move { speaker.say(said(&about, "eve", Speaker::Submitter)).await });
    pass(1_000).await;
    assert!(history.is_empty() && world.heard().is_empty());
    drop(turn);
    say.await.unwrap().unwrap();
    assert_eq!(world.heard(), ["1000 chat of Eve: says from eve"]);
}

#[tokio::test(start_paused = true)]
async fn a_history_is_the_end_of_what_was_said() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    for number in 0..250 {
        let message = NewSupportMessage {
            message: format!("{number}{}", " ".repeat(if number < 150 { 4_990 } else { 10 })),
            ..said(&id, "eve", Speaker::Submitter)
        };
        world.desk.say(message).await.unwrap();
    }
    let history = world.desk.history(&id).await.unwrap();
    assert_eq!(history.len(), MOST_HISTORY as usize);
    assert_eq!(history, world.memory.messages()[50..]);
    for _ in 0..200 {
        let message = NewSupportMessage {
            message: "语".repeat(5_000),
            ..said(&id, "eve", Speaker::Submitter)
        };
        world.desk.say(message).await.unwrap();
    }
    let history = world.desk.history(&id).await.unwrap();
    assert_eq!(history.len(), HISTORY_BYTES / 15_000);
    assert_eq!(history.last(), world.memory.messages().last());
}

#[tokio::test(start_paused = true)]
async fn typing_is_told_to_the_others() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    let typing = |typing| NewTyping {
        contact: id.clone(),
        user: user("ann"),
        name: "Ann".into(),
        role: "Admin",
        typing,
    };
    world.desk.typing(typing(true)).await;
    world.desk.typing(typing(false)).await;
    assert_eq!(
        world.heard(),
        [
            "0 chat of Eve but ann: Eve Ann (Admin) types: true",
            "0 chat of Eve but ann: Eve Ann (Admin) types: false",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_reply_reaches_those_who_are_away_by_e_mail() {
    let mut world = still_world();
    let SubmittedContact { contact, .. } =
        world.desk.submit(question("Eve"), Some(&user("eve"))).await.unwrap();
    world.heard();
    world.letters.sent();
    let message = world.desk.reply(said(&contact.id, "ann", Speaker::Admin)).await.unwrap();
    assert_eq!(
        world.heard(),
        ["0 chat of Eve: says from ann", "0 eve: answer from ann"],
        "nobody had to claim it"
    );
    let [mail] = &world.letters.sent()[..] else { panic!("one mail") };
    assert_eq!(mail.to.as_str(), "eve@example.com");
    for (name, is) in [
        ("name", "Eve"),
        ("question", "Where is it?"),
        ("answer", "from ann"),
        ("subject", "Exam"),
        ("contactId", contact.id.as_str()),
    ] {
        assert_eq!(mail.vars[name], is);
    }
    assert_eq!(world.memory.messages(), [message]);
    world.desk.reply(said(&contact.id, "eve", Speaker::Submitter)).await.unwrap();
    assert!(world.letters.sent().is_empty(), "whoever asked knows what they said");
    world.desk.delete(&contact.id).await.unwrap();
    let gone = world.desk.reply(said(&contact.id, "ann", Speaker::Admin)).await;
    assert!(matches!(gone, Err(SayError::NotOpen)));
}

#[tokio::test(start_paused = true)]
async fn open_chats_are_listed_with_what_was_said_last() {
    let mut world = still_world();
    world.desk.submit(question("Wim"), None).await.unwrap();
    let id = open_chat(&mut world, None).await;
    for _ in 0..60 {
        world.desk.say(said(&id, "eve", Speaker::Submitter)).await.unwrap();
    }
    let chats = world.desk.chats(Slice::page(1, 10_000)).await.unwrap();
    let [chat] = &chats.items[..] else { panic!("one is open") };
    assert_eq!((&chat.contact.id, chats.total), (&id, 1));
    assert_eq!(chat.messages, world.memory.messages()[10..]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_the_store_did_not_keep() {
    let mut world = still_world();
    let id = open_chat(&mut world, None).await;
    world.fail(true);
    let say = world.desk.say(said(&id, "ann", Speaker::Admin)).await;
    assert!(matches!(say, Err(SayError::Store(_))));
    assert!(world.heard().is_empty());
}
