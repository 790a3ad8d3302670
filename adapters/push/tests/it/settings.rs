//! Settings that will not do.

use std::sync::Arc;

use outrigger_domain::{events::Secret, ports::PushGateway, time::SystemClock};
use outrigger_push::{BadKey, BadOrigin, BadSubject, KeyPair, SettingsError, WebPush};

use crate::push_service::settings;

fn refusal(key: &str, subject: &str, origin: &str) -> SettingsError {
    let mut settings = settings(Secret::new(key), vec![origin.to_owned()]);
    settings.subject = subject.to_owned();
    WebPush::new(&settings, Arc::new(SystemClock)).unwrap_err()
}

#[test]
fn a_new_key_pair_will_do() {
    let pair = KeyPair::generate();
    let settings = settings(pair.private.clone(), Vec::new());
    let gateway = WebPush::new(&settings, Arc::new(SystemClock)).unwrap();
    assert_eq!(gateway.public_key(), pair.public);
    for shown in [format!("{settings:?}"), format!("{gateway:?}"), format!("{pair:?}")] {
        assert!(!shown.contains(pair.private.expose()));
    }
}

#[test]
fn each_fault_is_told_without_the_key() {
    let (key, subject, origin) =
        (KeyPair::generate().private, "mailto:ops@example.com", "https://push.example");
    let short = refusal("c2hvcnQ", subject, origin);
    assert!(matches!(short, SettingsError::Key(BadKey::Size(5))));
    assert_eq!(short.to_string(), "the private key for web push must have 32 bytes, not 5");
    assert!(matches!(
        refusal(&KeyPair::generate().public, subject, origin),
        SettingsError::Key(BadKey::Public)
    ));
    assert!(matches!(refusal(key.expose(), "ops", origin), SettingsError::Subject(BadSubject)));
    let bad = refusal(key.expose(), subject, "http://push.example");
    assert!(
        matches!(&bad, SettingsError::Origin(BadOrigin(text)) if text == "http://push.example")
    );
    assert!(!format!("{bad} {bad:?}").contains(key.expose()));
}
