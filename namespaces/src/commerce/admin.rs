//! What admins do (`contracts/commerce.md` section 2, `admin:*`).

use outrigger_domain::{
    commerce::{Priority, RoomName},
    events::Audience,
    ids::UserId,
    outreach::{Keeping, OutreachError},
};
use outrigger_transport::Reply;
use serde_json::{Value, json, value::RawValue};

use super::{
    CONTRACT,
    answers::{CommerceCounted, CommerceListedUser, CommerceListedUsers, done},
    arguments::{
        CommerceBroadcast, CommerceDisconnectUser, CommerceSystemNotification, optional_text, read,
        required, text,
    },
    desk::{CommerceDesk, broken},
    forwarding::check_size,
    texts::{self, Fault},
    wire::{CommerceConnectionStats, name},
};
use crate::{contract::Call, resume};

/// Users that are listed.
const MOST_LISTED: usize = 1_000;

impl CommerceDesk {
    /// `admin:broadcast`.
    pub(super) async fn broadcast(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceBroadcast = read(&call.args);
        required(&said.event, "event").map_err(|_| Fault::NoEventName)?;
        let event = text(&said.event, "event")?;
        // Names by which clients keep their place in the feed: who says them moves that place.
        if resume::NAMES.contains(&event.as_str()) {
            return Err(Fault::mistyped("event"));
        }
        let audience = match optional_text(&said.room, "room")? {
            None => Audience::All,
            Some(room) => RoomName::read(&room).ok_or_else(|| Fault::mistyped("room"))?.audience(),
        };
        let payload = said.payload.unwrap_or_else(|| RawValue::NULL.to_owned());
        let contract = Some(CONTRACT.to_owned());
        let sent = self
            .services()
            .outreach
            .send(audience, &event, payload, contract, None, Keeping::Passing)
            .await;
        match sent {
            Ok(_) => Ok(done()),
            Err(OutreachError::BadName | OutreachError::ReservedName) => {
                Err(Fault::mistyped("event"))
            }
            Err(OutreachError::TooLarge) => Err(texts::TOO_LARGE),
            // Nothing of it is kept.
            Err(OutreachError::NotForUsers) => Err(Fault::Internal),
            Err(OutreachError::Store(error)) => Err(broken(name::ADMIN_BROADCAST)(error)),
        }
    }

    /// `admin:stats`.
    pub(super) fn stats(&self) -> Reply {
        let stats = self.services().crowd.stats(self.now());
        let data = CommerceConnectionStats::from(&stats);
        Reply::json(&CommerceCounted { success: true, data })
    }

    /// `admin:user_list`.
    pub(super) fn user_list(&self) -> Reply {
        let listed = self.services().crowd.list(MOST_LISTED);
        let data = listed.into_iter().map(CommerceListedUser::from).collect();
        Reply::json(&CommerceListedUsers { success: true, data })
    }

    /// `admin:force_disconnect` and `admin:disconnect_user`.
    pub(super) async fn force_disconnect(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceDisconnectUser = read(&call.args);
        let user = text(&said.user_id, "userId")?;
        let reason = text(&said.reason, "reason")?;
        check_size(&call.args)?;
        if user == call.actor.user.as_str() {
            return Err(texts::YOURSELF);
        }
        // Nobody of an impossible id is connected.
        let user = UserId::new(user).map_err(|_| texts::NOT_CONNECTED)?;
        let by = Some(&call.actor.user);
        match self.services().market.disconnect(by, &user, &reason).await {
            0 => Err(texts::NOT_CONNECTED),
            _ => Ok(done()),
        }
    }

    /// `admin:system_notification`.
    pub(super) async fn system_notification(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceSystemNotification = read(&call.args);
        let title = text(&said.title, "title")?;
        let message = text(&said.message, "message")?;
        let priority = optional_text(&said.priority, "priority")?;
        check_size(&call.args)?;
        let priority = Priority::of(Some(&json!({ "priority": priority.map(Value::from) })));
        let announced = self.services().market.announce(title, message, priority).await;
        announced.map_err(broken(name::ADMIN_SYSTEM_NOTIFICATION))?;
        Ok(done())
    }
}
