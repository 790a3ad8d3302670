//! The names of a payload's own fields, without what they hold.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

/// Fields that are named.
const MOST_FIELDS: usize = 16;
/// Longest name; what is longer is data, not a name.
const LONGEST_NAME: usize = 40;
/// Larger payloads are not looked into, in bytes.
const LARGEST: usize = 64 * 1024;
/// Stands for a name that could be data: an address, a text.
const HIDDEN: &str = "…";

/// The names, in the order in which they stand; none if the payload is no object.
pub(super) fn names(text: &str) -> Vec<String> {
    if text.len() > LARGEST || !text.starts_with('{') {
        return Vec::new();
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    // It was decoded or encoded before: it is JSON.
    reader.deserialize_map(Names).unwrap_or_default()
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = map.next_entry::<Cow<'de, str>, IgnoredAny>()? {
            if names.len() == MOST_FIELDS {
                continue;
            }
            let is_name = name.len() <= LONGEST_NAME
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_$-".contains(&byte));
            names.push(if is_name { name.into_owned() } else { HIDDEN.to_owned() });
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Vec<String> {
        names(json)
    }

    #[test]
    fn only_names_are_shown_and_only_those_of_the_payload_itself() {
        assert_eq!(of(r#"{"text":"hello","meta":{"inner":1},"n":[1]}"#), ["text", "meta", "n"]);
        assert_eq!(of(r#"{"ann@example.com":true,"a b":1,"t\u0065xt":2}"#), ["…", "…", "text"]);
        for nothing in ["[1]", "\"text\"", "null", "{}", "1"] {
            assert!(of(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn a_large_payload_costs_little() {
        let many: Vec<_> = (0..100).map(|n| format!("\"f{n}\":0")).collect();
        assert_eq!(of(&format!("{{{}}}", many.join(","))).len(), MOST_FIELDS);
        assert!(of(&format!("{{\"text\":\"{}\"}}", "x".repeat(LARGEST))).is_empty());
    }
}
