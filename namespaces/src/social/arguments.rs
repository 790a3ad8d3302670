//! What clients of this contract send, and how they are answered (`contracts/social.md` section 2).
//!
//! An argument that is missing or of another type is one with nothing in it: then the contract's own text says what is
//! missing.

use outrigger_transport::{Args, Reply};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::wire::{SUCCESS, SocialAllNotificationsUpdated, SocialMessageSent};

/// Argument of `send_message`.
#[derive(Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialSendMessage {
    /// To whom.
    #[ts(as = "String")]
    pub receiver_id: Option<String>,
    /// 1 to 1,000 characters.
    #[ts(as = "String")]
    pub message: Option<String>,
    /// What the client calls it: the same one again is the same message.
    #[ts(optional)]
    pub client_message_id: Option<String>,
}

/// Argument of `set_status`.
#[derive(Debug, Default, Deserialize, TS)]
pub struct SocialSetStatus {
    /// 1 to 50 characters.
    #[ts(as = "String")]
    pub status: Option<String>,
}

/// Argument of `update_notification_preferences`.
#[derive(Debug, Default, Deserialize, TS)]
pub struct SocialUpdatePreferences {
    /// What changes, name by name.
    #[ts(type = "Record<string, unknown>")]
    pub preferences: Option<Map<String, Value>>,
}

/// An argument that is one id, in an object or bare (`contracts/OVERVIEW.md` section 3).
pub(super) trait OneId: DeserializeOwned {
    /// The id.
    fn id(self) -> String;
}

macro_rules! one_id {
    ($(#[$doc:meta])* $name:ident { $field:literal }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, TS)]
        #[serde(untagged)]
        pub enum $name {
            /// As documented.
            Named {
                /// The id.
                #[serde(rename = $field)]
                id: String,
            },
            /// As some clients do.
            Bare(String),
        }

        impl OneId for $name {
            fn id(self) -> String {
                match self {
                    Self::Named { id } | Self::Bare(id) => id,
                }
            }
        }
    };
}

one_id! {
    /// Argument of `message_read` and `delete_message`.
    SocialOneMessage { "messageId" }
}
one_id! {
    /// Argument of `mark_notification_read` and `delete_notification`.
    SocialOneNotification { "notificationId" }
}
one_id! {
    /// Argument of `typing_start` and `typing_stop`.
    SocialOneReceiver { "receiverId" }
}

/// The argument of that type.
pub(super) fn read<T: Default + DeserializeOwned>(args: &Args) -> T {
    args.first().unwrap_or_default()
}

/// The id that the argument names; nothing if it is blank.
pub(super) fn read_id<T: OneId>(args: &Args) -> Option<String> {
    args.first::<T>().ok().map(T::id).filter(|id| !id.trim().is_empty())
}

/// Acknowledges what was done.
#[derive(Serialize, TS)]
pub struct SocialDone {
    /// Always `success`.
    #[ts(type = "'success'")]
    pub status: &'static str,
}

/// Acknowledges what was not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialRefused {
    /// Always `failure`.
    #[ts(type = "'failure'")]
    pub status: &'static str,
    /// Why, in the contract's words.
    pub error: &'static str,
    /// When it may be tried again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
}

/// Whether something was done.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum SocialAck {
    /// It was.
    Done(SocialDone),
    /// It was not.
    Refused(SocialRefused),
}

/// Acknowledgement of `send_message`.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum SocialSendAck {
    /// It is stored.
    Sent(Box<SocialMessageSent>),
    /// It is not.
    #[expect(dead_code, reason = "a half of the type for clients; all refusals are encoded alike")]
    Refused(SocialRefused),
}

/// Acknowledgement of `mark_all_notifications_read`.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum SocialMarkAllAck {
    /// They are marked.
    Marked(SocialAllNotificationsUpdated),
    /// They are not.
    #[expect(dead_code, reason = "a half of the type for clients; all refusals are encoded alike")]
    Refused(SocialRefused),
}

/// It was done.
pub(super) fn done() -> Reply {
    Reply::json(&SocialAck::Done(SocialDone { status: SUCCESS }))
}

/// It was not.
pub(super) fn refused(error: &'static str, retry_after: Option<u64>) -> Reply {
    Reply::json(&SocialAck::Refused(SocialRefused { status: "failure", error, retry_after }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Any JSON, with the names that are looked for among its own.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let name = prop_oneof![
            Just("receiverId".to_owned()),
            Just("messageId".to_owned()),
            Just("notificationId".to_owned()),
            Just("message".to_owned()),
            Just("status".to_owned()),
            Just("preferences".to_owned()),
            any::<String>(),
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..4)
                    .prop_map(|fields: BTreeMap<_, _>| fields.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_argument_is_read_or_refused(value in any_json()) {
            // Arrays are no arguments: `Args::first` refuses them.
            prop_assume!(!value.is_array());
            let text = value.to_string();
            let one = serde_json::from_str::<SocialOneMessage>(&text).ok().map(OneId::id);
            let expected = value.as_str().or_else(|| value.get("messageId")?.as_str());
            prop_assert_eq!(one.as_deref(), expected);
            drop(serde_json::from_str::<SocialOneNotification>(&text));
            drop(serde_json::from_str::<SocialOneReceiver>(&text));
            drop(serde_json::from_str::<SocialSetStatus>(&text));
            drop(serde_json::from_str::<SocialUpdatePreferences>(&text));
            if let Ok(said) = serde_json::from_str::<SocialSendMessage>(&text) {
                drop(said.draft());
            }
        }
    }

    #[test]
    fn an_id_is_taken_bare_and_in_an_object() {
        for value in [json!("n1"), json!({ "notificationId": "n1", "more": 1 })] {
            let one: SocialOneNotification = serde_json::from_value(value).unwrap();
            assert_eq!(one.id(), "n1");
        }
        for value in [json!({}), json!({ "notificationId": 1 }), json!(1), json!(true)] {
            assert!(serde_json::from_value::<SocialOneNotification>(value).is_err());
        }
    }

    #[test]
    fn a_missing_argument_has_nothing_in_it() {
        let args = Args::default();
        assert_eq!(read_id::<SocialOneMessage>(&args), None);
        assert_eq!(read::<SocialSetStatus>(&args).status, None);
        assert!(read::<SocialUpdatePreferences>(&args).preferences.is_none());
    }

    #[test]
    fn answers_are_worded_as_in_the_contract() {
        let said = |reply| {
            let Reply::Value(value) = reply else { panic!("{reply:?}") };
            value
        };
        assert_eq!(said(done()), r#"{"status":"success"}"#);
        assert_eq!(said(refused("no", None)), r#"{"status":"failure","error":"no"}"#);
        assert_eq!(
            said(refused("no", Some(7))),
            r#"{"status":"failure","error":"no","retryAfter":7}"#
        );
    }
}
