//! Addresses that no e-mail goes to.

use outrigger_domain::email::{Suppressed, Suppression};

use crate::{at, mail_words::address, world::World};

pub(crate) async fn what_bounced_is_worse_than_what_is_not_wanted(world: &World) {
    let store = world.store.as_ref();
    let ann = address("ann@example.com");
    let known = async || store.suppressed(&ann).await.unwrap();
    let is = |why, ms| Some(Suppressed { address: ann.clone(), why, at: at(ms) });
    assert_eq!(known().await, None);
    let (unsubscribed, bounced) = (Suppression::Unsubscribed, Suppression::Bounced);
    for (why, ms, expected) in [
        (unsubscribed, 1, is(unsubscribed, 1)),
        (unsubscribed, 2, is(unsubscribed, 1)),
        (bounced, 3, is(bounced, 3)),
        (bounced, 4, is(bounced, 3)),
        (unsubscribed, 5, is(bounced, 3)),
    ] {
        store.suppress(&ann, why, at(ms)).await.unwrap();
        assert_eq!(known().await, expected);
    }
    assert_eq!(store.suppressed(&address("ben@example.com")).await.unwrap(), None);

    assert!(store.allow_again(&ann).await.unwrap());
    assert!(!store.allow_again(&ann).await.unwrap());
    assert_eq!(known().await, None);
    store.suppress(&ann, unsubscribed, at(9)).await.unwrap();
    assert_eq!(known().await, is(unsubscribed, 9));
}
