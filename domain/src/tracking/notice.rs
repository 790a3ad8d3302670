//! What the owner of a message is told beside a change of its status (`contracts/tracking.md` section 3).

use serde::Serialize;
use tracing::error;

use super::{
    status::TrackedStatus,
    tracked::{MessageUpdate, Tracked},
};
use crate::{accounts::Profile, ids::NotificationId, notifications::Notification, time::Timestamp};

/// The kind of a notification about a message that failed.
pub const MESSAGE_FAILED: &str = "message_failed";

/// The kind of a notification about any other change of a message.
pub const MESSAGE_SENT: &str = "message_sent";

/// The update as clients are shown it, `message_update`; what is not known is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    message_id: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
}

impl<'a> Shown<'a> {
    /// What `update` makes of a message of which so much was known `before`: what is counted is believed over what is said.
    fn new(update: &'a MessageUpdate, before: Option<&Tracked>) -> Self {
        let is_counted = before.is_some_and(|before| before.counts.all() > 0);
        let count = |said: Option<u64>, known: fn(&Tracked) -> Option<u64>| {
            said.filter(|_| !is_counted).or_else(|| before.and_then(known))
        };
        Self {
            message_id: update.id.as_str(),
            status: update.status.as_str(),
            success_count: count(update.success, Tracked::success_count),
            failed_count: count(update.failed, Tracked::failed_count),
            cost: update.cost.or_else(|| before.and_then(Tracked::total_cost)),
        }
    }
}

/// The notification that is stored if `update` changes the status.
pub(super) fn notice(
    id: NotificationId,
    update: &MessageUpdate,
    before: Option<&Tracked>,
    at: Timestamp,
) -> Notification {
    let failed = update.status == TrackedStatus::Failed;
    let data = serde_json::to_value(Shown::new(update, before))
        .inspect_err(|fault| error!(%fault, "an update could not be encoded"));
    Notification {
        id,
        user: update.owner.clone(),
        kind: if failed { MESSAGE_FAILED } else { MESSAGE_SENT }.to_owned(),
        title: "Message Update".to_owned(),
        message: format!("Message {}", update.status.as_str().to_ascii_lowercase()),
        data: data.ok(),
        from: None,
        from_profile: Profile::default(),
        post: None,
        created_at: at,
        read_at: None,
    }
}
