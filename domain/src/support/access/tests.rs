use super::*;
use crate::{
    actor::Role,
    support::testing::{World, actor, guest, question, still_world, user},
};

fn entrant(actor: &Actor) -> Entrant<'_> {
    Entrant { actor, recorded_email: None, access_token: None, bound: false }
}

/// Eve's request, submitted by a guest or a user, and its token.
async fn asked(world: &World, by: Option<&str>) -> (Contact, String) {
    let by = by.map(user);
    let submitted = world.desk.submit(question("Eve"), by.as_ref()).await.unwrap();
    (submitted.contact.as_ref().clone(), submitted.access_token)
}

#[tokio::test(start_paused = true)]
async fn admins_and_whoever_asked_enter_and_nobody_else() {
    let world = still_world();
    let (contact, _) = asked(&world, Some("eve")).await;
    let enter = async |who| world.desk.may_enter(&contact.id, who).await.unwrap();
    let capacity = async |who| enter(who).await.map(|(_, capacity)| capacity);
    let nobody = [
        actor("mallory", Role::User, ""),
        actor("mallory", Role::Staff, "mallory@example.com"),
        actor("mallory", Role::User, "eve@example.com.evil"),
        guest(),
    ];
    for actor in &nobody {
        assert_eq!(capacity(entrant(actor)).await, None, "{actor:?}");
    }
    let ann = actor("ann", Role::Admin, "");
    assert_eq!(capacity(entrant(&ann)).await, Some(Speaker::Admin));
    let eve = actor("eve", Role::User, "");
    assert_eq!(capacity(entrant(&eve)).await, Some(Speaker::Submitter));
}

#[tokio::test(start_paused = true)]
async fn an_address_counts_only_if_the_token_or_the_record_names_it() {
    let world = still_world();
    let (contact, _) = asked(&world, None).await;
    let by_token = actor("other", Role::User, "EVE@Example.com");
    assert_eq!(entrant(&by_token).capacity(&contact), Some(Speaker::Submitter));
    let other = actor("other", Role::User, "");
    assert_eq!(entrant(&other).capacity(&contact), None);
    let by_record = Entrant { recorded_email: Some("eve@example.com"), ..entrant(&other) };
    assert_eq!(by_record.capacity(&contact), Some(Speaker::Submitter));
    let guest = guest();
    let claiming = Entrant { recorded_email: Some("eve@example.com"), ..entrant(&guest) };
    assert_eq!(claiming.capacity(&contact), None, "guests have no record");
    let mike = Contact { email: "mike@example.com".into(), ..contact.clone() };
    let kelvin = actor("other", Role::User, "mi\u{212a}e@example.com");
    assert_eq!(entrant(&kelvin).capacity(&mike), None, "that is no k");
    let nameless = Contact { email: String::new(), ..contact };
    assert_eq!(entrant(&other).capacity(&nameless), None, "no address is nobody's");
}

#[tokio::test(start_paused = true)]
async fn the_access_token_opens_its_own_request_alone() {
    let world = still_world();
    let (contact, token) = asked(&world, None).await;
    let (other, other_token) = asked(&world, None).await;
    let guest = guest();
    let shows = |token| Entrant { access_token: Some(token), ..entrant(&guest) };
    assert_eq!(shows(&token).capacity(&contact), Some(Speaker::Submitter));
    assert_eq!(shows(&token).capacity(&other), None);
    assert_eq!(shows(&other_token).capacity(&contact), None);
    let kept = URL_SAFE_NO_PAD.encode(contact.access_digest);
    let padded = format!("{token}=");
    let long = "x".repeat(1 << 20);
    for bad in ["", &token[1..], &padded, &kept, &long] {
        assert_eq!(shows(bad).capacity(&contact), None);
    }
    let bound = Entrant { bound: true, ..entrant(&guest) };
    assert_eq!(bound.capacity(&contact), Some(Speaker::Submitter));
}

#[tokio::test(start_paused = true)]
async fn only_a_digest_of_the_token_is_kept_and_nothing_of_it_is_shown() {
    let world = still_world();
    let submitted = world.desk.submit(question("Eve"), None).await.unwrap();
    let token = &submitted.access_token;
    assert_eq!(URL_SAFE_NO_PAD.decode(token).unwrap().len(), 32);
    let kept = world.memory.get(&submitted.contact.id);
    assert_eq!(kept.access_digest, digest(token));
    let actor = guest();
    let shows = Entrant { access_token: Some(token), ..entrant(&actor) };
    let json = serde_json::to_string(&*submitted.contact).unwrap();
    for shown in [format!("{submitted:?}"), format!("{shows:?}"), format!("{kept:?}"), json] {
        assert!(!shown.contains(token.as_str()), "{shown}");
    }
    for mail in world.letters.sent() {
        assert!(!format!("{mail:?}").contains(token.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_enters_what_there_is_not() {
    let world = still_world();
    let (contact, token) = asked(&world, None).await;
    world.desk.delete(&contact.id).await.unwrap();
    let ann = actor("ann", Role::Admin, "");
    let who = Entrant { access_token: Some(&token), bound: true, ..entrant(&ann) };
    assert_eq!(world.desk.may_enter(&contact.id, who).await.unwrap(), None);
    world.fail(true);
    assert!(world.desk.may_enter(&contact.id, who).await.is_err());
}
