//! Revocations.

use outrigger_domain::{
    identity::{Revocation, Revoked},
    ids::TokenId,
    ports::{Horizon, Store},
    time::Timestamp,
};

use crate::{Heard, at, device, feed_pages::horizon, user};

pub(crate) async fn the_later_revocation_wins(store: &dyn Store, _: &Heard) {
    let revoke =
        |what: &Revoked, ms, until| Revocation { what: what.clone(), at: at(ms), until: at(until) };
    let token = Revoked::Token(TokenId::new("t").unwrap());
    let whole = Revoked::User(user("ann"));
    let phone = Revoked::Device(user("ann"), device("phone"));
    let laptop = Revoked::Device(user("ann"), device("laptop"));
    store.add_revocations(&[]).await.unwrap();
    store
        .add_revocations(&[
            revoke(&token, 1, 10),
            revoke(&whole, 2, 20),
            revoke(&phone, 3, 30),
            revoke(&laptop, 4, 40),
        ])
        .await
        .unwrap();
    store.add_revocations(&[revoke(&whole, 5, 15)]).await.unwrap();
    store.add_revocations(&[revoke(&phone, 1, 35)]).await.unwrap();

    let in_force = async |now| {
        let mut list = store.revocations(at(now)).await.unwrap();
        list.sort_by_key(|revocation| revocation.until);
        list
    };
    let expected = [
        revoke(&token, 1, 10),
        revoke(&whole, 5, 20),
        revoke(&phone, 3, 35),
        revoke(&laptop, 4, 40),
    ];
    assert_eq!(in_force(9).await, expected);
    assert_eq!(in_force(10).await, expected[1..]);
    store.prune(&Horizon { now: at(20), ..horizon(Timestamp::default()) }).await.unwrap();
    assert_eq!(in_force(0).await, expected[2..]);
}
