//! Many at once: the order of events, one winner, and the end.

use futures_util::future::join_all;
use outrigger_domain::{
    messaging::{Page, Stored},
    ports::{Store, StoreError},
};

use crate::{Heard, at, hello, new_message, user};

pub(crate) async fn events_leave_in_the_order_of_the_commits(store: &dyn Store, heard: &Heard) {
    // All of one millisecond, so that the conversation shows the order of the commits.
    let writes = (0..300).map(|n| {
        let (from, to) = if n % 3 == 0 { ("ben", "ann") } else { ("ann", "ben") };
        store.insert_message(hello(&format!("m{n}"), from, to, 0))
    });
    for stored in join_all(writes).await {
        assert!(matches!(stored.unwrap(), Stored::New(..)));
    }
    let page = Page { before: None, limit: 1000 };
    let committed = store.conversation(&user("ann"), &user("ben"), &page).await.unwrap();
    let expected: Vec<String> = committed
        .iter()
        .flat_map(|message| {
            let (from, id) = (&message.sender, &message.id);
            let to = if from.as_str() == "ann" { "ben" } else { "ann" };
            [format!("user {to}: received {id}"), format!("user {from}: sent {id}")]
        })
        .collect();
    assert_eq!(expected.len(), 600);
    assert_eq!(heard.lines(), expected);
}

pub(crate) async fn two_writers_store_one_message(store: &dyn Store, heard: &Heard) {
    for n in 0..50 {
        let client_id = format!("c{n}");
        let send = |id: String, window: bool| {
            let name = (!window).then_some(client_id.as_str());
            let mut new = new_message(&id, "ann", "ben", n * 10_000, name, "same");
            new.duplicate_since = window.then(|| at(n * 10_000 - 5_000));
            store.insert_message(new)
        };
        let by_window = n % 2 == 0;
        let (one, two) =
            tokio::join!(send(format!("a{n}"), by_window), send(format!("b{n}"), by_window));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.message(), two.message());
        let new = [&one, &two].iter().filter(|stored| matches!(stored, Stored::New(..))).count();
        assert_eq!(new, 1);
        assert_eq!(heard.lines().len(), 2, "told once to each side");
    }
}

pub(crate) async fn a_closed_store_refuses(store: &dyn Store, heard: &Heard) {
    store.check().await.unwrap();
    store.close().await;
    let refused = store.insert_message(hello("m1", "ann", "ben", 0)).await;
    assert!(matches!(refused, Err(StoreError::Failed(_))));
    assert!(matches!(store.user(&user("ann")).await, Err(StoreError::Failed(_))));
    assert!(store.check().await.is_err());
    assert_eq!(heard.lines(), [""; 0]);
}
