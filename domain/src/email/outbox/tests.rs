use serde_json::json;

use super::*;
use crate::{
    email::testing::{Plain, Shelf, Wound},
    naming::Uuids,
};

fn mails(most_waiting: u64) -> (Mails, Arc<Shelf>) {
    let shelf = Arc::<Shelf>::default();
    let mails = Mails::new(MailsParts {
        store: Arc::clone(&shelf) as _,
        renderer: Arc::new(Plain),
        ids: Arc::new(Uuids),
        clock: Arc::new(Wound(tokio::time::Instant::now())),
        limits: MailLimits { most_waiting },
        wake: Arc::default(),
    });
    (mails, shelf)
}

fn letter(template: MailTemplate, to: &str) -> NewLetter<'_> {
    NewLetter { template, to, vars: template.sample(), key: None }
}

const CODE: MailTemplate = MailTemplate::AccountVerification;
const NEWS: MailTemplate = MailTemplate::QuizReminder;

#[tokio::test]
async fn a_letter_waits_with_what_its_template_knows_and_rings_once() {
    let (mails, shelf) = mails(10);
    let mut new = letter(CODE, " Ann@Example.COM ");
    new.vars.insert("password".into(), json!("secret"));
    let queued = mails.send(new).await.unwrap();
    assert!(queued.new);
    let waits = shelf.of(queued.id.as_str());
    assert_eq!(waits.mail.to.as_str(), "Ann@example.com");
    assert_eq!(waits.mail.vars["otp"], "482913");
    assert!(!waits.mail.vars.contains_key("password"), "it is not kept");
    mails.parts.wake.notified().await;
}

#[tokio::test]
async fn a_second_one_under_the_same_key_is_the_first_however_long_the_key_is() {
    let (mails, shelf) = mails(10);
    let long = "k".repeat(500);
    for (key, other) in [("k", "l"), (&long, &format!("{long}l"))] {
        let keyed =
            |key: &str| NewLetter { key: Some(key.into()), ..letter(CODE, "ann@example.com") };
        let first = mails.send(keyed(key)).await.unwrap();
        let again = mails.send(keyed(key)).await.unwrap();
        assert_eq!((again.id, again.new), (first.id, false));
        assert!(mails.send(keyed(other)).await.unwrap().new);
    }
    assert_eq!(shelf.mails.lock().unwrap().len(), 4);
    assert!(
        shelf
            .mails
            .lock()
            .unwrap()
            .iter()
            .all(|one| { one.mail.key.as_ref().is_some_and(|key| key.len() <= MOST_KEY_BYTES) })
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_now_and_not_at_the_mail_server() {
    let (mails, shelf) = mails(1);
    let refused = mails.send(letter(CODE, "ann@x.com\r\nBcc: bob@x.com")).await;
    assert!(matches!(refused, Err(MailError::BadAddress)));
    let empty = NewLetter { vars: Variables::new(), ..letter(CODE, "ann@x.com") };
    let refused = mails.send(empty).await;
    assert!(matches!(refused, Err(MailError::Render(RenderFault::Missing("name")))));
    mails.send(letter(CODE, "ann@x.com")).await.unwrap();
    assert!(matches!(mails.send(letter(CODE, "ann@x.com")).await, Err(MailError::Full)));
    assert_eq!(shelf.mails.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn who_unsubscribed_still_gets_what_they_asked_for_and_a_bounce_ends_everything() {
    let (mails, shelf) = mails(10);
    let ann = Address::new("ann@x.com").unwrap();
    mails.unsubscribe(&Address::new("Ann@X.com").unwrap()).await.unwrap();
    let refused = mails.send(letter(NEWS, "ANN@x.com")).await;
    assert!(matches!(refused, Err(MailError::Suppressed(Suppression::Unsubscribed))));
    mails.send(letter(CODE, "ann@x.com")).await.unwrap();
    shelf.suppress(&ann, Suppression::Bounced, mails.parts.clock.now()).await.unwrap();
    let refused = mails.send(letter(CODE, "Ann@x.com")).await;
    assert!(matches!(refused, Err(MailError::Suppressed(Suppression::Bounced))));
    assert_eq!(mails.suppressed(&ann).await.unwrap().unwrap().why, Suppression::Bounced);
    assert!(mails.allow_again(&Address::new("ANN@x.com").unwrap()).await.unwrap());
    assert!(!mails.allow_again(&ann).await.unwrap());
    mails.send(letter(NEWS, "ann@x.com")).await.unwrap();
}

#[tokio::test]
async fn the_outbox_can_be_looked_at_and_the_dead_revived() {
    let (mails, shelf) = mails(10);
    let queued = mails.send(letter(CODE, "ann@x.com")).await.unwrap();
    mails.parts.wake.notified().await;
    assert!(!mails.retry(&queued.id).await.unwrap(), "it is not dead");
    shelf.mails.lock().unwrap()[0].state = MailState::Dead;
    assert_eq!(mails.counts().await.unwrap(), (0, 1));
    assert_eq!(mails.list(MailState::Dead, u32::MAX).await.unwrap().len(), 1);
    assert!(mails.retry(&queued.id).await.unwrap());
    mails.parts.wake.notified().await;
    assert_eq!(mails.counts().await.unwrap(), (1, 0));
}

#[tokio::test]
async fn a_store_that_fails_is_told_of() {
    let (mails, shelf) = mails(10);
    shelf.failing.store(1, std::sync::atomic::Ordering::Relaxed);
    let failed = mails.send(letter(CODE, "ann@x.com")).await;
    assert!(matches!(failed, Err(MailError::Store(StoreError::Overloaded))));
}
