//! Messages in memory, a clock that moves with the test's timers, and an ear on the bus.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::*;
use crate::{
    events::{Audience, DomainEvent, Published, Reach},
    ids::{DeviceId, RecipientId, TrackedId, UserId},
    notifications::{Notification, Notified},
    paging::{Slice, Sliced},
    ports::{Bus, StoreError, StoreResult, Tells, TrackingStore},
    presence::Presence,
    time::{Clock, Timestamp},
};

type Recipients = BTreeMap<RecipientId, Recipient>;

/// Messages, in memory.
pub(super) struct Memory {
    rows: Mutex<HashMap<TrackedId, (Tracked, Recipients)>>,
    bus: Arc<dyn Bus>,
    pub(super) failing: AtomicBool,
    /// Reads of recipients, and countings of figures.
    pub(super) reads: AtomicUsize,
    /// How long each read and write takes.
    pub(super) slowness: Mutex<Duration>,
}

impl Memory {
    async fn work(&self) -> StoreResult<()> {
        let slowness = *self.slowness.lock().unwrap();
        if !slowness.is_zero() {
            sleep(slowness).await;
        }
        if self.failing.load(Ordering::Relaxed) { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    fn open<T>(
        &self,
        id: &TrackedId,
        owner: &UserId,
        status: TrackedStatus,
        at: Timestamp,
        work: impl FnOnce(&mut Tracked, &mut Recipients) -> T,
    ) -> Option<T> {
        let mut rows = self.rows.lock().unwrap();
        let fresh = || (tracked(id, owner, status, at), BTreeMap::new());
        let (tracked, recipients) = rows.entry(id.clone()).or_insert_with(fresh);
        (tracked.owner == *owner).then(|| work(tracked, recipients))
    }

    /// How a message's recipients are.
    pub(super) fn all(&self, id: &str) -> BTreeMap<RecipientId, RecipientStatus> {
        let rows = self.rows.lock().unwrap();
        let of = rows.get(&message(id)).into_iter().flat_map(|(_, recipients)| recipients.values());
        of.map(|recipient| (recipient.id.clone(), recipient.status)).collect()
    }
}

fn tracked(id: &TrackedId, owner: &UserId, status: TrackedStatus, at: Timestamp) -> Tracked {
    Tracked {
        id: id.clone(),
        owner: owner.clone(),
        status,
        subject: None,
        content: None,
        kind: None,
        template: None,
        total: None,
        counts: Counts::default(),
        reported: (None, None),
        cost: None,
        recipients_cost: None,
        scheduled_at: None,
        sent_at: None,
        created_at: at,
        updated_at: at,
        revision: 0,
    }
}

fn new_recipient(message: &TrackedId, update: &RecipientUpdate, at: Timestamp) -> Recipient {
    Recipient {
        id: update.id.clone(),
        message: message.clone(),
        phone: update.phone.clone().unwrap_or_default(),
        email: None,
        name: None,
        status: update.status,
        error: None,
        cost: None,
        sent_at: None,
        delivered_at: None,
        updated_at: at,
        revision: 0,
    }
}

#[async_trait]
impl TrackingStore for Memory {
    async fn register(&self, new: &Registration, at: Timestamp) -> StoreResult<Registered> {
        self.work().await?;
        let status = new.status.unwrap_or(TrackedStatus::Draft);
        let known = self.open(&new.id, &new.owner, status, at, |tracked, _| {
            tracked.total = new.total.or(tracked.total);
            Arc::new(tracked.clone())
        });
        Ok(known.map_or(Registered::OtherOwner, Registered::Now))
    }

    async fn update_tracked(
        &self,
        update: &MessageUpdate,
        notice: Notification,
        at: Timestamp,
    ) -> StoreResult<Updated> {
        self.work().await?;
        let updated =
            self.open(&update.id, &update.owner, TrackedStatus::Draft, at, |tracked, _| {
                if !tracked.status.leads_to(update.status) {
                    return Updated::Before(Arc::new(tracked.clone()));
                }
                tracked.status = update.status;
                tracked.reported = (update.success, update.failed);
                let notified = Notified { notification: Arc::new(notice), unread: 1 };
                Updated::Now(Arc::new(tracked.clone()), Some(notified), at)
            });
        let updated = updated.unwrap_or(Updated::OtherOwner);
        for told in updated.tells() {
            self.bus.publish(told).await;
        }
        Ok(updated)
    }

    async fn update_recipients(
        &self,
        message: &TrackedId,
        owner: &UserId,
        updates: Vec<RecipientUpdate>,
        at: Timestamp,
    ) -> StoreResult<RecipientsUpdated> {
        self.work().await?;
        let updated =
            self.open(message, owner, TrackedStatus::Sending, at, |tracked, recipients| {
                let mut changed = Vec::new();
                for update in updates {
                    match recipients.get_mut(&update.id) {
                        Some(known) if !known.status.leads_to(update.status) => continue,
                        Some(known) => {
                            *tracked.counts.of_mut(known.status) -= 1;
                            known.status = update.status;
                        }
                        None => {
                            let new = new_recipient(message, &update, at);
                            recipients.insert(update.id.clone(), new);
                        }
                    }
                    *tracked.counts.of_mut(update.status) += 1;
                    tracked.revision += 1;
                    let known = recipients.get_mut(&update.id).unwrap();
                    known.revision = tracked.revision;
                    changed.push(known.clone());
                }
                RecipientsUpdated::Now(Arc::new(tracked.clone()), changed)
            });
        Ok(updated.unwrap_or(RecipientsUpdated::OtherOwner))
    }

    async fn tracked(&self, id: &TrackedId) -> StoreResult<Option<Tracked>> {
        let found = self.rows.lock().unwrap().get(id).map(|(tracked, _)| tracked.clone());
        // By the time it is answered it may be otherwise.
        self.work().await?;
        Ok(found)
    }

    async fn tracked_of(&self, owner: &UserId, slice: Slice) -> StoreResult<Sliced<Tracked>> {
        self.work().await?;
        let rows = self.rows.lock().unwrap();
        let own = rows.values().map(|(tracked, _)| tracked).filter(|one| one.owner == *owner);
        let items: Vec<_> = own.cloned().collect();
        let total = items.len() as u64;
        Ok(Sliced { items: items.into_iter().take(slice.limit as usize).collect(), total })
    }

    async fn recipients_since(
        &self,
        message: &TrackedId,
        revision: u64,
        limit: u32,
    ) -> StoreResult<Vec<Recipient>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.work().await?;
        let rows = self.rows.lock().unwrap();
        let all = rows.get(message).into_iter().flat_map(|(_, recipients)| recipients.values());
        let mut since: Vec<_> = all.filter(|one| one.revision > revision).cloned().collect();
        since.sort_by_key(|one| one.revision);
        since.truncate(limit as usize);
        Ok(since)
    }

    async fn recipients(
        &self,
        message: &TrackedId,
        _: RecipientFilter,
        slice: Slice,
    ) -> StoreResult<Sliced<Recipient>> {
        let items = self.recipients_since(message, 0, slice.limit).await?;
        Ok(Sliced { total: items.len() as u64, items })
    }

    async fn dashboard(&self, owner: Option<&UserId>, _: Timestamp) -> StoreResult<Dashboard> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.work().await?;
        let rows = self.rows.lock().unwrap();
        let seen = rows.values().filter(|(one, _)| owner.is_none_or(|owner| one.owner == *owner));
        Ok(Dashboard { total_messages: seen.count() as u64, ..Dashboard::default() })
    }

    async fn message_stats(&self, owner: Option<&UserId>) -> StoreResult<MessageStats> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.work().await?;
        let rows = self.rows.lock().unwrap();
        let seen = rows.values().filter(|(one, _)| owner.is_none_or(|owner| one.owner == *owner));
        let total_recipients = seen.map(|(one, _)| one.counts.all()).sum();
        Ok(MessageStats { total_recipients, ..MessageStats::default() })
    }

    async fn usage(&self, _: Option<&UserId>, _: Timestamp) -> StoreResult<Usage> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.work().await?;
        Ok(Usage::default())
    }
}

struct Wire(mpsc::UnboundedSender<(Instant, Published)>);

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        event.receipt.answer(Reach { sockets: 2, devices: 1 });
        self.0.send((Instant::now(), event)).unwrap();
    }
}

/// Moves with the timers of the test.
struct Wound(Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

/// Something that was told, and after how many ms.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) ms: u128,
    pub(super) audience: Audience,
    pub(super) event: DomainEvent,
}

/// All of it together, running.
pub(super) struct World {
    pub(super) tracking: Tracking,
    pub(super) progress: Arc<Progress>,
    pub(super) figures: Arc<Figures>,
    pub(super) presence: Arc<Presence>,
    pub(super) memory: Arc<Memory>,
    began: Instant,
    heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

pub(super) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(super) fn message(id: &str) -> TrackedId {
    TrackedId::new(id).unwrap()
}

pub(super) fn recipient(number: usize) -> RecipientId {
    RecipientId::new(format!("r{number:06}")).unwrap()
}

fn device() -> DeviceId {
    DeviceId::new("d").unwrap()
}

pub(super) async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

/// Nothing runs yet.
pub(super) fn still_world() -> World {
    let (sender, heard) = mpsc::unbounded_channel();
    let bus: Arc<dyn Bus> = Arc::new(Wire(sender));
    let began = Instant::now();
    let clock: Arc<dyn Clock> = Arc::new(Wound(began));
    // What presence tells by itself is another matter.
    let (elsewhere, _) = crate::local_bus::LocalBus::new();
    let presence = Arc::new(Presence::new(Arc::new(elsewhere), Arc::clone(&clock)));
    let memory = Arc::new(Memory {
        rows: Mutex::default(),
        bus: Arc::clone(&bus),
        failing: AtomicBool::default(),
        reads: AtomicUsize::default(),
        slowness: Mutex::default(),
    });
    let store: Arc<dyn TrackingStore> = Arc::clone(&memory) as Arc<dyn TrackingStore>;
    let progress = Arc::new(Progress::new(ProgressParts {
        store: Arc::clone(&store),
        presence: Arc::clone(&presence),
        bus: Arc::clone(&bus),
        clock: Arc::clone(&clock),
    }));
    let figures = Arc::new(Figures::new(FiguresParts {
        store: Arc::clone(&store),
        bus: Arc::clone(&bus),
        clock: Arc::clone(&clock),
    }));
    let tracking = Tracking::new(TrackingParts {
        store,
        bus,
        clock,
        ids: Arc::new(crate::naming::Uuids),
        progress: Arc::clone(&progress),
        figures: Arc::clone(&figures),
    });
    World { tracking, progress, figures, presence, memory, began, heard }
}

pub(super) fn world() -> World {
    let world = still_world();
    world.start();
    world
}

impl World {
    pub(super) fn start(&self) {
        let (progress, figures) = (Arc::clone(&self.progress), Arc::clone(&self.figures));
        tokio::spawn(async move { progress.run().await });
        tokio::spawn(async move { figures.run().await });
    }

    pub(super) fn enter(&self, name: &str) {
        self.presence.enter(&user(name), &device());
    }

    pub(super) fn leave(&self, name: &str) {
        self.presence.leave(&user(name), &device());
    }

    /// The recipients of these numbers are so far now; gives how many changed.
    pub(super) async fn come(
        &self,
        owner: &str,
        id: &str,
        numbers: impl IntoIterator<Item = usize>,
        status: RecipientStatus,
    ) -> usize {
        let update = |number: usize| RecipientUpdate {
            id: recipient(number),
            phone: Some(format!("+1555{number:06}")),
            email: None,
            name: None,
            status,
            error: None,
            cost: None,
        };
        let updates = numbers.into_iter().map(update).collect();
        let updated = self.tracking.update_recipients(&message(id), &user(owner), updates).await;
        match updated.unwrap() {
            RecipientsUpdated::Now(_, changed) => changed.len(),
            RecipientsUpdated::OtherOwner => panic!("{id} is not {owner}'s"),
        }
    }

    pub(super) async fn update(&self, owner: &str, id: &str, status: TrackedStatus) -> Updated {
        let (id, owner) = (message(id), user(owner));
        let update =
            MessageUpdate { id, owner, status, success: Some(7), failed: Some(1), cost: None };
        self.tracking.update(&update).await.unwrap()
    }

    /// What was told since it was last asked.
    pub(super) fn heard(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Ok((at, Published { audience, event, .. })) = self.heard.try_recv() {
            heard.push(Heard { ms: at.duration_since(self.began).as_millis(), audience, event });
        }
        heard
    }
}
