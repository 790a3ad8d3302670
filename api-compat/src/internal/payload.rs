//! JSON bodies of internal calls: a refused one says which field is wrong and what it must be, in words made
//! from the documented schema, so that the two cannot differ.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::StatusCode,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use utoipa::{
    PartialSchema,
    openapi::{
        RefOr,
        schema::{ArrayItems, Object, Schema, SchemaType, Type},
    },
};

use super::MAX_BODY_BYTES;
use crate::error::Refusal;

/// The JSON object that a call carries; an empty body is an empty object.
pub(super) struct Payload<T>(pub(super) T);

impl<T: DeserializeOwned + PartialSchema, S: Send + Sync> FromRequest<S> for Payload<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Self::of(&read(request.into_body()).await?)
    }
}

impl<T: DeserializeOwned + PartialSchema> Payload<T> {
    /// The object that these bytes are.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
        serde_json::from_slice(bytes).map(Self).map_err(|_| explain::<T>(bytes))
    }
}

/// All of a body, of at most [`MAX_BODY_BYTES`].
pub(super) async fn read(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Refusal::error(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large"))
        }
        Err(_) => Err(Refusal::error(StatusCode::BAD_REQUEST, "The request body broke off")),
    }
}

/// What is wrong with a body that was refused.
fn explain<T: DeserializeOwned + PartialSchema>(bytes: &[u8]) -> Refusal {
    let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return Refusal::error(StatusCode::BAD_REQUEST, "The request body must be a JSON object");
    };
    let RefOr::T(Schema::Object(schema)) = T::schema() else {
        return Refusal::error(StatusCode::BAD_REQUEST, "The request body is not valid");
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let wrong = serde_path_to_error::deserialize::<_, T>(&mut json).err();
    let path: Vec<_> = wrong.iter().flat_map(|error| error.path().iter()).collect();
    fault(&schema, &fields, &path, "")
}

/// What is wrong at the end of `path` in an object that stands at `within` (`""`, `product.`, or `updates[3].`). Documented
/// objects, and lists of such, are looked into; of others it is said that they are none.
fn fault(schema: &Object, fields: &Map<String, Value>, path: &[&Segment], within: &str) -> Refusal {
    let absent = |name: &&String| fields.get(name.as_str()).is_none_or(Value::is_null);
    if let Some(name) = schema.required.iter().find(absent) {
        let name = format!("{within}{name}");
        return Refusal::field(&name, format!("{name} is required"));
    }
    let [Segment::Map { key }, path @ ..] = path else {
        return Refusal::error(StatusCode::BAD_REQUEST, "The request body is not valid");
    };
    let name = format!("{within}{key}");
    if let (Some(inner), Some(given)) =
        (object_schema(schema, key), fields.get(key).and_then(Value::as_object))
    {
        return fault(inner, given, path, &format!("{name}."));
    }
    if let ([Segment::Seq { index }, path @ ..], Some(entry)) = (path, entry_schema(schema, key)) {
        let name = format!("{name}[{index}]");
        let given = fields.get(key).and_then(|list| list.get(index)).and_then(Value::as_object);
        return match given {
            Some(given) => fault(entry, given, path, &format!("{name}.")),
            None => Refusal::field(&name, format!("{name} must be an object")),
        };
    }
    Refusal::field(&name, format!("{name} must be {}", expectation(schema, key)))
}

/// The object under this name, if it is documented in this place.
fn object_schema<'a>(schema: &'a Object, field: &str) -> Option<&'a Object> {
    let described = match schema.properties.get(field)? {
        // An object with words of its own for this place.
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.last()?,
        plain => plain,
    };
    match described {
        RefOr::T(Schema::Object(inner)) if !inner.properties.is_empty() => Some(inner),
        RefOr::T(_) | RefOr::Ref(_) => None,
    }
}

/// What a list under this name consists of, if it is documented in this place.
fn entry_schema<'a>(schema: &'a Object, field: &str) -> Option<&'a Object> {
    let RefOr::T(Schema::Array(array)) = schema.properties.get(field)? else { return None };
    let ArrayItems::RefOrSchema(entry) = &array.items else { return None };
    match &**entry {
        RefOr::T(Schema::Object(entry)) if !entry.properties.is_empty() => Some(entry),
        RefOr::T(_) | RefOr::Ref(_) => None,
    }
}

fn expectation(schema: &Object, field: &str) -> &'static str {
    let kind = schema.properties.get(field).map_or(Kind::Other, kind);
    match kind {
        Kind::Id => "an id: a string of 1 to 128 bytes without white space",
        Kind::Ids => "an array of ids",
        Kind::Array => "an array",
        Kind::Plain(Type::String) => "a string",
        Kind::Plain(Type::Boolean) => "true or false",
        Kind::Plain(Type::Object) => "an object",
        Kind::Plain(Type::Array) => "an array",
        Kind::Signed => "a whole number",
        Kind::Plain(Type::Integer) => "a whole number of at least 0",
        Kind::Plain(Type::Number) => "a number",
        Kind::Plain(_) | Kind::Other => "of another kind",
    }
}

/// What a documented field holds.
enum Kind {
    Id,
    Ids,
    Array,
    /// A whole number that may be below zero.
    Signed,
    Plain(Type),
    Other,
}

fn kind(schema: &RefOr<Schema>) -> Kind {
    match schema {
        RefOr::Ref(reference) if reference.ref_location.ends_with("/Id") => Kind::Id,
        // A field that may be null: the kind of what it is otherwise.
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.last().map_or(Kind::Other, kind),
        RefOr::T(Schema::Array(array)) => match &array.items {
            ArrayItems::RefOrSchema(items) if matches!(kind(items), Kind::Id) => Kind::Ids,
            _ => Kind::Array,
        },
        RefOr::T(Schema::Object(object))
            if has(object, &Type::Integer) && object.minimum.is_none() =>
        {
            Kind::Signed
        }
        RefOr::T(Schema::Object(object)) => {
            let known = [
                Type::String,
                Type::Boolean,
                Type::Object,
                Type::Array,
                Type::Integer,
                Type::Number,
            ];
            known.into_iter().find(|kind| has(object, kind)).map_or(Kind::Other, Kind::Plain)
        }
        RefOr::T(_) | RefOr::Ref(_) => Kind::Other,
    }
}

fn has(object: &Object, kind: &Type) -> bool {
    match &object.schema_type {
        SchemaType::Type(only) => only == kind,
        SchemaType::Array(several) => several.contains(kind),
        SchemaType::AnyValue => false,
    }
}
