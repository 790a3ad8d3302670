//! What the app says of a user.

use outrigger_domain::{accounts::UserPatch, actor::Role};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Longest address (RFC 5321 section 4.5.3.1), name and link, and free text, in bytes. What is longer is left out:
/// apps keep whole pictures where others have links.
const MAX_EMAIL_BYTES: usize = 320;
const MAX_LINE_BYTES: usize = 2048;
const MAX_BIO_BYTES: usize = 16 * 1024;

/// As the internal API takes them; others are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    name: Option<String>,
    profile_image: Option<String>,
    bio: Option<String>,
    role: Option<String>,
    active: Option<bool>,
    designations: Option<Vec<String>>,
}

/// Not an answer to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not a user as JSON")]
pub(crate) struct NotAUser;

/// Reads a successful answer, a user or `{ "user": ... }` around one; `None` if it says that there is no such user.
pub(crate) fn read(body: &[u8]) -> Result<Option<UserPatch>, NotAUser> {
    // serde's own words would repeat what is in the answer.
    let answer =
        serde_json::from_slice::<Option<Map<String, Value>>>(body).map_err(|_| NotAUser)?;
    let Some(mut answer) = answer else { return Ok(None) };
    let user = answer.remove("user").unwrap_or(Value::Object(answer));
    let fields = match user {
        Value::Null => return Ok(None),
        // serde would read a list as the fields in their order.
        Value::Object(_) => serde_json::from_value::<Fields>(user),
        _ => return Err(NotAUser),
    };
    fields.map(|fields| Some(fields.into_patch())).map_err(|_| NotAUser)
}

fn short(text: Option<String>, most: usize) -> Option<String> {
    text.filter(|text| text.len() <= most)
}

impl Fields {
    fn into_patch(self) -> UserPatch {
        UserPatch {
            email: short(self.email, MAX_EMAIL_BYTES),
            first_name: short(self.first_name, MAX_LINE_BYTES),
            last_name: short(self.last_name, MAX_LINE_BYTES),
            name: short(self.name, MAX_LINE_BYTES),
            profile_image: short(self.profile_image, MAX_LINE_BYTES),
            bio: short(self.bio, MAX_BIO_BYTES),
            role: self.role.as_deref().map(Role::from_word),
            active: self.active,
            designations: self.designations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_bare_or_wrapped() {
        let ann = UserPatch {
            name: Some("Ann".to_owned()),
            profile_image: Some("https://x/a.png".to_owned()),
            role: Some(Role::Staff),
            active: Some(true),
            ..UserPatch::default()
        };
        for body in [
            r#"{"name":"Ann","profileImage":"https://x/a.png","role":"seller","active":true,"_id":"a"}"#,
            r#"{"user":{"name":"Ann","profileImage":"https://x/a.png","role":"seller","active":true}}"#,
        ] {
            assert_eq!(read(body.as_bytes()), Ok(Some(ann.clone())), "{body}");
        }
        assert_eq!(
            read(b"{}"),
            Ok(Some(UserPatch::default())),
            "there is one, and no more is said"
        );
    }

    #[test]
    fn nobody_is_nobody() {
        assert_eq!(read(b"null"), Ok(None));
        assert_eq!(read(br#"{"user":null}"#), Ok(None));
    }

    #[test]
    fn what_is_no_user_is_no_answer() {
        for body in ["", "<html>", "[]", "true", r#""ann""#, r#"{"name":5}"#, r#"{"user":"ann"}"#] {
            assert_eq!(read(body.as_bytes()), Err(NotAUser), "{body}");
        }
    }

    #[test]
    fn a_whole_picture_is_left_out() {
        let body = format!(r#"{{"name":"Ann","profileImage":"data:{}"}}"#, "A".repeat(4096));
        let ann = UserPatch { name: Some("Ann".to_owned()), ..UserPatch::default() };
        assert_eq!(read(body.as_bytes()), Ok(Some(ann)));
    }
}
