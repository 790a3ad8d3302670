//! Telling one socket what it missed.

use std::{future::Future, sync::Arc, time::Duration};

use outrigger_domain::{
    actor::Actor,
    events::{Audience, DomainEvent, Published},
    feed::{Asked, Fed, Part, ResetReason, Start},
    ids::ChatId,
    messaging::Recipient,
    ports::StoreError,
};
use outrigger_transport::{Conn, Frame};
use tokio::time::{Instant, sleep};
use tracing::{debug, warn};

use super::{
    Gate, Rejoin, ResumeParts,
    wire::{Reset, Resume},
};
use crate::{
    audience::leaves_out,
    contract::{Voice, frame},
};

/// A store that cannot be read for so long ends the connection: the client comes back and asks again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to read it.
const PAUSE: Duration = Duration::from_millis(250);
/// Frames sent without waiting for the connection to have taken them; a connection's queue has room for more.
const BURST_FRAMES: usize = 32;
/// Bytes of them.
const BURST_BYTES: usize = 64 << 10;

/// One socket's taking up of its feed.
pub(super) struct Replay<'a> {
    pub(super) conn: &'a Arc<Conn>,
    pub(super) actor: &'a Actor,
    pub(super) gate: &'a Gate,
    pub(super) voice: &'a dyn Voice,
    pub(super) rooms: &'a dyn Rejoin,
    pub(super) parts: &'a ResumeParts,
}

/// How far it has come.
struct Progress {
    at: u64,
    missed: u64,
    burst: (usize, usize),
}

/// Chats that the socket is in again.
#[derive(Default)]
struct Joined {
    /// As its client names them.
    named: Vec<ChatId>,
    /// As they are.
    chats: Vec<ChatId>,
}

/// How much of what there was is told.
enum Told {
    /// All, when the store was read.
    All,
    /// There is more.
    Part,
    /// What comes next is gone.
    Gap,
}

impl Progress {
    fn at(seq: u64) -> Self {
        Self { at: seq, missed: 0, burst: (0, 0) }
    }
}

/// It cannot go on; the connection is gone, or is now.
struct Broken;

impl Replay<'_> {
    /// Runs until the gate is open or the connection gone.
    pub(super) async fn run(&self) {
        let outcome = self.try_run().await.unwrap_or("broken");
        metrics::counter!("outrigger_resumes_total", "outcome" => outcome).increment(1);
    }

    async fn try_run(&self) -> Result<&'static str, Broken> {
        // Before anything is read: from now on messages of the chats come to the gate.
        let chats = self.join_chats().await?;
        let user = &self.actor.user;
        let asked = &self.gate.asked;
        let (start, head) = match self.gate.start {
            Some(start) => start,
            None => self.insist(|| self.parts.feed.start(user, asked)).await?,
        };
        match start {
            Start::Behind(from) => {
                let feed = self.parts.feed.name(user);
                let mut progress = Progress::at(from);
                loop {
                    match self.tell_part(&mut progress, &chats).await? {
                        Told::All => {}
                        Told::Part => continue,
                        // What comes next was dropped while it was being read.
                        Told::Gap => return self.begin_anew(&chats).await,
                    }
                    let last = frame(&Resume {
                        recovered: true,
                        from,
                        to: progress.at,
                        feed: feed.clone(),
                        missed: progress.missed,
                        chats: chats.named.clone(),
                    });
                    if self.gate.open(self.conn, progress.at, last.as_ref()) {
                        return Ok("recovered");
                    }
                }
            }
            Start::Now => {
                let resume = Resume {
                    recovered: false,
                    from: head,
                    to: head,
                    feed: self.parts.feed.name(user),
                    missed: 0,
                    chats: chats.named.clone(),
                };
                self.go_live(frame(&resume), head, &chats).await?;
                Ok("fresh")
            }
            Start::Reset(reason) => {
                self.reset(reason, head, &chats).await?;
                Ok("reset")
            }
        }
    }

    async fn begin_anew(&self, chats: &Joined) -> Result<&'static str, Broken> {
        let from_now = Asked::FromNow { chats: Vec::new() };
        let user = &self.actor.user;
        let (_, head) = self.insist(|| self.parts.feed.start(user, &from_now)).await?;
        self.reset(ResetReason::Expired, head, chats).await?;
        Ok("reset")
    }

    async fn reset(&self, reason: ResetReason, head: u64, chats: &Joined) -> Result<(), Broken> {
        debug!(user = %self.actor.user, ?reason, "a client begins anew");
        let reset = Reset { reason, to: head, feed: self.parts.feed.name(&self.actor.user) };
        self.go_live(frame(&reset), head, chats).await
    }

    /// Says where the client is, then tells what came since until nothing is left.
    async fn go_live(&self, said: Option<Frame>, head: u64, chats: &Joined) -> Result<(), Broken> {
        if let Some(said) = said {
            self.conn.send(&said);
        }
        let mut progress = Progress::at(head);
        loop {
            // Read at least once since the socket is in its rooms: what was published before that came to no gate.
            match self.tell_part(&mut progress, chats).await? {
                Told::All => {}
                Told::Part => continue,
                Told::Gap => {
                    // The client was told that it has everything from `head` on.
                    self.conn.cut();
                    return Err(Broken);
                }
            }
            if self.gate.open(self.conn, progress.at, None) {
                return Ok(());
            }
        }
    }

    /// Reads a part behind where it is, and sends it.
    async fn tell_part(&self, progress: &mut Progress, chats: &Joined) -> Result<Told, Broken> {
        let (user, after) = (&self.actor.user, progress.at);
        match self.insist(|| self.parts.feed.read(user, after)).await? {
            Part::Expired => Ok(Told::Gap),
            Part::Events { events, more } => {
                for fed in &events {
                    self.tell(fed, progress, chats).await?;
                }
                Ok(if more { Told::Part } else { Told::All })
            }
        }
    }

    async fn tell(&self, fed: &Fed, progress: &mut Progress, chats: &Joined) -> Result<(), Broken> {
        progress.at = fed.seq;
        let Some(published) = fed.event.as_ref().filter(|event| self.is_for_us(event, chats))
        else {
            return Ok(());
        };
        let frames = self.voice.render(self.conn.namespace(), published);
        let Some((last, before)) = frames.split_last() else { return Ok(()) };
        // One event may have more frames than the queue has room for, and would never be through with all at once.
        for frame in before {
            self.pace(frame, progress).await?;
            if !self.conn.send(frame) {
                return Err(Broken);
            }
        }
        self.pace(last, progress).await?;
        if !self.conn.send_marked(last, fed.seq) {
            return Err(Broken);
        }
        progress.missed += 1;
        metrics::counter!("outrigger_replayed_events_total").increment(1);
        if let (DomainEvent::MessageReceived(message), Some(deliveries)) =
            (&published.event, &self.parts.deliveries)
        {
            deliveries.note(message);
        }
        Ok(())
    }

    /// Waits before this frame if enough was sent without looking whether the connection takes it.
    async fn pace(&self, frame: &Frame, progress: &mut Progress) -> Result<(), Broken> {
        let bytes = frame.bytes();
        if progress.burst.0 >= BURST_FRAMES || progress.burst.1 + bytes > BURST_BYTES {
            if !self.conn.room(0).await {
                return Err(Broken);
            }
            progress.burst = (0, 0);
        }
        progress.burst.0 += 1;
        progress.burst.1 += bytes;
        Ok(())
    }

    /// Not what this very device did, nor what its contract tells others only, and of chats only those the socket is in.
    fn is_for_us(&self, published: &Published, joined: &Joined) -> bool {
        if let Audience::OtherDevices(_, device) = &published.audience
            && *device == self.actor.device
        {
            return false;
        }
        let narrowed = self.voice.narrowed(published);
        if narrowed.is_some_and(|narrowed| leaves_out(&narrowed, &self.actor.user)) {
            return false;
        }
        let DomainEvent::ChatMessage(message) = &published.event else { return true };
        matches!(&message.recipient, Recipient::Chat(chat) if joined.chats.contains(chat))
    }

    /// Lets the socket into the chats it was in, if it still may be there.
    async fn join_chats(&self) -> Result<Joined, Broken> {
        let mut joined = Joined::default();
        for named in self.gate.asked.chats() {
            let chat = self.insist(|| self.rooms.rejoin(self.conn, self.actor, named)).await?;
            if let Some(chat) = chat
                && !joined.chats.contains(&chat)
            {
                joined.named.push(named.clone());
                joined.chats.push(chat);
            }
        }
        Ok(joined)
    }

    /// Asks the store until it answers. If it does not for too long the connection ends: telling the client that
    /// it has missed something would be as wrong as telling it that it has not.
    async fn insist<T, F>(&self, ask: impl Fn() -> F) -> Result<T, Broken>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let end = Instant::now() + PATIENCE;
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(_) if !self.conn.connected() => return Err(Broken),
                Err(error) if Instant::now() >= end => {
                    warn!(%error, "a feed could not be read; its connection is closed");
                    self.conn.cut();
                    return Err(Broken);
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}
