//! The arguments of an event that a client sent.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, IgnoredAny, SeqAccess, Visitor},
};
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

/// A name, and arguments behind it; each is kept as far as its type keeps it.
struct Event<N, A>(PhantomData<(N, A)>);

impl<'de, N: Deserialize<'de>, A: Deserialize<'de>> Visitor<'de> for Event<N, A> {
    type Value = (N, Vec<A>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array that begins with a name")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
        let name = seq.next_element()?.ok_or_else(|| S::Error::custom("no name"))?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok((name, values))
    }
}

/// Whether it begins with an array that begins with a name (Socket.IO protocol, EVENT); what trails is refused by whoever
/// reads it. socketioxide's own look makes an error for each packet that is one.
pub(crate) fn is_event(packet: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(packet);
    reader.deserialize_seq(Event::<Name, IgnoredAny>(PhantomData)).is_ok()
}

/// Text, not kept.
struct Name;

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self)
    }
}

impl Visitor<'_> for Name {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
}

impl Args {
    /// Reads `["name", argument…]` (Socket.IO protocol, EVENT). `None` if it is not of that form.
    pub(crate) fn read(packet: &str, binary: bool) -> Option<(String, Self)> {
        let mut reader = serde_json::Deserializer::from_str(packet);
        let (name, values) = reader.deserialize_seq(Event(PhantomData)).ok()?;
        reader.end().ok()?;
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

    /// All of them as one JSON array; `None` if one is binary.
    #[must_use]
    pub fn to_json(&self) -> Option<Box<RawValue>> {
        if self.binary { None } else { serde_json::value::to_raw_value(&self.values).ok() }
    }

    /// An argument as it came.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&RawValue> {
        self.values.get(index).map(|value| &**value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    /// Any JSON, not too deep.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), binary in any::<bool>()) {
            if let Some((_, args)) = Args::read(&text, binary) {
                drop(args.first::<Value>());
            }
        }

        #[test]
        fn any_text_in_brackets_is_read_or_refused(text in r#"\["?[a-z\\"\[{]{0,6}"?[,:0-9"\]}]{0,6}\]?"#) {
            prop_assert!(is_event(&text) || Args::read(&text, false).is_none());
            if let Some((_, args)) = Args::read(&text, false) {
                drop(args.first::<Value>());
            }
        }

        #[test]
        fn what_was_written_is_read_back(
            name in any::<String>(),
            values in prop::collection::vec(any_json(), 0..4),
        ) {
            let mut packet = vec![Value::from(name.as_str())];
            packet.extend(values.iter().cloned());
            let (read, args) = Args::read(&Value::from(packet).to_string(), false).unwrap();
            prop_assert_eq!(read, name);
            for (index, value) in values.iter().enumerate() {
                let written = value.to_string();
                prop_assert_eq!(args.get(index).unwrap().get(), written.as_str());
            }
            prop_assert!(args.get(values.len()).is_none());
            let first = values.first().cloned().filter(|value| !value.is_null());
            let expected = match first.unwrap_or_else(|| json!({})) {
                Value::Array(_) => Err(BadArgument),
                value => Ok(value),
            };
            prop_assert_eq!(args.first::<Value>(), expected);
        }
    }

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
