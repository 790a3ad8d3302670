//! Following messages and figures: a socket is told how things stand, and from then on what changes.

use std::collections::BTreeSet;

use outrigger_domain::{
    ids::{ChatId, RecipientId, TrackedId, UserId},
    tracking::{AnalyticsKind, Found, MOST_RECIPIENTS_SHOWN, Tracked},
};
use outrigger_transport::{Conn, Frame, JoinRefused, Room};

use super::{
    arguments::TrackingTracked,
    desk::{TrackingDesk, failed},
    followed::TooMany,
    outbound::analytics,
    rooms::can_be_tracked,
    texts::{self, Fault},
    wire::{TrackingMessageUpdate, TrackingRecipientUpdate, name},
};
use crate::{
    audience::{analytics_room, chat_room, tracked_room},
    contract::{Call, frame},
};

/// Readings of what changes while it is told, before nobody else may tell of it for a moment.
const MOST_READINGS: usize = 5;
/// Changes that are told while others have to wait.
const FEW: u32 = 32;
/// Frames sent without waiting for the connection to have taken them; a connection's queue has room for more.
const BURST_FRAMES: usize = 32;

/// What a socket was told of a message so far.
#[derive(Default)]
struct Told {
    message: Option<Box<Tracked>>,
    recipients: BTreeSet<RecipientId>,
}

impl Told {
    /// Changes of recipients since.
    fn behind(&self, now: &Tracked) -> u64 {
        let known = self.message.as_ref().map_or(0, |message| message.revision);
        now.revision.saturating_sub(known)
    }
}

impl TrackingDesk {
    /// Follows a message of this user: first its state.
    pub(super) async fn track(
        &self,
        call: &Call<'_>,
        id: &TrackedId,
    ) -> Result<TrackingTracked, Fault> {
        let user = &call.actor.user;
        if !self.may_track(user, id).await? {
            return Err(texts::NOT_YOUR_MESSAGE);
        }
        let followed = call.standing.followed();
        let new = followed.track(id).map_err(|TooMany| texts::TOO_MANY_TRACKED)?;
        let told = match self.join(call.conn, tracked_room(user, id)) {
            Ok(()) => self.tell_state(call.conn, user, id).await,
            Err(refused) => Err(refused),
        };
        // What was refused is not followed either.
        if told.is_err() && new {
            self.untrack(call, id);
        }
        told
    }

    /// Follows it no longer.
    pub(super) fn untrack(&self, call: &Call<'_>, id: &TrackedId) {
        let room = tracked_room(&call.actor.user, id);
        self.shared().parts().hub.leave(call.conn.key(), &room);
        call.standing.followed().untrack(id);
    }

    /// Nobody learns whether somebody else has a message of that name: where unknown ones can be tracked, theirs can too,
    /// in a room in which nothing is ever said.
    async fn may_track(&self, user: &UserId, id: &TrackedId) -> Result<bool, Fault> {
        if !can_be_tracked(id) {
            return Ok(false);
        }
        let found = self.0.tracking.find(user, id).await.map_err(failed(name::TRACK_MESSAGE))?;
        Ok(match found {
            Found::Yes(_) => true,
            Found::NotYours | Found::Unknown => self.0.track_unknown,
        })
    }

    /// Tells one socket how a message stands. That takes a while, and what changes meanwhile may reach the socket before
    /// what was read of it: so it is read again and told anew, the last of it in a turn of our own.
    async fn tell_state(
        &self,
        conn: &Conn,
        user: &UserId,
        id: &TrackedId,
    ) -> Result<TrackingTracked, Fault> {
        let mut told = Told::default();
        for _ in 0..MOST_READINGS {
            let Some(now) = self.read(user, id).await? else { break };
            if told.behind(&now) <= FEW.into() {
                break;
            }
            let changes = self.changes(now, MOST_RECIPIENTS_SHOWN, &mut told).await?;
            if !send_paced(conn, &changes).await {
                break;
            }
        }
        // With room for them nobody has to wait until this connection has taken what it is told.
        if conn.room(0).await {
            let _turn = self.0.progress.turn(id).await;
            if let Some(now) = self.read(user, id).await?
                && told.message.as_ref() != Some(&now)
            {
                let changes = self.changes(now, FEW, &mut told).await?;
                for frame in &changes {
                    conn.send(frame);
                }
            }
        }
        Ok(TrackingTracked {
            success: true,
            total_recipients: told.message.as_ref().map_or(0, |message| message.total_recipients()),
            recipients_shown: told.recipients.len(),
        })
    }

    async fn read(&self, user: &UserId, id: &TrackedId) -> Result<Option<Box<Tracked>>, Fault> {
        let found = self.0.tracking.find(user, id).await.map_err(failed(name::TRACK_MESSAGE))?;
        Ok(match found {
            Found::Yes(now) => Some(now),
            Found::NotYours | Found::Unknown => None,
        })
    }

    /// The message as it is now, then at most so many of the recipients that changed since it was told; the others changed
    /// while it was told, and are told to everyone alike.
    async fn changes(
        &self,
        now: Box<Tracked>,
        most: u32,
        told: &mut Told,
    ) -> Result<Vec<Frame>, Fault> {
        let most = u32::try_from(told.behind(&now)).unwrap_or(u32::MAX).min(most);
        let latest = match most {
            0 => Vec::new(),
            most => {
                let latest = self.0.tracking.latest_recipients(&now, most).await;
                latest.map_err(failed(name::TRACK_MESSAGE))?
            }
        };
        let message = frame(&TrackingMessageUpdate::from(&*now));
        let recipients = latest.iter().map(|one| frame(&TrackingRecipientUpdate::from(one)));
        let frames = [message].into_iter().chain(recipients).flatten().collect();
        told.recipients.extend(latest.into_iter().map(|recipient| recipient.id));
        told.message = Some(now);
        Ok(frames)
    }

    /// Follows the figures of this user: first all of them as they are.
    pub(super) async fn subscribe(&self, call: &Call<'_>) -> Result<(), Fault> {
        let user = &call.actor.user;
        self.join(call.conn, analytics_room(user))?;
        let new = call.standing.followed().want_analytics(true);
        if new {
            self.0.figures.subscribed(user);
        }
        let told = self.tell_figures(call.conn, user).await;
        // What was refused is not followed either.
        if told.is_err() && new {
            self.unsubscribe(call);
        }
        told
    }

    /// Tells one socket all figures of this user, in a turn of our own: nobody else tells others meanwhile.
    async fn tell_figures(&self, conn: &Conn, user: &UserId) -> Result<(), Fault> {
        let _turn = self.0.figures.turn(user).await;
        for kind in AnalyticsKind::ALL {
            let figures = self.0.figures.of(Some(user), kind).await;
            let figures = figures.map_err(failed(name::SUBSCRIBE_ANALYTICS))?;
            if let Some(frame) = analytics(&figures) {
                conn.send(&frame);
            }
        }
        Ok(())
    }

    /// Follows them no longer.
    pub(super) fn unsubscribe(&self, call: &Call<'_>) {
        let user = &call.actor.user;
        self.shared().parts().hub.leave(call.conn.key(), &analytics_room(user));
        if call.standing.followed().want_analytics(false) {
            self.0.figures.unsubscribed(user);
        }
    }

    fn join(&self, conn: &Conn, room: Room) -> Result<(), Fault> {
        self.shared().parts().hub.join(conn.key(), room).map_err(|refused| match refused {
            JoinRefused::TooMany => texts::TOO_MANY_ROOMS,
            JoinRefused::BadName => texts::NOT_YOUR_ROOM,
            // Nobody is there to hear it.
            JoinRefused::Gone => texts::INTERNAL,
        })
    }

    /// Takes a socket out of a room of the app.
    pub(super) fn leave(&self, call: &Call<'_>, chat: &ChatId) {
        self.shared().parts().hub.leave(call.conn.key(), &chat_room(chat));
        call.standing.followed().leave(chat);
    }
}

/// Sends as fast as the connection takes it; `false` if the socket is gone.
async fn send_paced(conn: &Conn, frames: &[Frame]) -> bool {
    for burst in frames.chunks(BURST_FRAMES) {
        if !conn.room(0).await || !burst.iter().all(|frame| conn.send(frame)) {
            return false;
        }
    }
    true
}
