//! Requests for help, in memory.

use std::{
    cmp::Reverse,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::sleep;

use crate::{
    ids::{ContactId, UserId},
    paging::{Slice, Sliced},
    ports::{StoreError, StoreResult, SupportStore},
    support::{
        Assigned, Claimed, Contact, ContactStatus, NewSupportMessage, Released, Resolved, Resolver,
        SupportCounts, SupportMessage,
    },
    time::Timestamp,
};

/// A store whose answers may take their time, and may fail.
#[derive(Default)]
pub(in crate::support) struct Memory {
    contacts: Mutex<Vec<Contact>>,
    messages: Mutex<Vec<SupportMessage>>,
    pub(in crate::support) failing: AtomicBool,
    /// Giving this one away fails.
    pub(in crate::support) poisoned: Mutex<Option<ContactId>>,
    /// How long each read and write takes.
    pub(in crate::support) slowness: Mutex<Duration>,
    /// How long the answer to a write takes after its commit: up to this, each its own time.
    pub(in crate::support) answers_after: AtomicU64,
    written: AtomicU64,
    pub(in crate::support) put_off: AtomicUsize,
    pub(in crate::support) counted: AtomicUsize,
}

impl Memory {
    async fn work(&self) -> StoreResult<()> {
        let slowness = *self.slowness.lock().unwrap();
        if !slowness.is_zero() {
            sleep(slowness).await;
        }
        if self.failing.load(Ordering::Relaxed) { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    async fn answer(&self) {
        let longest = self.answers_after.load(Ordering::Relaxed);
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        if longest > 0 {
            sleep(Duration::from_millis(number.wrapping_mul(7) % longest)).await;
        }
    }

    pub(in crate::support) fn all(&self) -> Vec<Contact> {
        self.contacts.lock().unwrap().clone()
    }

    pub(in crate::support) fn get(&self, id: &ContactId) -> Contact {
        self.all().into_iter().find(|one| one.id == *id).unwrap()
    }

    pub(in crate::support) fn messages(&self) -> Vec<SupportMessage> {
        self.messages.lock().unwrap().clone()
    }

    fn change<T>(&self, id: &ContactId, change: impl FnOnce(&mut Contact) -> T) -> Option<T> {
        self.contacts.lock().unwrap().iter_mut().find(|one| one.id == *id).map(change)
    }

    fn select(&self, wanted: impl Fn(&Contact) -> bool) -> Vec<Contact> {
        self.all().into_iter().filter(|one| wanted(one)).collect()
    }
}

fn sliced(mut found: Vec<Contact>, slice: Slice) -> Sliced<Contact> {
    found.reverse();
    let total = found.len() as u64;
    let skipped = found.into_iter().skip(usize::try_from(slice.offset).unwrap());
    Sliced { items: skipped.take(slice.limit as usize).collect(), total }
}

#[async_trait]
impl SupportStore for Memory {
    async fn add_contact(&self, contact: &Contact) -> StoreResult<()> {
        self.work().await?;
        self.contacts.lock().unwrap().push(contact.clone());
        Ok(())
    }

    async fn contact(&self, id: &ContactId) -> StoreResult<Option<Contact>> {
        self.work().await?;
        Ok(self.select(|one| one.id == *id).pop())
    }

    async fn contacts(
        &self,
        status: Option<ContactStatus>,
        slice: Slice,
    ) -> StoreResult<Sliced<Contact>> {
        self.work().await?;
        let mut found = self.select(|one| status.is_none_or(|status| one.status == status));
        if status == Some(ContactStatus::Pending) {
            found.sort_by_key(|one| one.priority);
        }
        Ok(sliced(found, slice))
    }

    async fn contacts_of(&self, user: &UserId, slice: Slice) -> StoreResult<Sliced<Contact>> {
        self.work().await?;
        Ok(sliced(self.select(|one| one.user.as_ref() == Some(user)), slice))
    }

    async fn claim_contact(
        &self,
        id: &ContactId,
        admin: &Assigned,
        lost: &[UserId],
    ) -> StoreResult<Claimed> {
        self.work().await?;
        if self.poisoned.lock().unwrap().as_ref() == Some(id) {
            return Err(StoreError::Overloaded);
        }
        let claimed = self.change(id, |contact| match (contact.status, &contact.assigned_admin) {
            (ContactStatus::Resolved, _) => Claimed::Resolved,
            (_, Some(has)) if has.id == admin.id => Claimed::Before(contact.clone()),
            (_, Some(has)) if !lost.contains(&has.id) => Claimed::By(has.clone()),
            _ => {
                contact.status = ContactStatus::InProgress;
                contact.assigned_admin = Some(admin.clone());
                Claimed::Now(contact.clone())
            }
        });
        Ok(claimed.unwrap_or(Claimed::Missing))
    }

    async fn release_contact(
        &self,
        id: &ContactId,
        admin: &UserId,
        assign_at: Timestamp,
    ) -> StoreResult<Released> {
        self.work().await?;
        let released = self.change(id, |contact| {
            let theirs = contact.assigned_admin.as_ref().is_some_and(|has| has.id == *admin);
            if !theirs || contact.status != ContactStatus::InProgress {
                return Released::NotYours;
            }
            contact.status = ContactStatus::Pending;
            contact.assigned_admin = None;
            contact.assign_at = assign_at;
            Released::Now(contact.clone())
        });
        Ok(released.unwrap_or(Released::Missing))
    }

    async fn resolve_contact(
        &self,
        id: &ContactId,
        by: &Resolver,
        at: Timestamp,
    ) -> StoreResult<Resolved> {
        self.work().await?;
        let resolved = self.change(id, |contact| {
            if contact.status == ContactStatus::Resolved {
                return Resolved::Before(contact.clone());
            }
            contact.status = ContactStatus::Resolved;
            contact.resolved_at = Some(at);
            contact.resolved_by = Some(by.clone());
            Resolved::Now(contact.clone())
        });
        Ok(resolved.unwrap_or(Resolved::Missing))
    }

    async fn delete_contact(&self, id: &ContactId) -> StoreResult<bool> {
        self.work().await?;
        let mut contacts = self.contacts.lock().unwrap();
        let before = contacts.len();
        contacts.retain(|one| one.id != *id);
        Ok(contacts.len() < before)
    }

    async fn contacts_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Contact>> {
        self.work().await?;
        let due = |one: &Contact| one.status == ContactStatus::Pending && one.assign_at <= now;
        let mut due = self.select(due);
        due.sort_by_key(|one| (Reverse(one.priority), one.submitted_at));
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn put_off_contact(&self, id: &ContactId, until: Timestamp) -> StoreResult<()> {
        self.work().await?;
        self.put_off.fetch_add(1, Ordering::Relaxed);
        self.change(id, |contact| contact.assign_at = until);
        Ok(())
    }

    async fn chats_of(&self, admin: &UserId) -> StoreResult<Vec<Contact>> {
        self.work().await?;
        let theirs = |one: &Contact| one.assigned_admin.as_ref().is_some_and(|a| a.id == *admin);
        Ok(self.select(|one| one.status == ContactStatus::InProgress && theirs(one)))
    }

    async fn open_chats(&self) -> StoreResult<Vec<(UserId, u64)>> {
        self.work().await?;
        let mut open: Vec<(UserId, u64)> = Vec::new();
        for contact in self.select(|one| one.status == ContactStatus::InProgress) {
            let Some(Assigned { id, .. }) = contact.assigned_admin else { continue };
            match open.iter_mut().find(|(admin, _)| *admin == id) {
                Some((_, chats)) => *chats += 1,
                None => open.push((id, 1)),
            }
        }
        Ok(open)
    }

    async fn add_support_message(
        &self,
        id: String,
        said: NewSupportMessage,
        at: Timestamp,
    ) -> StoreResult<SupportMessage> {
        self.work().await?;
        let message = SupportMessage { id, said, at };
        self.messages.lock().unwrap().push(message.clone());
        self.answer().await;
        Ok(message)
    }

    async fn support_messages(
        &self,
        contact: &ContactId,
        limit: u32,
    ) -> StoreResult<Vec<SupportMessage>> {
        self.work().await?;
        let mut found = self.messages();
        found.retain(|message| message.said.contact == *contact);
        found.drain(..found.len().saturating_sub(limit as usize));
        Ok(found)
    }

    async fn support_counts(&self) -> StoreResult<SupportCounts> {
        self.counted.fetch_add(1, Ordering::Relaxed);
        self.work().await?;
        let of = |status| self.select(|one| one.status == status).len() as u64;
        Ok(SupportCounts {
            total: self.all().len() as u64,
            pending: of(ContactStatus::Pending),
            in_progress: of(ContactStatus::InProgress),
            messages: self.messages().len() as u64,
            resolved: of(ContactStatus::Resolved),
            average_response_ms: 7,
        })
    }
}
