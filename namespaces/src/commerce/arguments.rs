//! What clients of this contract send (`contracts/commerce.md` section 2): one object, whose fields are looked at in the
//! contract's order, so that it is always the first one missing that is named.
//!
//! An argument that is absent or no object is one with nothing in it.

use outrigger_transport::Args;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Number, value::RawValue};
use ts_rs::TS;

use super::texts::Fault;

/// A field as it came.
pub(super) type Field = Option<Box<RawValue>>;

/// Argument of `ping`.
#[derive(Default, Deserialize, TS)]
pub struct CommercePing {
    /// When the client asks, in ms.
    #[ts(optional, type = "number")]
    pub timestamp: Field,
}

/// Argument of `admin:broadcast`.
#[derive(Default, Deserialize, TS)]
pub struct CommerceBroadcast {
    /// The event's name.
    #[ts(type = "string")]
    pub event: Field,
    /// What it carries.
    #[ts(optional, type = "unknown")]
    pub payload: Field,
    /// In which room; everywhere if it is absent.
    #[ts(optional, type = "string")]
    pub room: Field,
}

/// Argument of `admin:force_disconnect` and `admin:disconnect_user`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceDisconnectUser {
    /// Whom.
    #[ts(type = "string")]
    pub user_id: Field,
    /// What the user is told.
    #[ts(type = "string")]
    pub reason: Field,
}

/// Argument of `admin:system_notification`.
#[derive(Default, Deserialize, TS)]
pub struct CommerceSystemNotification {
    /// One line.
    #[ts(type = "string")]
    pub title: Field,
    /// The text.
    #[ts(type = "string")]
    pub message: Field,
    /// `high` or `normal`.
    #[ts(optional, type = "'normal' | 'high'")]
    pub priority: Field,
}

/// Argument of `seller:product_create`; the app may have more in it.
#[derive(Default, Deserialize, TS)]
#[ts(type = "{ name: string; price: number; description: string; [more: string]: unknown }")]
pub struct CommerceProductCreate {
    /// What it is called.
    pub name: Field,
    /// What it costs.
    pub price: Field,
    /// What it is.
    pub description: Field,
}

/// Argument of `seller:product_update`; the app may have more in it.
#[derive(Default, Deserialize, TS)]
#[ts(type = "{ productId: string; changes: unknown; [more: string]: unknown }")]
pub struct CommerceProductUpdate {
    /// Which.
    #[serde(rename = "productId")]
    pub product_id: Field,
    /// What is different: a list of names, a map, or whatever else clients agree on.
    pub changes: Field,
}

/// Argument of `seller:order_status_update`; the app may have more in it.
#[derive(Default, Deserialize, TS)]
#[ts(
    type = "{ orderId: string; status: 'pending' | 'processing' | 'shipped' | 'delivered' | 'cancelled' | 'refunded'; [more: string]: unknown }"
)]
pub struct CommerceOrderStatusUpdate {
    /// Which.
    #[serde(rename = "orderId")]
    pub order_id: Field,
    /// How it is now.
    pub status: Field,
}

/// Argument of `user:cart_update`.
#[derive(Default, Deserialize, TS)]
pub struct CommerceCartUpdate {
    /// As it is now.
    #[ts(type = "unknown")]
    pub cart: Field,
}

/// Argument of `user:wishlist_update`.
#[derive(Default, Deserialize, TS)]
pub struct CommerceWishlistUpdate {
    /// As it is now.
    #[ts(type = "unknown")]
    pub wishlist: Field,
}

/// Argument of `user:profile_update`.
#[derive(Default, Deserialize, TS)]
pub struct CommerceProfileUpdate {
    /// As it is now.
    #[ts(type = "unknown")]
    pub profile: Field,
}

/// Argument of `user:order_create`; the app may have more in it.
#[derive(Default, Deserialize, TS)]
#[ts(type = "{ orderNumber: string | number; [more: string]: unknown }")]
pub struct CommerceOrderCreate {
    /// What people call it.
    #[serde(rename = "orderNumber")]
    pub order_number: Field,
}

/// Argument of `chat:message`: to a user, or else in a room.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceSay {
    /// The text.
    #[ts(type = "string")]
    pub message: Field,
    /// To whom.
    #[ts(optional, type = "string")]
    pub recipient_id: Field,
    /// In which room.
    #[ts(optional, type = "string")]
    pub room_id: Field,
    /// What the client calls it: the same one again is the same message.
    #[ts(optional, type = "string")]
    pub client_message_id: Field,
}

/// Argument of `chat:typing`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceTyping {
    /// To whom.
    #[ts(type = "string")]
    pub recipient_id: Field,
    /// Typing, or no longer.
    #[ts(type = "boolean")]
    pub is_typing: Field,
}

/// Argument of `chat:join_room` and `chat:leave_room`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceOneRoom {
    /// The room's name.
    #[ts(type = "string")]
    pub room_id: Field,
}

/// Argument of `chat:read`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceOneMessage {
    /// Which.
    #[ts(type = "string")]
    pub message_id: Field,
}

/// Argument of `notification:read` and `notification:dismiss`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceOneNotification {
    /// Which.
    #[ts(type = "string")]
    pub notification_id: Field,
}

/// Argument of events that the app alone understands.
#[derive(TS)]
#[ts(type = "Record<string, unknown>")]
pub struct CommerceForApp;

/// The argument of that type.
pub(super) fn read<T: Default + DeserializeOwned>(args: &Args) -> T {
    args.first().unwrap_or_default()
}

/// A field that is there; an empty text is not.
pub(super) fn required<'a>(field: &'a Field, name: &str) -> Result<&'a RawValue, Fault> {
    match field.as_deref() {
        Some(value) if value.get() != "\"\"" => Ok(value),
        Some(_) | None => Err(Fault::missing(name)),
    }
}

fn typed<T: DeserializeOwned>(field: &RawValue, name: &str) -> Result<T, Fault> {
    serde_json::from_str(field.get()).map_err(|_| Fault::mistyped(name))
}

/// A text that is there.
pub(super) fn text(field: &Field, name: &str) -> Result<String, Fault> {
    typed(required(field, name)?, name)
}

/// A text, if it is there.
pub(super) fn optional_text(field: &Field, name: &str) -> Result<Option<String>, Fault> {
    match required(field, name) {
        Ok(value) => typed(value, name).map(Some),
        Err(_) => Ok(None),
    }
}

/// A number that is there.
pub(super) fn number(field: &Field, name: &str) -> Result<f64, Fault> {
    typed(required(field, name)?, name)
}

/// A yes or no that is there.
pub(super) fn yes_or_no(field: &Field, name: &str) -> Result<bool, Fault> {
    typed(required(field, name)?, name)
}

/// What a client says the time is; what is no number says nothing.
pub(super) fn instant(field: &Field) -> Option<Number> {
    serde_json::from_str(field.as_deref()?.get()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn say(value: Value) -> CommerceSay {
        serde_json::from_str(&value.to_string()).unwrap_or_default()
    }

    fn missing(name: &str) -> Fault {
        Fault::Invalid(format!("Missing required field: {name}").into())
    }

    fn invalid(name: &str) -> Fault {
        Fault::Invalid(format!("Invalid field: {name}").into())
    }

    #[test]
    fn what_is_absent_null_or_empty_is_missing() {
        for value in [json!({}), json!({ "message": null }), json!({ "message": "" }), json!("x")] {
            assert_eq!(text(&say(value).message, "message"), Err(missing("message")));
        }
        let said = say(json!({ "message": " ", "roomId": 7, "recipientId": null }));
        assert_eq!(text(&said.message, "message").unwrap(), " ");
        assert_eq!(optional_text(&said.room_id, "roomId"), Err(invalid("roomId")));
        assert_eq!(optional_text(&said.recipient_id, "recipientId"), Ok(None));
    }

    #[test]
    fn numbers_are_numbers() {
        let price = |value: Value| {
            let json = json!({ "price": value }).to_string();
            number(&serde_json::from_str::<CommerceProductCreate>(&json).unwrap().price, "price")
        };
        assert_eq!(price(json!(0)), Ok(0.0));
        assert_eq!(price(json!(9.5)), Ok(9.5));
        assert_eq!(price(json!(null)), Err(missing("price")));
        for odd in [json!("9"), json!(true), json!([9]), json!({})] {
            assert_eq!(price(odd), Err(invalid("price")));
        }
        let huge: CommerceProductCreate = serde_json::from_str(r#"{"price":1e999}"#).unwrap();
        assert_eq!(number(&huge.price, "price"), Err(invalid("price")));
    }

    #[test]
    fn a_clients_clock_may_say_anything() {
        let at =
            |json: &str| instant(&serde_json::from_str::<CommercePing>(json).unwrap().timestamp);
        assert_eq!(at(r#"{"timestamp":7}"#), Some(7.into()));
        assert_eq!(at("{}"), None);
        assert_eq!(at(r#"{"timestamp":"7"}"#), None);
    }

    proptest! {
        #[test]
        fn any_field_is_read_or_refused(body in r#"\{"(message|isTyping|price|cart)":[\[\]{}"a0-9.,:-]{0,12}\}"#) {
            let say: CommerceSay = serde_json::from_str(&body).unwrap_or_default();
            drop(text(&say.message, "message"));
            let typing: CommerceTyping = serde_json::from_str(&body).unwrap_or_default();
            drop(yes_or_no(&typing.is_typing, "isTyping"));
            let product: CommerceProductCreate = serde_json::from_str(&body).unwrap_or_default();
            drop(number(&product.price, "price"));
            let cart: CommerceCartUpdate = serde_json::from_str(&body).unwrap_or_default();
            drop(required(&cart.cart, "cart"));
        }
    }
}
