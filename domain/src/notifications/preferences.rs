//! What a user wants to be told of (`contracts/social.md` section 2, `update_notification_preferences`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most bytes of all preferences of a user, as JSON.
pub const MOST_PREFERENCE_BYTES: usize = 8 * 1024;

/// The kind that nobody can refuse.
const SYSTEM: &str = "system";

/// A user's preferences: whatever the app's page puts there. Two things are understood: a kind whose value is `false`
/// (or an object with `enabled: false`) is not stored at all, unless it is `system`; and `push`, which is `false` for
/// no web push at all or an object with `false` for some kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Preferences(pub Map<String, Value>);

fn refuses(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(wanted)) => !wanted,
        Some(Value::Object(more)) => more.get("enabled") == Some(&Value::Bool(false)),
        _ => false,
    }
}

impl Preferences {
    /// Whether a notification of this kind is stored and told.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        kind == SYSTEM || !refuses(self.0.get(kind))
    }

    /// Whether one of this kind is pushed to browsers as well.
    #[must_use]
    pub fn wants_push(&self, kind: &str) -> bool {
        let push = self.0.get("push");
        let this_kind = push.and_then(Value::as_object).and_then(|push| push.get(kind));
        self.wants(kind) && !refuses(push) && !refuses(this_kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn preferences(value: &Value) -> Preferences {
        serde_json::from_value(value.clone()).unwrap()
    }

    #[test]
    fn whoever_says_nothing_wants_everything() {
        let none = Preferences::default();
        assert!(none.wants("new_follow") && none.wants_push("new_follow"));
    }

    #[test]
    fn a_kind_is_refused_by_false_and_system_by_nothing() {
        let some = preferences(&json!({
            "new_follow": false, "mention": { "enabled": false }, "system": false, "theme": "dark"
        }));
        assert!(!some.wants("new_follow") && !some.wants_push("new_follow"));
        assert!(!some.wants("mention"));
        assert!(some.wants("system") && some.wants("new_comment"));
    }

    #[test]
    fn push_is_refused_as_a_whole_or_by_kind() {
        assert!(!preferences(&json!({ "push": false })).wants_push("mention"));
        assert!(!preferences(&json!({ "push": { "enabled": false } })).wants_push("mention"));
        let some = preferences(&json!({ "push": { "mention": false } }));
        assert!(!some.wants_push("mention") && some.wants("mention") && some.wants_push("system"));
    }
}
