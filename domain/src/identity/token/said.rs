//! The claims of a token, as they stand in it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

/// A few names and what is said under each: looking through them takes less than putting them into order.
pub(super) struct Said<'a>(Vec<(Name<'a>, Value)>);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Said<'_> {
    /// What is said under this name. If it is there twice, the last one counts (RFC 7519 section 4).
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(said, _)| said.0 == name).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Said<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Claims;

        impl<'de> Visitor<'de> for Claims {
            type Value = Said<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("claims")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said<'de>, A::Error> {
                let mut said = Vec::with_capacity(12);
                while let Some(claim) = map.next_entry()? {
                    said.push(claim);
                }
                Ok(Said(said))
            }
        }

        deserializer.deserialize_map(Claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_claims_of_one_name_the_last_counts() {
        let said: Said<'_> = serde_json::from_str(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(said.get("a"), Some(&Value::from(3)));
        assert_eq!(said.get("c"), None);
    }

    #[test]
    fn a_name_may_be_escaped() {
        let said: Said<'_> = serde_json::from_str(r#"{"\u0061":1}"#).unwrap();
        assert_eq!(said.get("a"), Some(&Value::from(1)));
    }
}
