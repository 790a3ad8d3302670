//! The desk where requests for help come in.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{
    access::Entrant,
    attendance::{Admin, Attendance},
    chat::Speaker,
    contact::{Contact, ContactStatus},
    event::SupportEvent,
};
use crate::{
    actor::Role,
    email::{Address, Mails},
    events::{Audience, DomainEvent, Published},
    finishing::finished,
    ids::{ContactId, UserId},
    naming::Ids,
    paging::{Slice, Sliced},
    ports::{Bus, StoreError, StoreResult, SupportStore},
    time::{Clock, Timestamp},
    turns::{Turn, Turns},
};

/// Requests of a list at most.
pub const MOST_CONTACTS_LISTED: u32 = 500;

/// How requests are looked after (`contracts/contacts.md` section 6).
#[derive(Debug, Clone)]
pub struct SupportSettings {
    /// What nobody took in this time is given to an admin.
    pub assign_after: Duration,
    /// If nobody is there then, it is tried again after this.
    pub retry: Duration,
    /// So long admins may be gone before others may take over what they look after.
    pub admin_grace: Duration,
    /// Who is told of new requests by e-mail.
    pub alert_to: Vec<Address>,
    /// Where admins find the queue, for those e-mails.
    pub queue_link: Option<String>,
}

impl Default for SupportSettings {
    fn default() -> Self {
        Self {
            assign_after: Duration::from_secs(5 * 60),
            retry: Duration::from_secs(60),
            admin_grace: Duration::from_secs(60),
            alert_to: Vec::new(),
            queue_link: None,
        }
    }
}

/// What a [`SupportDesk`] works with.
pub struct SupportParts {
    /// Where requests are kept.
    pub store: Arc<dyn SupportStore>,
    /// Where e-mail goes; none is sent without.
    pub mails: Option<Arc<Mails>>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names requests and messages, and makes access tokens.
    pub ids: Arc<dyn Ids>,
    /// How they are looked after.
    pub settings: SupportSettings,
}

/// Requests for help, and the admins who answer them (`contracts/contacts.md`).
///
/// Everything is committed before anybody is told, and told before it is acknowledged. What is begun here is finished even
/// if the caller stops waiting. Of one request things are told in the order in which they were committed. Who may do what
/// is the caller's business, except for [`Self::may_enter`]: admins are recognised by their tokens. The admins who are
/// there are those of this process.
pub struct SupportDesk {
    pub(super) desk: Arc<Desk>,
}

/// What the desk's work in progress shares.
pub(super) struct Desk {
    pub(super) parts: SupportParts,
    attendance: Mutex<Attendance>,
    /// Somebody is gone whose grace may end before all others.
    pub(super) someone_left: Notify,
    /// Figures are no longer what they were.
    pub(super) figures_changed: Notify,
    turns: Turns,
}

impl SupportDesk {
    /// Nobody is there yet. Timers go once it [runs](Self::run).
    #[must_use]
    pub fn new(parts: SupportParts) -> Self {
        let settled = Instant::now() + parts.settings.admin_grace;
        Self {
            desk: Arc::new(Desk {
                parts,
                attendance: Mutex::new(Attendance::new(settled)),
                someone_left: Notify::new(),
                figures_changed: Notify::new(),
                turns: Turns::new(),
            }),
        }
    }

    /// Gives to admins what nobody takes, tells of admins who are gone for too long, and of figures; for ever. Run it
    /// once, as a task of its own, and drop it to end it. What a failing store hinders is tried again.
    pub async fn run(&self) {
        let desk = &self.desk;
        tokio::join!(
            desk.assign_what_waits(),
            desk.watch_for_lost_admins(),
            desk.tell_of_figures()
        );
    }

    /// Waits until nobody changes or tells of this request. Take it after a socket has joined its chat and before
    /// [`Self::history`] is read, and keep it until that is queued for the socket: then nothing newer was queued before,
    /// and nothing is queued twice.
    pub async fn turn(&self, id: &ContactId) -> Turn<'_> {
        self.desk.turns.of(id.as_str()).await
    }

    /// The request, for somebody who may read and speak in its chat, and in which capacity: admins; whoever asked, which
    /// the user id of their token shows, or the address that the token or the app's record names, or the access token,
    /// or that it was submitted over the same connection. There is none for anybody else.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn may_enter(
        &self,
        id: &ContactId,
        who: Entrant<'_>,
    ) -> Result<Option<(Contact, Speaker)>, StoreError> {
        let found = self.desk.parts.store.contact(id).await?;
        Ok(found.and_then(|contact| who.capacity(&contact).map(|capacity| (contact, capacity))))
    }

    /// A request, whoever asks: for admins and the app.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn contact(&self, id: &ContactId) -> StoreResult<Option<Contact>> {
        self.desk.parts.store.contact(id).await
    }

    /// Requests that wait, urgent ones first, then the newest; at most `limit` and [`MOST_CONTACTS_LISTED`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn pending(&self, limit: u32) -> StoreResult<Vec<Contact>> {
        let slice = Slice { offset: 0, limit };
        Ok(self.contacts(Some(ContactStatus::Pending), slice).await?.items)
    }

    /// Requests in a state, or all: those that wait as in [`Self::pending`], others the newest first. A part has at most
    /// [`MOST_CONTACTS_LISTED`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn contacts(
        &self,
        status: Option<ContactStatus>,
        slice: Slice,
    ) -> StoreResult<Sliced<Contact>> {
        self.desk.parts.store.contacts(status, bounded(slice)).await
    }

    /// A user's own requests, the newest first. A part has at most [`MOST_CONTACTS_LISTED`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn contacts_of(&self, user: &UserId, slice: Slice) -> StoreResult<Sliced<Contact>> {
        self.desk.parts.store.contacts_of(user, bounded(slice)).await
    }

    /// Forgets a request with all that was said; whether there was one. Nobody is told.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn delete(&self, id: &ContactId) -> Result<bool, StoreError> {
        let (desk, id) = (Arc::clone(&self.desk), id.clone());
        finished(async move {
            let _turn = desk.turn(&id).await;
            let there = desk.parts.store.delete_contact(&id).await?;
            if there {
                desk.touched();
            }
            Ok(there)
        })
        .await
    }

    /// A socket of an admin connected: call it once for each, and [`Self::admin_left`] when it is gone.
    pub fn admin_entered(&self, admin: &Admin) {
        if self.desk.attendance().enter(admin) {
            self.desk.touched();
        }
    }

    /// Such a socket is gone. After the last one the admin may come back within the grace; then everybody is told that
    /// the admin is lost, and others may take over.
    pub fn admin_left(&self, admin: &UserId) {
        let deadline = Instant::now() + self.desk.parts.settings.admin_grace;
        if self.desk.attendance().leave(admin, deadline) {
            self.desk.someone_left.notify_one();
            self.desk.touched();
        }
    }

    /// Admins with a socket, in order of their ids.
    #[must_use]
    pub fn online_admins(&self) -> Vec<Admin> {
        self.desk.attendance().online()
    }
}

fn bounded(slice: Slice) -> Slice {
    Slice { limit: slice.limit.min(MOST_CONTACTS_LISTED), ..slice }
}

impl Desk {
    pub(super) fn attendance(&self) -> MutexGuard<'_, Attendance> {
        self.attendance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn turn(&self, id: &ContactId) -> Turn<'_> {
        self.turns.of(id.as_str()).await
    }

    pub(super) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Something happened that figures count.
    pub(super) fn touched(&self) {
        self.figures_changed.notify_one();
    }

    pub(super) async fn tell(&self, audience: Audience, event: SupportEvent) {
        let event = DomainEvent::Support(event);
        self.parts.bus.publish(Published::new(self.now(), audience, event)).await;
    }

    pub(super) async fn tell_admins(&self, event: SupportEvent) {
        self.tell(Audience::Role(Role::Admin), event).await;
    }

    pub(super) async fn tell_other_admins(&self, than: &UserId, event: SupportEvent) {
        let of = Box::new(Audience::Role(Role::Admin));
        self.tell(Audience::Except { of, users: vec![than.clone()] }, event).await;
    }

    /// Those in the chat about a request who are no admins; nor is `but`.
    pub(super) fn visitors(&self, id: &ContactId, but: &UserId) -> Audience {
        let mut users: Vec<_> = self.attendance().online_ids().cloned().collect();
        if !users.contains(but) {
            users.push(but.clone());
        }
        Audience::Except { of: Box::new(Audience::Support(id.clone())), users }
    }
}

#[cfg(test)]
mod tests;
