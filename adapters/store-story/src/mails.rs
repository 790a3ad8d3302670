//! The outbox of e-mail.

use futures_util::future::join_all;
use outrigger_domain::{
    email::{MailKind, MailState, MailTemplate, NewMail, QueuedMail, SettledMail, Variables},
    ports::Horizon,
};

use crate::{
    at,
    feed_pages::horizon,
    mail_words::{mail, mail_id},
    world::World,
};

const DIRECT: MailTemplate = MailTemplate::PasswordReset;
const LIST: MailTemplate = MailTemplate::QuizReminder;
const MOST: u64 = 100;
const DAY: i64 = 24 * 3_600_000;

fn again(ms: i64) -> SettledMail {
    SettledMail::Again(at(ms), "451 later".into())
}

fn dead() -> SettledMail {
    SettledMail::Dead("550 no".into())
}

impl World {
    async fn queue(&self, new: &NewMail) -> Option<(String, bool)> {
        let queued = self.store.queue_mail(new, MOST).await.unwrap();
        queued.map(|(id, new)| (id.to_string(), new))
    }

    async fn due_mail(&self, kind: MailKind, ms: i64, limit: u32) -> Vec<String> {
        let due = self.store.mail_due(kind, at(ms), limit).await.unwrap();
        assert!(due.iter().all(|one| one.mail.template.kind() == kind));
        due.iter().map(|one| one.mail.id.to_string()).collect()
    }

    async fn settle_mail(&self, id: &str, settled: SettledMail, ms: i64) {
        self.store.settle_mail(&mail_id(id), &settled, at(ms)).await.unwrap();
    }

    async fn mail_in(&self, state: MailState) -> Vec<String> {
        let list = self.store.mail(state, 99).await.unwrap();
        assert!(list.iter().all(|one| one.state == state));
        list.iter().map(|one| one.mail.id.to_string()).collect()
    }
}

pub(crate) async fn mail_waits_by_kind_until_it_is_due(world: &World) {
    let full = NewMail { key: Some("k".into()), due_at: at(7), ..mail("a", DIRECT, 5) };
    assert_eq!(world.queue(&full).await, Some(("a".into(), true)));
    for new in [mail("b", DIRECT, 6), mail("l", LIST, 1), mail("c", DIRECT, 6)] {
        assert!(world.queue(&new).await.unwrap().1);
    }
    assert_eq!(world.due_mail(MailKind::Direct, 5, 9).await, [""; 0]);
    assert_eq!(world.due_mail(MailKind::Direct, 6, 9).await, ["b", "c"]);
    assert_eq!(world.due_mail(MailKind::Direct, 7, 9).await, ["b", "c", "a"]);
    assert_eq!(world.due_mail(MailKind::Direct, 7, 1).await, ["b"]);
    assert_eq!(world.due_mail(MailKind::List, 7, 9).await, ["l"]);
    let waiting = world.store.mail(MailState::Waiting, 9).await.unwrap();
    let expected = QueuedMail {
        mail: full,
        state: MailState::Waiting,
        attempts: 0,
        last_error: None,
        updated_at: at(5),
    };
    assert_eq!(waiting.last(), Some(&expected));
    assert_eq!(world.mail_in(MailState::Waiting).await, ["c", "l", "b", "a"], "newest first");
    assert_eq!(world.store.mail(MailState::Waiting, 1).await.unwrap().len(), 1);
    assert_eq!(world.store.mail_counts().await.unwrap(), (4, 0));
    for template in MailTemplate::ALL {
        let new = mail(template.as_str(), template, 9);
        assert!(world.queue(&new).await.is_some());
    }
    assert_eq!(world.due_mail(MailKind::Direct, 9, 99).await.len(), 11);
    assert_eq!(world.due_mail(MailKind::List, 9, 99).await.len(), 3);
    assert_eq!(world.heard.lines(), [""; 0]);
}

pub(crate) async fn a_key_names_one_mail(world: &World) {
    let keyed = |id: &str, key: &str| NewMail { key: Some(key.into()), ..mail(id, DIRECT, 1) };
    let mails: Vec<_> = (0..20).map(|n| keyed(&format!("m{n}"), "k")).collect();
    let queued = join_all(mails.iter().map(|mail| world.queue(mail))).await;
    let first = queued[0].clone().unwrap();
    assert_eq!(queued.iter().filter(|one| one.as_ref().unwrap().1).count(), 1);
    assert!(queued.iter().all(|one| one.as_ref().unwrap().0 == first.0));
    assert_eq!(world.queue(&keyed("n", "K")).await, Some(("n".into(), true)));
    assert_eq!(world.queue(&mail("o", DIRECT, 1)).await, Some(("o".into(), true)));
    assert_eq!(world.queue(&mail("p", DIRECT, 1)).await, Some(("p".into(), true)));
    assert_eq!(world.store.mail_counts().await.unwrap(), (4, 0));
    // Whatever became of it.
    world.settle_mail(&first.0, SettledMail::Sent, 2).await;
    assert_eq!(world.queue(&keyed("q", "k")).await, Some((first.0, false)));
    world.settle_mail("n", dead(), 2).await;
    assert_eq!(world.queue(&keyed("q", "K")).await, Some(("n".into(), false)));
    assert!(world.store.queue_mail(&mail("p", LIST, 1), MOST).await.is_err(), "ids are not reused");
}

pub(crate) async fn a_full_outbox_takes_no_mail(world: &World) {
    let queue = async |id: &str, key: Option<&str>| {
        let new = NewMail { key: key.map(str::to_owned), ..mail(id, LIST, 1) };
        let queued = world.store.queue_mail(&new, 2).await.unwrap();
        queued.map(|(id, new)| (id.to_string(), new))
    };
    assert_eq!(queue("a", Some("k")).await, Some(("a".into(), true)));
    assert_eq!(queue("b", None).await, Some(("b".into(), true)));
    assert_eq!(queue("c", None).await, None);
    assert_eq!(queue("d", Some("k")).await, Some(("a".into(), false)), "it is there already");
    world.settle_mail("b", dead(), 2).await;
    assert_eq!(queue("c", None).await, Some(("c".into(), true)), "the dead take no room");
    assert_eq!(queue("d", None).await, None);
    assert!(world.store.retry_mail(&mail_id("b"), at(3)).await.unwrap(), "they come back");
    assert_eq!(world.store.mail_counts().await.unwrap(), (3, 0));
    for id in ["a", "b"] {
        world.settle_mail(id, SettledMail::Sent, 4).await;
    }
    assert_eq!(queue("d", None).await, Some(("d".into(), true)));
}

pub(crate) async fn attempts_are_noted_and_counted(world: &World) {
    let store = world.store.as_ref();
    let new = mail("a", DIRECT, 1);
    world.queue(&new).await;
    world.settle_mail("a", again(60), 2).await;
    assert_eq!(world.due_mail(MailKind::Direct, 59, 9).await, [""; 0]);
    let one = async |state| store.mail(state, 9).await.unwrap().remove(0);
    let waits = QueuedMail {
        mail: NewMail { due_at: at(60), ..new.clone() },
        state: MailState::Waiting,
        attempts: 1,
        last_error: Some("451 later".into()),
        updated_at: at(2),
    };
    let due = store.mail_due(MailKind::Direct, at(60), 9).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&waits));
    world.settle_mail("a", dead(), 61).await;
    let given_up = QueuedMail {
        state: MailState::Dead,
        attempts: 2,
        last_error: Some("550 no".into()),
        updated_at: at(61),
        ..waits
    };
    assert_eq!(one(MailState::Dead).await, given_up);
    assert_eq!(store.mail_counts().await.unwrap(), (0, 1));
    assert_eq!(world.due_mail(MailKind::Direct, 99, 9).await, [""; 0]);
    // One that does not wait is not under way.
    world.settle_mail("a", SettledMail::Sent, 62).await;
    world.settle_mail("unknown", SettledMail::Sent, 62).await;
    assert_eq!(one(MailState::Dead).await, given_up);

    assert!(store.retry_mail(&mail_id("a"), at(70)).await.unwrap());
    assert!(!store.retry_mail(&mail_id("a"), at(71)).await.unwrap(), "it waits");
    assert!(!store.retry_mail(&mail_id("unknown"), at(71)).await.unwrap());
    assert_eq!(store.mail_counts().await.unwrap(), (1, 0));
    let retried = one(MailState::Waiting).await;
    assert_eq!((retried.attempts, retried.mail.due_at, &retried.mail.vars), (0, at(70), &new.vars));
    world.settle_mail("a", SettledMail::Sent, 80).await;
    let sent = one(MailState::Sent).await;
    assert_eq!((sent.attempts, sent.updated_at), (1, at(80)));
    assert_eq!(sent.mail.vars, Variables::new(), "what it said is forgotten");
    assert_eq!((sent.mail.id, sent.mail.to), (new.id, new.to));
    assert!(!store.retry_mail(&mail_id("a"), at(90)).await.unwrap());
    assert_eq!(store.mail_counts().await.unwrap(), (0, 0));
}

pub(crate) async fn old_mail_is_forgotten(world: &World) {
    let keyed = |id: &str| NewMail { key: Some(id.into()), ..mail(id, DIRECT, 0) };
    for id in ["sent", "sent-later", "dead", "dead-later", "waits"] {
        world.queue(&keyed(id)).await;
    }
    for (id, settled, ms) in [
        ("sent", SettledMail::Sent, 1),
        ("sent-later", SettledMail::Sent, 2),
        ("dead", dead(), 1),
        ("dead-later", dead(), 2),
        ("waits", again(9), 1),
    ] {
        world.settle_mail(id, settled, ms).await;
    }
    let prune = async |now| {
        world.store.prune(&Horizon { now, ..horizon(at(0)) }).await.unwrap();
        (world.mail_in(MailState::Sent).await, world.mail_in(MailState::Dead).await)
    };
    let (sent, given_up) = prune(at(7 * DAY + 2)).await;
    assert_eq!((sent, given_up.len()), (vec!["sent-later".to_owned()], 2));
    assert_eq!(world.queue(&keyed("sent")).await, Some(("sent".into(), true)), "its key is free");
    let (sent, given_up) = prune(at(30 * DAY + 2)).await;
    assert_eq!((sent, given_up), (vec![], vec!["dead-later".to_owned()]));
    assert_eq!(world.store.mail_counts().await.unwrap(), (2, 1));
    assert_eq!(prune(at(999 * DAY)).await, (vec![], vec![]));
    assert_eq!(world.mail_in(MailState::Waiting).await, ["sent", "waits"], "however long it takes");
    assert_eq!(world.store.mail_counts().await.unwrap(), (2, 0));
}
