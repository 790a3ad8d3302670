//! Reading the fields of a request, with everything that is wrong with them said at once, in the words and types of the
//! validator that the contract's clients know (`contracts/social.md` section 4).

use std::{ops::RangeInclusive, str::FromStr};

use axum::http::Uri;
use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::Failure;

/// The largest whole number that JavaScript counts without gaps.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Longest address, in characters.
const MOST_URI_CHARS: usize = 2048;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    field: String,
    message: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The fields of a [body](super::request::Body) or [query](super::request::Asked), and what was wrong with those that were asked for until now.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Fields {
    pub(super) fn new(values: Map<String, Value>) -> Self {
        Self { values, faults: Vec::new() }
    }

    /// The outcome: what was read, unless anything was wrong.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, Failure> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(self.refused()),
        }
    }

    /// 400 with everything that was wrong.
    pub(super) fn refused(&self) -> Failure {
        Failure::validation(&self.faults)
    }

    /// Whether a field is given at all, be it `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Says that a field, or the request as a whole (`value`), is wrong.
    pub(super) fn fault(&mut self, name: &str, what: &str, kind: &'static str) {
        let message = format!("\"{name}\" {what}");
        self.faults.push(Fault { field: name.to_owned(), message, kind });
    }

    fn required(&mut self, name: &str) {
        self.fault(name, "is required", "any.required");
    }

    /// A field of this object, or of one in it: `keys.auth`.
    fn at(&self, name: &str) -> Option<&Value> {
        let (first, rest) = name.split_once('.').map_or((name, None), |(a, b)| (a, Some(b)));
        let value = self.values.get(first)?;
        rest.map_or(Some(value), |inner| value.get(inner))
    }

    /// A trimmed text within the limit, if the field is given and is one.
    fn line(&mut self, name: &str, most_chars: usize) -> Option<String> {
        let Some(text) = self.at(name)?.as_str().map(|text| text.trim().to_owned()) else {
            self.fault(name, "must be a string", "string.base");
            return None;
        };
        if text.chars().count() > most_chars {
            let what = format!("length must be less than or equal to {most_chars} characters long");
            self.fault(name, &what, "string.max");
            return None;
        }
        Some(text)
    }

    /// A trimmed text of 1 to so many characters.
    pub(super) fn text(&mut self, name: &str, most_chars: usize) -> Option<String> {
        if self.at(name).is_none() {
            self.required(name);
        }
        self.optional_text(name, most_chars)
    }

    /// The same, if it is given.
    pub(super) fn optional_text(&mut self, name: &str, most_chars: usize) -> Option<String> {
        let text = self.line(name, most_chars)?;
        if text.is_empty() {
            self.fault(name, "is not allowed to be empty", "string.empty");
            return None;
        }
        Some(text)
    }

    /// A trimmed text that may be empty, if it is given.
    pub(super) fn any_text(&mut self, name: &str, most_chars: usize) -> Option<String> {
        self.line(name, most_chars)
    }

    /// An id that stands in the path under this name.
    pub(super) fn id_in_path<T: TryFrom<String>>(&mut self, name: &str, id: String) -> Option<T> {
        let id = T::try_from(id).ok();
        if id.is_none() {
            self.fault(name, "is not a valid id", "any.invalid");
        }
        id
    }

    /// An id.
    pub(super) fn id<T: TryFrom<String>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name, usize::MAX)?;
        self.id_in_path(name, text)
    }

    /// An id, if it is given.
    pub(super) fn optional_id<T: TryFrom<String>>(&mut self, name: &str) -> Option<T> {
        let text = self.optional_text(name, usize::MAX)?;
        self.id_in_path(name, text)
    }

    /// A whole number; `default` if it is not given.
    pub(super) fn whole(&mut self, name: &str, default: u32, within: RangeInclusive<u32>) -> u32 {
        let Some(value) = self.at(name) else { return default };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let (least, most) = (*within.start(), *within.end());
        match number.filter(|number| number.is_finite()) {
            None => self.fault(name, "must be a number", "number.base"),
            Some(number) if number.abs() > MAX_SAFE_INTEGER => {
                self.fault(name, "must be a safe number", "number.unsafe");
            }
            Some(number) if number.fract() != 0.0 => {
                self.fault(name, "must be an integer", "number.integer");
            }
            Some(number) if number < f64::from(least) => {
                self.fault(
                    name,
                    &format!("must be greater than or equal to {least}"),
                    "number.min",
                );
            }
            Some(number) if number > f64::from(most) => {
                self.fault(name, &format!("must be less than or equal to {most}"), "number.max");
            }
            // Within the bounds, which are those of the type.
            Some(number) => return number as u32,
        }
        default
    }

    /// True or false, if it is given.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.at(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        if flag.is_none() {
            self.fault(name, "must be a boolean", "boolean.base");
        }
        flag
    }

    /// One of these words, if it is given.
    pub(super) fn one_of(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.at(name)?;
        let found = words.iter().copied().find(|word| value.as_str() == Some(*word));
        if found.is_none() {
            self.fault(name, &format!("must be one of [{}]", words.join(", ")), "any.only");
        }
        found
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        let Some(value) = self.at(name) else {
            self.required(name);
            return None;
        };
        let object = value.as_object().cloned();
        if object.is_none() {
            self.fault(name, "must be of type object", "object.base");
        }
        object
    }

    /// An absolute address.
    pub(super) fn uri(&mut self, name: &str) -> Option<String> {
        let text = self.text(name, MOST_URI_CHARS)?;
        let absolute =
            Uri::from_str(&text).is_ok_and(|uri| uri.scheme().is_some() && uri.host().is_some());
        if !absolute {
            self.fault(name, "must be a valid uri", "string.uri");
            return None;
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use outrigger_domain::ids::UserId;
    use serde_json::json;

    use super::*;

    fn fields(values: &Value) -> Fields {
        Fields::new(values.as_object().unwrap().clone())
    }

    fn faults(fields: &Fields) -> Vec<(&str, &str)> {
        fields.faults.iter().map(|fault| (fault.message.as_str(), fault.kind)).collect()
    }

    #[test]
    fn a_text_is_trimmed_and_counted_in_characters() {
        let most = "ł".repeat(1000);
        let mut sound = fields(&json!({ "a": format!("  {most}\n") }));
        assert_eq!(sound.text("a", 1000).as_deref(), Some(most.as_str()));
        let mut wrong = fields(&json!({ "a": format!("{most}x"), "b": " \t", "c": 7, "d": null }));
        for name in ["a", "b", "c", "d", "e"] {
            assert_eq!(wrong.text(name, 1000), None);
        }
        assert_eq!(
            faults(&wrong),
            [
                ("\"a\" length must be less than or equal to 1000 characters long", "string.max"),
                ("\"b\" is not allowed to be empty", "string.empty"),
                ("\"c\" must be a string", "string.base"),
                ("\"d\" must be a string", "string.base"),
                ("\"e\" is required", "any.required"),
            ]
        );
    }

    #[test]
    fn a_number_is_whole_safe_and_within_its_bounds() {
        let mut given = fields(&json!({
            "a": "7", "b": 7, "c": "", "d": "1.5", "e": "0", "f": "51", "g": "1e300", "h": "NaN", "i": ["1", "2"],
            "j": "-3", "k": "inf"
        }));
        let mut of = |name| given.whole(name, 1, 1..=50);
        assert_eq!((of("a"), of("b"), of("absent")), (7, 7, 1));
        for name in ["c", "d", "e", "f", "g", "h", "i", "j", "k"] {
            assert_eq!(of(name), 1);
        }
        assert_eq!(
            faults(&given),
            [
                ("\"c\" must be a number", "number.base"),
                ("\"d\" must be an integer", "number.integer"),
                ("\"e\" must be greater than or equal to 1", "number.min"),
                ("\"f\" must be less than or equal to 50", "number.max"),
                ("\"g\" must be a safe number", "number.unsafe"),
                ("\"h\" must be a number", "number.base"),
                ("\"i\" must be a number", "number.base"),
                ("\"j\" must be greater than or equal to 1", "number.min"),
                ("\"k\" must be a number", "number.base"),
            ]
        );
        assert_eq!(fields(&json!({ "p": "9007199254740991" })).whole("p", 1, 1..=u32::MAX), 1);
    }

    #[test]
    fn an_address_is_absolute() {
        for sound in ["https://push.example/x?y=1", "http://127.0.0.1:8080/"] {
            assert!(fields(&json!({ "a": sound })).uri("a").is_some(), "{sound}");
        }
        for wrong in ["push", "/push", "mailto:a@example.com", "https://", "https://a b"] {
            let mut fields = fields(&json!({ "a": wrong }));
            assert_eq!(fields.uri("a"), None);
            assert_eq!(faults(&fields), [("\"a\" must be a valid uri", "string.uri")], "{wrong}");
        }
    }

    #[test]
    fn words_flags_ids_and_inner_fields() {
        let mut given = fields(&json!({
            "word": "b", "flag": "TRUE", "id": "ann", "keys": { "auth": "x", "p256dh": 7 },
            "other": "c", "maybe": "yes", "bad": "a b"
        }));
        assert_eq!(given.one_of("word", &["a", "b"]), Some("b"));
        assert_eq!(given.flag("flag"), Some(true));
        assert_eq!(given.id::<UserId>("id").unwrap().as_str(), "ann");
        assert_eq!(given.text("keys.auth", 10).as_deref(), Some("x"));
        assert!(given.one_of("absent", &["a"]).is_none() && given.flag("absent").is_none());
        assert!(faults(&given).is_empty());
        assert!(given.text("keys.p256dh", 10).is_none() && given.object("word").is_none());
        assert!(given.one_of("other", &["a", "b"]).is_none() && given.flag("maybe").is_none());
        assert!(given.id::<UserId>("bad").is_none());
        assert_eq!(
            faults(&given),
            [
                ("\"keys.p256dh\" must be a string", "string.base"),
                ("\"word\" must be of type object", "object.base"),
                ("\"other\" must be one of [a, b]", "any.only"),
                ("\"maybe\" must be a boolean", "boolean.base"),
                ("\"bad\" is not a valid id", "any.invalid"),
            ]
        );
    }
}
