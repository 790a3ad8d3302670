//! What a browser is told, in the little room that there is for it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{accounts::Profile, ids::UserId, notifications::Notification, time::Timestamp};

/// Longest payload, in bytes of JSON. A push service takes 4096 bytes with encryption and padding
/// (RFC 8030 section 7.2, RFC 8291 section 4); some take less than that.
pub const MOST_PAYLOAD_BYTES: usize = 3_500;

/// What parts may keep, in bytes of JSON, where not everything fits: what is left of the whole is the text's.
mod room {
    pub(super) const TITLE: usize = 600;
    pub(super) const KIND: usize = 200;
    pub(super) const NAME: usize = 300;
    /// A link that was cut leads nowhere: it is left out instead.
    pub(super) const IMAGE: usize = 800;
    /// The same of an id.
    pub(super) const POST: usize = 300;
}

/// Stands where a text was cut.
const CUT: &str = "…";

/// What a browser is to show (`contracts/social.md` section 5, `sendPushNotification`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PushMessage {
    /// One line.
    pub title: String,
    /// The text.
    pub body: String,
    /// The kind of the notification.
    pub kind: String,
    /// Who caused it.
    pub from: Option<UserId>,
    /// How they are shown; looked up if nothing is known here.
    pub from_profile: Profile,
    /// The post it is about.
    pub post: Option<String>,
    /// Whatever the app adds; left out if it does not fit.
    pub data: Option<Value>,
}

/// The payload on the wire (`contracts/social.md` section 5).
#[derive(Serialize)]
struct Payload<'a> {
    title: Cow<'a, str>,
    body: Cow<'a, str>,
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    #[serde(rename = "fromUser", skip_serializing_if = "Option::is_none")]
    from: Option<Sender<'a>>,
    #[serde(rename = "postId", skip_serializing_if = "Option::is_none")]
    post: Option<&'a str>,
    data: Value,
    timestamp: Timestamp,
}

#[derive(Serialize)]
struct Sender<'a> {
    #[serde(rename = "_id")]
    id: &'a UserId,
    username: Option<Cow<'a, str>>,
    #[serde(rename = "profileImage")]
    image: Option<&'a str>,
}

impl From<&Notification> for PushMessage {
    fn from(notification: &Notification) -> Self {
        Self {
            title: notification.title.clone(),
            body: notification.message.clone(),
            kind: notification.kind.clone(),
            from: notification.from.clone(),
            from_profile: notification.from_profile.clone(),
            post: notification.post.clone(),
            data: notification.data.clone(),
        }
    }
}

impl PushMessage {
    /// Without what will not fit anyway, so that what waits costs a bounded amount of memory.
    pub(super) fn trimmed(mut self) -> Self {
        for text in [&mut self.title, &mut self.body, &mut self.kind] {
            if let Cow::Owned(cut) = clipped(text, MOST_PAYLOAD_BYTES) {
                *text = cut;
            }
        }
        self.from_profile.name =
            self.from_profile.name.map(|name| clipped(&name, room::NAME).into_owned());
        self.from_profile.image = self.from_profile.image.filter(|image| fits(image, room::IMAGE));
        self.post = self.post.filter(|post| fits(post, room::POST));
        self.data = self.data.filter(|data| size(data) <= MOST_PAYLOAD_BYTES);
        self
    }

    /// The payload, no longer than [`MOST_PAYLOAD_BYTES`]: what the app added is left out first, then the text is cut.
    pub(super) fn payload(&self, at: Timestamp) -> Vec<u8> {
        let none = || Value::Object(Map::new());
        let mut payload = Payload {
            title: Cow::Borrowed(&self.title),
            body: Cow::Borrowed(&self.body),
            kind: Cow::Borrowed(&self.kind),
            from: self.from.as_ref().map(|id| Sender {
                id,
                username: self.from_profile.name.as_deref().map(Cow::Borrowed),
                image: self.from_profile.image.as_deref(),
            }),
            post: self.post.as_deref(),
            data: self.data.clone().unwrap_or_else(none),
            timestamp: at,
        };
        if size(&payload) > MOST_PAYLOAD_BYTES {
            payload.data = none();
        }
        if size(&payload) > MOST_PAYLOAD_BYTES {
            payload.title = clipped(&self.title, room::TITLE);
            payload.kind = clipped(&self.kind, room::KIND);
            payload.post = payload.post.filter(|post| fits(post, room::POST));
            if let Some(from) = &mut payload.from {
                from.username =
                    self.from_profile.name.as_deref().map(|name| clipped(name, room::NAME));
                from.image = from.image.filter(|image| fits(image, room::IMAGE));
            }
            payload.body = Cow::Borrowed("");
            let left = MOST_PAYLOAD_BYTES.saturating_sub(size(&payload));
            payload.body = clipped(&self.body, left);
        }
        json(&payload)
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value)
        .unwrap_or_else(|_| unreachable!("texts, ids and JSON are written as JSON"))
}

fn size(value: &impl Serialize) -> usize {
    json(value).len()
}

/// Bytes of a character in a JSON string (RFC 8259 section 7).
fn written(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

fn fits(text: &str, bytes: usize) -> bool {
    text.chars().map(written).sum::<usize>() <= bytes
}

/// The text, or as much of it as fits with a sign that it was cut.
fn clipped(text: &str, bytes: usize) -> Cow<'_, str> {
    if fits(text, bytes) {
        return Cow::Borrowed(text);
    }
    let mut left = bytes.saturating_sub(CUT.len());
    let kept = text.chars().take_while(|c| {
        let room = left.checked_sub(written(*c));
        left = room.unwrap_or_default();
        room.is_some()
    });
    Cow::Owned(kept.chain(CUT.chars()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_ms(1_763_687_894_007)
    }

    fn read(message: &PushMessage) -> Value {
        let payload = message.payload(at());
        assert!(payload.len() <= MOST_PAYLOAD_BYTES, "{}", payload.len());
        serde_json::from_slice(&payload).unwrap()
    }

    fn message(body: &str) -> PushMessage {
        PushMessage {
            title: "New Follower".to_owned(),
            body: body.to_owned(),
            kind: "new_follow".to_owned(),
            from: Some(UserId::new("ann").unwrap()),
            from_profile: Profile { name: Some("Ann".to_owned()), image: None, email: None },
            post: Some("p1".to_owned()),
            data: Some(json!({ "followerId": "ann" })),
        }
    }

    #[test]
    fn everything_is_told_where_there_is_room() {
        assert_eq!(
            read(&message("Ann started following you")),
            json!({
                "title": "New Follower",
                "body": "Ann started following you",
                "type": "new_follow",
                "fromUser": { "_id": "ann", "username": "Ann", "profileImage": null },
                "postId": "p1",
                "data": { "followerId": "ann" },
                "timestamp": "2025-11-21T01:18:14.007Z",
            })
        );
    }

    #[test]
    fn what_is_not_known_is_not_there_but_data_always_is() {
        let message = PushMessage { title: "Hi".to_owned(), ..PushMessage::default() };
        let expected = json!({
            "title": "Hi", "body": "", "type": "", "data": {}, "timestamp": at().to_string()
        });
        assert_eq!(read(&message), expected);
    }

    #[test]
    fn what_the_app_added_goes_before_the_text_is_cut() {
        let body = "x".repeat(3_000);
        let mut long = message(&body);
        long.data = Some(json!({ "more": "y".repeat(1_000) }));
        let payload = read(&long);
        assert_eq!(payload["data"], json!({}));
        assert_eq!(payload["body"], json!(body));
        assert_eq!(payload["postId"], json!("p1"));
    }

    #[test]
    fn a_long_text_fills_the_room_and_shows_that_it_was_cut() {
        let long = message(&"ż".repeat(5_000));
        let payload = long.payload(at());
        assert!((MOST_PAYLOAD_BYTES - 3..=MOST_PAYLOAD_BYTES).contains(&payload.len()));
        assert!(read(&long)["body"].as_str().unwrap().ends_with("ż…"));
    }

    #[test]
    fn a_link_is_whole_or_not_there() {
        let mut long = message(&"x".repeat(5_000));
        long.from_profile.image = Some(format!("data:image/png;base64,{}", "A".repeat(100_000)));
        assert_eq!(read(&long)["fromUser"]["profileImage"], Value::Null);
        assert_eq!(long.trimmed().from_profile.image, None);
    }

    proptest! {
        #[test]
        fn nothing_is_too_long_for_it(
            title in "\\PC{0,900}|[\u{0}-\u{20}\"\\\\]{0,900}",
            body in "[\u{0}-\u{20}\"\\\\żÿ🐢]{0,4000}",
            kind in ".{0,400}",
            name in proptest::option::of("[\u{1}\"🐢a]{0,400}"),
            image in proptest::option::of("[a-z\"]{0,1200}"),
            post in proptest::option::of("[a-z\u{1}]{0,400}"),
            trimmed in any::<bool>(),
        ) {
            let from_profile = Profile { name, image, email: None };
            let data = Some(json!({ "title": title }));
            let from = Some(UserId::new("\"".repeat(128)).unwrap());
            let message = PushMessage { title, body, kind, from, from_profile, post, data };
            let message = if trimmed { message.trimmed() } else { message };
            read(&message);
        }
    }
}
