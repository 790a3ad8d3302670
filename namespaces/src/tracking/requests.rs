//! The events that clients send, one method each (`contracts/tracking.md` section 2).

use outrigger_domain::ids::{ChatId, NotificationId, TrackedId};
use outrigger_transport::Reply;

use super::{
    arguments::{
        TrackingOneMessage, TrackingOneNotification, TrackingOneRoom, TrackingRoomsAck,
        TrackingTrackAck, done, read,
    },
    desk::{TrackingDesk, failed},
    rooms::RoomName,
    texts::{self, Fault},
    wire::{TrackingPong, name},
};
use crate::{
    contract::Call,
    rooms::{NotJoined, desk::send},
};

/// The room that the argument names.
fn room(call: &Call<'_>) -> Result<(String, RoomName), Fault> {
    let name = read::<TrackingOneRoom>(&call.args).ok_or(texts::NO_ROOM_NAME)?;
    let room = RoomName::read(&name, &call.actor.user);
    Ok((name, room))
}

/// The message that the argument names; a message with an impossible id is nobody's.
fn message(call: &Call<'_>) -> Result<TrackedId, Fault> {
    let id = read::<TrackingOneMessage>(&call.args).ok_or(texts::NO_MESSAGE_ID)?;
    TrackedId::new(id).map_err(|_| texts::NOT_YOUR_MESSAGE)
}

impl TrackingDesk {
    /// `join_room`. A room of this contract brings what its own event brings.
    pub(super) async fn join_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        match room(&call)? {
            (_, RoomName::Own) => {}
            (_, RoomName::Analytics) => self.subscribe(&call).await?,
            (_, RoomName::Message(id)) => {
                self.track(&call, &id).await?;
            }
            (name, RoomName::Granted(chat)) => self.enter(&call, &chat, &name).await?,
            (_, RoomName::Foreign) => return Err(texts::NOT_YOUR_ROOM),
        }
        Ok(done())
    }

    /// `leave_room`. Nobody is in a room of somebody else.
    pub(super) async fn leave_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        match room(&call)? {
            (_, RoomName::Own) => return Err(texts::YOUR_OWN_ROOM),
            (_, RoomName::Analytics) => self.unsubscribe(&call),
            (_, RoomName::Message(id)) => self.untrack(&call, &id),
            (_, RoomName::Granted(chat)) => self.leave(&call, &chat),
            (_, RoomName::Foreign) => {}
        }
        Ok(done())
    }

    /// `get_rooms`.
    pub(super) async fn get_rooms(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let rooms = call.standing.followed().rooms(&call.actor.user);
        Ok(Reply::json(&TrackingRoomsAck::Rooms(rooms)))
    }

    /// `subscribe_analytics`.
    pub(super) async fn subscribe_analytics(&self, call: Call<'_>) -> Result<Reply, Fault> {
        self.subscribe(&call).await?;
        Ok(done())
    }

    /// `unsubscribe_analytics`.
    pub(super) async fn unsubscribe_analytics(&self, call: Call<'_>) -> Result<Reply, Fault> {
        self.unsubscribe(&call);
        Ok(done())
    }

    /// `track_message`.
    pub(super) async fn track_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = message(&call)?;
        let tracked = self.track(&call, &id).await?;
        Ok(Reply::json(&TrackingTrackAck::Tracked(tracked)))
    }

    /// `untrack_message`.
    pub(super) async fn untrack_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = message(&call)?;
        self.untrack(&call, &id);
        Ok(done())
    }

    /// `mark_notification_read`.
    pub(super) async fn mark_notification_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = read::<TrackingOneNotification>(&call.args).ok_or(texts::NO_NOTIFICATION_ID)?;
        let id = NotificationId::new(id).map_err(|_| texts::NO_NOTIFICATION)?;
        let marked = self
            .0
            .notifications
            .mark_read(&call.actor.user, None, Some(&id))
            .await
            .map_err(failed(name::MARK_NOTIFICATION_READ))?;
        if marked.found { Ok(done()) } else { Err(texts::NO_NOTIFICATION) }
    }

    /// `ping` of a client.
    pub(super) async fn ping(&self, call: Call<'_>) -> Result<Reply, Fault> {
        send(call.conn, &TrackingPong { timestamp: self.now() });
        Ok(done())
    }

    /// `pong`: the client is alive, as whoever asked can see from the count.
    pub(super) async fn pong(&self, _call: Call<'_>) -> Result<Reply, Fault> {
        metrics::counter!("outrigger_tracking_pongs_total").increment(1);
        Ok(done())
    }

    /// Lets a socket into a room that the app gave its user.
    async fn enter(&self, call: &Call<'_>, chat: &ChatId, name: &str) -> Result<(), Fault> {
        let followed = call.standing.followed();
        // Noted first: a membership that ends meanwhile is then forgotten, not remembered.
        let new = followed.enter(chat, name);
        let joined = self.shared().join(call.conn, &call.actor, chat).await;
        joined.map_err(|refused| {
            if new || refused == NotJoined::NotAMember {
                followed.leave(chat);
            }
            match refused {
                NotJoined::NotAMember | NotJoined::BadName => texts::NOT_YOUR_ROOM,
                NotJoined::TooMany => texts::TOO_MANY_ROOMS,
                NotJoined::Failed | NotJoined::Gone => texts::INTERNAL,
            }
        })
    }
}
