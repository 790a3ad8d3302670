//! Requests and e-mail in memory, a clock that moves with the test's timers, and an ear on the bus.

mod letters;
mod memory;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, sleep},
};

use self::{
    letters::{Letters, Plain},
    memory::Memory,
};
use super::*;
use crate::{
    accounts::Profile,
    actor::{Actor, Role},
    email::{Address, MailLimits, Mails, MailsParts},
    events::{Audience, DomainEvent, Published},
    ids::{ContactId, DeviceId, TokenId, UserId},
    naming::Uuids,
    ports::{Bus, MailStore, SupportStore},
    time::{Clock, Timestamp},
};

struct Wire(mpsc::UnboundedSender<(Instant, Published)>);

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        // The test may be over.
        let _ = self.0.send((Instant::now(), event));
    }
}

/// The clock of tokio, which tests can stop and wind.
struct Wound(Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

pub(super) struct World {
    pub(super) desk: Arc<SupportDesk>,
    pub(super) memory: Arc<Memory>,
    pub(super) letters: Arc<Letters>,
    began: Instant,
    wire: mpsc::UnboundedSender<(Instant, Published)>,
    heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

pub(super) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(super) fn admin(name: &str) -> Admin {
    Admin { id: user(name), name: name.to_uppercase(), email: format!("{name}@help.example") }
}

pub(super) fn actor(name: &str, role: Role, email: &str) -> Actor {
    Actor {
        user: user(name),
        profile: Profile::default(),
        email: email.to_owned(),
        role,
        device: DeviceId::new("device").unwrap(),
        token: TokenId::new("token").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(i64::MAX),
    }
}

pub(super) fn guest() -> Actor {
    Actor::guest(&Uuids, DeviceId::new("device").unwrap())
}

/// What somebody of that name asks.
pub(super) fn question(name: &str) -> NewContact {
    NewContact {
        name: name.to_owned(),
        email: "eve@example.com".to_owned(),
        subject: Some("Exam".to_owned()),
        message: "Where is it?".to_owned(),
        priority: ContactPriority::Normal,
        phone: None,
    }
}

pub(super) fn said(contact: &ContactId, sender: &str, speaker: Speaker) -> NewSupportMessage {
    NewSupportMessage {
        contact: contact.clone(),
        sender: user(sender),
        sender_name: sender.to_uppercase(),
        speaker,
        message: format!("from {sender}"),
        kind: "text".to_owned(),
    }
}

pub(super) async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

pub(super) async fn pass_secs(secs: u64) {
    pass(secs * 1_000).await;
}

pub(super) fn settings() -> SupportSettings {
    SupportSettings {
        alert_to: vec![Address::new("help@example.com").unwrap()],
        queue_link: Some("https://app.example/queue".to_owned()),
        ..SupportSettings::default()
    }
}

/// Nothing runs yet.
pub(super) fn still_world() -> World {
    let (wire, heard) = mpsc::unbounded_channel();
    let began = Instant::now();
    let (memory, letters) = (Arc::<Memory>::default(), Arc::<Letters>::default());
    let desk = desk(&memory, &letters, &wire, began);
    World { desk, memory, letters, began, wire, heard }
}

pub(super) fn world() -> World {
    let world = still_world();
    world.start();
    world
}

fn desk(
    memory: &Arc<Memory>,
    letters: &Arc<Letters>,
    wire: &mpsc::UnboundedSender<(Instant, Published)>,
    began: Instant,
) -> Arc<SupportDesk> {
    let clock: Arc<dyn Clock> = Arc::new(Wound(began));
    let mails = Mails::new(MailsParts {
        store: Arc::clone(letters) as Arc<dyn MailStore>,
        renderer: Arc::new(Plain),
        ids: Arc::new(Uuids),
        clock: Arc::clone(&clock),
        limits: MailLimits::default(),
        wake: Arc::new(Notify::new()),
    });
    Arc::new(SupportDesk::new(SupportParts {
        store: Arc::clone(memory) as Arc<dyn SupportStore>,
        mails: Some(Arc::new(mails)),
        bus: Arc::new(Wire(wire.clone())),
        clock,
        ids: Arc::new(Uuids),
        settings: settings(),
    }))
}

impl World {
    pub(super) fn start(&self) {
        let desk = Arc::clone(&self.desk);
        tokio::spawn(async move { desk.run().await });
    }

    /// Another process over the same store, or the next one.
    pub(super) fn another_desk(&self) -> Arc<SupportDesk> {
        desk(&self.memory, &self.letters, &self.wire, self.began)
    }

    /// A guest of that name asks.
    pub(super) async fn ask(&self, name: &str) -> ContactId {
        self.ask_urgently(name, ContactPriority::Normal).await
    }

    pub(super) async fn ask_urgently(&self, name: &str, priority: ContactPriority) -> ContactId {
        let new = NewContact { priority, ..question(name) };
        self.desk.submit(new, None).await.unwrap().contact.id.clone()
    }

    pub(super) fn fail(&self, failing: bool) {
        self.memory.failing.store(failing, Ordering::Relaxed);
    }

    /// What was told since it was last asked, but for figures: `<ms> <audience>: <event>`. Requests are called by the
    /// names of those who ask.
    pub(super) fn heard(&mut self) -> Vec<String> {
        let told = self
            .all_heard()
            .into_iter()
            .filter(|(_, _, event)| !matches!(event, SupportEvent::Stats(_)));
        told.map(|(ms, audience, event)| format!("{ms} {audience}: {}", self.event(event)))
            .collect()
    }

    /// The figures told since it was last asked, and when.
    pub(super) fn figures(&mut self) -> Vec<(u128, SupportStats)> {
        let told = self.all_heard().into_iter().filter_map(|(ms, audience, event)| match event {
            SupportEvent::Stats(stats) => {
                assert_eq!(audience, "admins");
                Some((ms, stats))
            }
            _ => None,
        });
        told.collect()
    }

    fn all_heard(&mut self) -> Vec<(u128, String, SupportEvent)> {
        let mut heard = Vec::new();
        while let Ok((at, Published { audience, event, .. })) = self.heard.try_recv() {
            let DomainEvent::Support(event) = event else { panic!("not of this desk: {event:?}") };
            let ms = at.duration_since(self.began).as_millis();
            heard.push((ms, self.audience(&audience), event));
        }
        heard
    }

    fn name(&self, id: &ContactId) -> String {
        self.memory.get(id).name
    }

    fn audience(&self, audience: &Audience) -> String {
        match audience {
            Audience::Role(Role::Admin) => "admins".to_owned(),
            Audience::User(user) => user.to_string(),
            Audience::Support(id) => format!("chat of {}", self.name(id)),
            Audience::Except { of, users } => {
                let users: Vec<_> = users.iter().map(UserId::as_str).collect();
                format!("{} but {}", self.audience(of), users.join(", "))
            }
            other => panic!("support is not for {other:?}"),
        }
    }

    fn event(&self, event: SupportEvent) -> String {
        let looks = |contact: &Contact| {
            let admin = contact.assigned_admin.as_ref().map_or("nobody", |admin| &admin.name);
            format!("{} with {admin}", contact.name)
        };
        match event {
            SupportEvent::Submitted(contact) => format!("{} asks", contact.name),
            SupportEvent::Claimed(contact) => format!("{} claimed", looks(&contact)),
            SupportEvent::ClaimedByYou(contact) => format!("{} claimed by you", looks(&contact)),
            SupportEvent::Assigned(contact) => format!("{} assigned", looks(&contact)),
            SupportEvent::Released { contact, admin_name } => {
                format!("{} released by {admin_name}", self.name(&contact))
            }
            SupportEvent::Resolved(contact) => format!("{} resolved", contact.name),
            SupportEvent::ResolvedByYou(contact) => format!("{} resolved by you", contact.name),
            SupportEvent::Message(message) => format!("says {}", message.said.message),
            SupportEvent::Response(message) => format!("answer {}", message.said.message),
            SupportEvent::Typing { contact, name, role, typing, .. } => {
                format!("{} {name} ({role}) types: {typing}", self.name(&contact))
            }
            SupportEvent::AdminLost { contact, admin_name } => {
                format!("{} lost {admin_name}", self.name(&contact))
            }
            SupportEvent::Stats(stats) => format!("{stats:?}"),
        }
    }
}
