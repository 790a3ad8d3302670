use std::{sync::atomic::Ordering, time::Duration};

use serde_json::Value;
use tokio::time::timeout;

use super::*;
use crate::{
    actor::Actor,
    email::{MailTemplate, NewMail},
    support::{
        ContactPriority,
        testing::{World, guest, pass, question, still_world, user},
    },
};

async fn refused(world: &World, new: NewContact) -> String {
    world.desk.submit(new, None).await.unwrap_err().to_string()
}

fn text<'a>(mail: &'a NewMail, name: &str) -> Option<&'a str> {
    mail.vars.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[tokio::test(start_paused = true)]
async fn a_request_is_kept_and_told_to_admins() {
    let mut world = still_world();
    pass(7).await;
    let new = NewContact {
        name: "  Eve\r\nLee ".into(),
        email: " Eve@EXAMPLE.com ".into(),
        subject: Some(" ".into()),
        message: "\nTwo\nlines\n".into(),
        priority: ContactPriority::Urgent,
        phone: Some(" 7 ".into()),
    };
    let submitted = world.desk.submit(new, Some(&user("eve"))).await.unwrap();
    let kept = world.memory.get(&submitted.contact.id);
    assert_eq!(kept, *submitted.contact);
    assert!(kept.id.as_str().starts_with("contact_7_"));
    let told = (&*kept.name, &*kept.email, kept.subject.as_deref(), &*kept.message);
    assert_eq!(told, ("Eve  Lee", "Eve@example.com", None, "Two\nlines"));
    assert_eq!((kept.phone.as_deref(), kept.priority), (Some("7"), ContactPriority::Urgent));
    assert_eq!((kept.status, kept.user.as_ref()), (ContactStatus::Pending, Some(&user("eve"))));
    assert_eq!((kept.submitted_at.ms(), kept.assign_at.ms()), (7, 300_007));
    assert_eq!(world.heard(), ["7 admins but eve: Eve  Lee asks"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_said_and_nothing_is_kept() {
    let mut world = still_world();
    let good = || question("Eve");
    let wrong = [
        (NewContact { name: " \t".into(), ..good() }, "Name is required"),
        (NewContact { name: "\u{0}\n".into(), ..good() }, "Name is required"),
        (NewContact { email: " ".into(), ..good() }, "Email is required"),
        (NewContact { message: "\n".into(), ..good() }, "Message is required"),
        (NewContact { email: "eve".into(), ..good() }, "Email is invalid"),
        (NewContact { email: "a@x.com\r\nBcc: b@x.com".into(), ..good() }, "Email is invalid"),
        (NewContact { name: "x".repeat(MOST_NAME + 1), ..good() }, "Name is too long"),
        (
            NewContact { subject: Some("x".repeat(MOST_SUBJECT + 1)), ..good() },
            "Subject is too long",
        ),
        (NewContact { message: "x".repeat(MOST_MESSAGE + 1), ..good() }, "Message is too long"),
        (NewContact { phone: Some("7".repeat(MOST_PHONE + 1)), ..good() }, "Phone is too long"),
    ];
    for (new, text) in wrong {
        assert_eq!(refused(&world, new).await, text);
    }
    assert!(world.memory.all().is_empty() && world.heard().is_empty());
    assert!(world.letters.sent().is_empty());
    let just = NewContact {
        name: "é".repeat(MOST_NAME),
        subject: Some("é".repeat(MOST_SUBJECT)),
        message: "é".repeat(MOST_MESSAGE),
        phone: Some("7".repeat(MOST_PHONE)),
        ..good()
    };
    assert!(world.desk.submit(just, None).await.is_ok(), "characters count, not bytes");
}

#[tokio::test(start_paused = true)]
async fn e_mail_confirms_it_and_alerts_those_who_help() {
    let world = still_world();
    let new = NewContact { phone: Some("+1 555".into()), ..question("Eve") };
    let submitted = world.desk.submit(new, Some(&user("eve"))).await.unwrap();
    let id = submitted.contact.id.as_str();
    let [confirmation, alert] = &world.letters.sent()[..] else { panic!("two mails") };
    assert_eq!(confirmation.template, MailTemplate::ContactConfirmation);
    assert_eq!(confirmation.to.as_str(), "eve@example.com");
    for (name, is) in [
        ("name", "Eve"),
        ("contactId", id),
        ("estimatedResponseTime", "24 hours"),
        ("subject", "Exam"),
        ("message", "Where is it?"),
    ] {
        assert_eq!(text(confirmation, name), Some(is), "{name}");
    }
    assert_eq!(alert.template, MailTemplate::ContactAlert);
    assert_eq!(alert.to.as_str(), "help@example.com");
    for (name, is) in [
        ("name", "Eve"),
        ("email", "eve@example.com"),
        ("message", "Where is it?"),
        ("subject", "Exam"),
        ("contactId", id),
        ("priority", "normal"),
        ("phone", "+1 555"),
        ("queueLink", "https://app.example/queue"),
    ] {
        assert_eq!(text(alert, name), Some(is), "{name}");
    }
    assert_ne!(confirmation.key, alert.key);
}

#[tokio::test(start_paused = true)]
async fn a_guest_cannot_have_texts_sent_to_strangers() {
    let world = still_world();
    let Actor { user, .. } = guest();
    for by in [None, Some(&user)] {
        let submitted = world.desk.submit(question("Eve"), by).await.unwrap();
        assert_eq!(submitted.contact.user, None);
        let [confirmation, _] = &world.letters.sent()[..] else { panic!("two mails") };
        assert_eq!((text(confirmation, "subject"), text(confirmation, "message")), (None, None));
    }
}

#[tokio::test(start_paused = true)]
async fn the_form_does_not_fail_with_e_mail() {
    let world = still_world();
    world.letters.failing.store(true, Ordering::Relaxed);
    assert!(world.desk.submit(question("Eve"), None).await.is_ok());
    assert_eq!(world.memory.all().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_longest_message_in_any_script_is_mailed_too() {
    let world = still_world();
    let new = NewContact { message: "语".repeat(MOST_MESSAGE), ..question("Eve") };
    world.desk.submit(new, Some(&user("eve"))).await.unwrap();
    assert_eq!(world.letters.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_the_store_did_not_keep() {
    let mut world = still_world();
    world.fail(true);
    let error = world.desk.submit(question("Eve"), None).await.unwrap_err();
    assert!(matches!(error, SubmitError::Store(_)));
    assert!(world.heard().is_empty() && world.letters.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_told_even_if_the_caller_gives_up() {
    let mut world = still_world();
    *world.memory.slowness.lock().unwrap() = Duration::from_millis(50);
    let submit = world.desk.submit(question("Eve"), None);
    assert!(timeout(Duration::from_millis(10), submit).await.is_err());
    pass(100).await;
    assert_eq!(world.heard(), ["50 admins: Eve asks"]);
    assert_eq!(world.letters.sent().len(), 2);
}
