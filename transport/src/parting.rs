//! Ending one connection in good order: what waits for it is written, and its client comes back by itself.
//!
//! A websocket is closed behind what waits for it. A polling client is told when it asks and nothing is there for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::{Link, engine::Engine};

/// What is queued has so long to be taken.
const TAKEN: Duration = Duration::from_secs(1);
/// A kernel that has taken nothing for so long takes nothing more.
const QUIET: Duration = Duration::from_millis(300);
/// A websocket has so long to close once all is said.
const CLOSING: Duration = Duration::from_millis(500);
/// Between two looks, at first.
const SHORTEST: Duration = Duration::from_millis(2);
/// And at most.
const LONGEST: Duration = Duration::from_millis(20);

/// A connection's end, as polls see it.
#[derive(Default)]
pub(crate) struct End {
    announced: AtomicBool,
    told: AtomicBool,
    polls: Notify,
}

impl End {
    /// From now on a poll with nothing to tell is told of the end.
    pub(crate) fn announce(&self) {
        self.announced.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether the process ends it, or has ended it, in good order.
    pub(crate) fn is_announced(&self) -> bool {
        self.announced.load(Ordering::Acquire)
    }

    /// A poll is answered with the end.
    pub(crate) fn tell(&self) {
        self.told.store(true, Ordering::Release);
    }

    fn is_told(&self) -> bool {
        self.told.load(Ordering::Acquire)
    }

    /// Polls that wait look again.
    pub(crate) fn wake(&self) {
        self.polls.notify_waiters();
    }
}

impl Engine {
    /// Resolves when it is ended, in whatever way.
    pub(crate) async fn ends(&self) {
        let woken = self.end.polls.notified();
        tokio::pin!(woken);
        // Registered before looking, or an end in between would be missed.
        woken.as_mut().enable();
        if !self.is_killed() && !self.end.is_announced() {
            woken.await;
        }
    }

    /// Ends it in good order, within about a second and a half.
    pub(crate) async fn part(&self) {
        self.end.announce();
        if self.is_gone() {
            return;
        }
        let link = &self.link;
        if link.is_polling() {
            until(Instant::now() + TAKEN, || self.end.is_told()).await;
            return;
        }
        if self.taken(link).await {
            link.part();
            until(Instant::now() + CLOSING, || link.is_closed()).await;
        }
        self.kill();
    }

    /// Whether the kernel takes what is queued for a websocket in time.
    async fn taken(&self, link: &Arc<Link>) -> bool {
        let (mut waiting, mut since) = (link.waiting(), Instant::now());
        until(since + TAKEN, || {
            if link.waiting() != waiting {
                (waiting, since) = (link.waiting(), Instant::now());
            }
            waiting == 0 || link.is_closed() || (link.is_stalled() && since.elapsed() > QUIET)
        })
        .await;
        !link.is_stalled()
    }
}

/// Looks until it is so, or too late.
async fn until(late: Instant, mut done: impl FnMut() -> bool) {
    let mut pause = SHORTEST;
    while !done() && Instant::now() < late {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}
