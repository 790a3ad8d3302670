//! The arguments of an event that a client sent.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// An argument that is missing or of another type than it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable argument")]
pub struct BadArgument;

/// Arguments as they came, decoded when someone knows their type.
#[derive(Debug, Default)]
pub struct Args {
    values: Vec<Box<RawValue>>,
    binary: bool,
}

impl Args {
    /// Reads `["name", argument…]` (Socket.IO protocol, EVENT). `None` if it is not of that form.
    pub(crate) fn read(packet: &str, binary: bool) -> Option<(String, Self)> {
        let mut values: Vec<Box<RawValue>> = serde_json::from_str(packet).ok()?;
        if values.is_empty() {
            return None;
        }
        let name = serde_json::from_str(values.remove(0).get()).ok()?;
        Some((name, Self { values, binary }))
    }

    /// The first argument. One that is absent or `null` is read as an empty object, so that a type whose fields
    /// are all optional takes it.
    ///
    /// # Errors
    /// [`BadArgument`]; nothing of the argument is repeated in it.
    pub fn first<T: DeserializeOwned>(&self) -> Result<T, BadArgument> {
        if self.binary {
            return Err(BadArgument);
        }
        let text = self.values.first().map_or("null", |value| value.get());
        let text = if text == "null" { "{}" } else { text };
        // An array would be taken for the fields of a type in their order.
        if text.starts_with('[') {
            return Err(BadArgument);
        }
        serde_json::from_str(text).map_err(|_| BadArgument)
    }

    /// An argument as it came.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&RawValue> {
        self.values.get(index).map(|value| &**value)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Optional {
        name: Option<String>,
    }

    #[test]
    fn a_missing_argument_is_an_empty_object() {
        for packet in [r#"["test"]"#, r#"["test",null]"#, r#"["test",{}]"#] {
            let (name, args) = Args::read(packet, false).unwrap();
            assert_eq!(name, "test");
            assert_eq!(args.first(), Ok(Optional { name: None }), "{packet}");
        }
    }

    #[test]
    fn what_is_no_event_is_none() {
        for packet in ["[]", "{}", "[1]", "", "[\"a\"", "null", "[\"a\"]x"] {
            assert!(Args::read(packet, false).is_none(), "{packet}");
        }
    }

    #[test]
    fn an_array_is_not_the_fields_of_an_object() {
        let (_, args) = Args::read(r#"["a",["x"]]"#, false).unwrap();
        assert_eq!(args.first::<Optional>(), Err(BadArgument));
    }

    #[test]
    fn attachments_are_no_typed_arguments() {
        let (_, args) = Args::read(r#"["a",{"_placeholder":true,"num":0}]"#, true).unwrap();
        assert_eq!(args.first::<Optional>(), Err(BadArgument));
    }
}
