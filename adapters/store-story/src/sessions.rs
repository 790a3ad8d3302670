//! Sessions.

use outrigger_domain::{
    ids::TokenId,
    ports::Store,
    sessions::{Session, SessionFilter},
};

use crate::{Heard, at, device, user};

fn session(whose: &str, on: &str, ms: i64) -> Session {
    Session {
        user: user(whose),
        device: device(on),
        token: Some(TokenId::new(format!("{whose}-{on}-{ms}")).unwrap()),
        user_agent: "Mozilla/5.0 (X11)".into(),
        ip_address: "192.0.2.7".into(),
        expires_at: at(ms + 1000),
        created_at: at(ms),
        updated_at: at(ms),
        active: true,
        logout_at: None,
        deactivated_reason: None,
    }
}

pub(crate) async fn a_session_is_replaced_and_keeps_its_beginning(store: &dyn Store, _: &Heard) {
    let ann = user("ann");
    store.save_session(&session("ann", "phone", 1)).await.unwrap();
    store.end_sessions(&ann, None, "User logged out", at(2)).await.unwrap();
    store.save_session(&session("ann", "phone", 3)).await.unwrap();
    let mut expected = session("ann", "phone", 3);
    expected.created_at = at(1);
    assert_eq!(store.sessions(&ann, &SessionFilter::default()).await.unwrap(), [expected]);
}

pub(crate) async fn ending_gives_what_was_active(store: &dyn Store, _: &Heard) {
    let ann = user("ann");
    let [phone, laptop, tablet] =
        [("phone", 1), ("laptop", 2), ("tablet", 3)].map(|(on, ms)| session("ann", on, ms));
    for session in [&phone, &laptop, &tablet, &session("ben", "phone", 4)] {
        store.save_session(session).await.unwrap();
    }
    let on_phone = device("phone");
    let ended = store.end_sessions(&ann, Some(&on_phone), "Lost", at(5)).await.unwrap();
    assert_eq!(ended.as_slice(), std::slice::from_ref(&phone));
    let ended = store.end_sessions(&ann, Some(&on_phone), "Lost again", at(6)).await.unwrap();
    assert_eq!(ended, []);

    let only = SessionFilter { device: Some(on_phone), active_only: false };
    let mut lost = phone;
    lost.active = false;
    lost.updated_at = at(5);
    lost.logout_at = Some(at(5));
    lost.deactivated_reason = Some("Lost".into());
    assert_eq!(store.sessions(&ann, &only).await.unwrap(), [lost.clone()]);

    let active = SessionFilter { device: None, active_only: true };
    assert_eq!(store.sessions(&ann, &active).await.unwrap(), [tablet.clone(), laptop.clone()]);
    let all = store.sessions(&ann, &SessionFilter::default()).await.unwrap();
    assert_eq!(all, [lost, tablet, laptop], "last seen first");

    assert_eq!(store.end_sessions(&ann, None, "All", at(7)).await.unwrap().len(), 2);
    assert_eq!(store.sessions(&ann, &active).await.unwrap(), []);
    assert_eq!(store.sessions(&user("ben"), &active).await.unwrap().len(), 1);
}
