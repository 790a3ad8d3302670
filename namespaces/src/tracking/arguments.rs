//! What clients of this contract send, and how they are answered (`contracts/tracking.md` section 2): bare strings, or
//! objects that name them.

use outrigger_transport::{Args, Reply};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ts_rs::TS;

/// Argument of `join_room` and `leave_room`.
#[derive(Debug, Deserialize, TS)]
#[serde(untagged)]
pub enum TrackingOneRoom {
    /// As documented.
    Bare(String),
    /// As some clients do.
    RoomId {
        /// The room's name.
        #[serde(rename = "roomId")]
        id: String,
    },
    /// As others do.
    RoomName {
        /// The room's name.
        #[serde(rename = "roomName")]
        id: String,
    },
    /// As others do.
    Room {
        /// The room's name.
        #[serde(rename = "room")]
        id: String,
    },
}

/// Argument of `track_message` and `untrack_message`.
#[derive(Debug, Deserialize, TS)]
#[serde(untagged)]
pub enum TrackingOneMessage {
    /// As documented.
    Bare(String),
    /// As some clients do.
    Named {
        /// The app's id.
        #[serde(rename = "messageId")]
        id: String,
    },
}

/// Argument of `mark_notification_read`.
#[derive(Debug, Deserialize, TS)]
#[serde(untagged)]
pub enum TrackingOneNotification {
    /// As documented.
    Bare(String),
    /// As some clients do.
    Named {
        /// Its id.
        #[serde(rename = "notificationId")]
        id: String,
    },
}

/// An argument that is one name.
pub(super) trait OneName: DeserializeOwned {
    /// The name.
    fn name(self) -> String;
}

impl OneName for TrackingOneRoom {
    fn name(self) -> String {
        match self {
            Self::Bare(name)
            | Self::RoomId { id: name }
            | Self::RoomName { id: name }
            | Self::Room { id: name } => name,
        }
    }
}

impl OneName for TrackingOneMessage {
    fn name(self) -> String {
        match self {
            Self::Bare(name) | Self::Named { id: name } => name,
        }
    }
}

impl OneName for TrackingOneNotification {
    fn name(self) -> String {
        match self {
            Self::Bare(name) | Self::Named { id: name } => name,
        }
    }
}

/// The name that the argument is or holds; nothing if it is blank or of another type.
pub(super) fn read<T: OneName>(args: &Args) -> Option<String> {
    args.first::<T>().ok().map(T::name).filter(|name| !name.trim().is_empty())
}

/// Acknowledges what was done.
#[derive(Serialize, TS)]
pub struct TrackingDone {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
}

/// Acknowledges what was not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrackingRefused {
    /// Why.
    pub error: &'static str,
    /// When it may be tried again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
}

/// Acknowledges that a message is tracked.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrackingTracked {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// How many it goes to.
    pub total_recipients: u64,
    /// Those of them that this socket was told of now, those that changed last; REST has all.
    pub recipients_shown: usize,
}

/// Whether something was done.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum TrackingAck {
    /// It was.
    Done(TrackingDone),
    /// It was not.
    Refused(TrackingRefused),
}

/// Acknowledgement of `track_message`.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum TrackingTrackAck {
    /// It is tracked.
    Tracked(TrackingTracked),
    /// It is not.
    #[expect(dead_code, reason = "a half of the type for clients; all refusals are encoded alike")]
    Refused(TrackingRefused),
}

/// Acknowledgement of `get_rooms`.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum TrackingRoomsAck {
    /// Their names.
    Rooms(Vec<String>),
    /// It was asked too often.
    #[expect(dead_code, reason = "a half of the type for clients; all refusals are encoded alike")]
    Refused(TrackingRefused),
}

/// It was done.
pub(super) fn done() -> Reply {
    Reply::json(&TrackingAck::Done(TrackingDone { success: true }))
}

/// It was not.
pub(super) fn refused(error: &'static str, retry_after: Option<u64>) -> Reply {
    Reply::json(&TrackingAck::Refused(TrackingRefused { error, retry_after }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn name<T: OneName>(value: Value) -> Option<String> {
        serde_json::from_value::<T>(value).ok().map(T::name)
    }

    #[test]
    fn a_name_is_taken_bare_and_in_an_object() {
        for value in [
            json!("r"),
            json!({ "roomId": "r" }),
            json!({ "roomName": "r", "more": 1 }),
            json!({ "room": "r" }),
        ] {
            assert_eq!(name::<TrackingOneRoom>(value).as_deref(), Some("r"));
        }
        assert_eq!(name::<TrackingOneMessage>(json!({ "messageId": "m" })).as_deref(), Some("m"));
        let notification = json!({ "notificationId": "n" });
        assert_eq!(name::<TrackingOneNotification>(notification).as_deref(), Some("n"));
        for value in [json!({}), json!({ "messageId": 1 }), json!(1), json!(true)] {
            assert_eq!(name::<TrackingOneMessage>(value), None);
        }
    }

    #[test]
    fn answers_are_worded_as_in_the_contract() {
        let said = |reply| {
            let Reply::Value(value) = reply else { panic!("{reply:?}") };
            value
        };
        assert_eq!(said(done()), r#"{"success":true}"#);
        assert_eq!(said(refused("no", None)), r#"{"error":"no"}"#);
        assert_eq!(said(refused("no", Some(7))), r#"{"error":"no","retryAfter":7}"#);
    }

    proptest! {
        #[test]
        fn any_string_is_a_name(text in any::<String>()) {
            prop_assert_eq!(name::<TrackingOneRoom>(text.clone().into()), Some(text));
        }
    }
}
