//! Browsers that want web push (`contracts/social.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::push::{Push, SubscribeError, Subscription};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Failure},
    caller::{Allowed, PushSubscription},
    request::{Asked, Body},
};

/// Longest key of a subscription, in characters: 65 bytes as base64 (RFC 8291 section 2) with room to spare.
const MOST_KEY_CHARS: usize = 128;

/// Web push, where there is a key for it.
fn configured(push: Option<Arc<Push>>) -> Result<Arc<Push>, Failure> {
    push.ok_or_else(|| {
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "Push notifications are not configured")
    })
}

/// `GET /api/notifications/vapid-key`: for everyone, since it is public.
pub(super) async fn public_key(State(push): State<Option<Arc<Push>>>) -> Answer {
    let push = configured(push)?;
    let key = push.public_key();
    Ok(Json(json!({ "status": "success", "publicKey": key, "vapidPublicKey": key })))
}

/// `POST /api/notifications/subscribe`: a `PushSubscription` as browsers write it.
pub(super) async fn subscribe(
    Allowed { actor, .. }: Allowed<PushSubscription>,
    State(push): State<Option<Arc<Push>>>,
    Body(mut fields): Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let push = configured(push)?;
    let endpoint = fields.uri("endpoint");
    let keys = fields.object("keys").and_then(|_| {
        let p256dh = fields.text("keys.p256dh", MOST_KEY_CHARS);
        let auth = fields.text("keys.auth", MOST_KEY_CHARS);
        p256dh.zip(auth)
    });
    let (endpoint, (p256dh, auth)) = fields.finish(endpoint.zip(keys))?;
    let subscription = Subscription { endpoint, p256dh, auth };
    let subscribed = push.subscribe(&actor.user, subscription).await.map_err(refuse)?;
    if subscribed.duplicate {
        return Err(bad("Subscription already exists"));
    }
    let answer = json!({
        "status": "success",
        "message": "Subscribed to push notifications",
        "subscriptionCount": subscribed.count,
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

fn bad(text: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, text)
}

fn refuse(error: SubscribeError) -> Failure {
    match error {
        SubscribeError::Unusable => bad("Invalid push subscription"),
        SubscribeError::Store(error) => error.into(),
    }
}

/// `DELETE /api/notifications/unsubscribe?endpoint=`: done as well if there was no such subscription.
pub(super) async fn unsubscribe(
    Allowed { actor, .. }: Allowed<PushSubscription>,
    State(push): State<Option<Arc<Push>>>,
    Asked(mut fields): Asked,
) -> Answer {
    let push = configured(push)?;
    let endpoint = fields.uri("endpoint");
    let endpoint = fields.finish(endpoint)?;
    let unsubscribed = push.unsubscribe(&actor.user, &endpoint).await?;
    Ok(Json(json!({
        "status": "success",
        "message": "Unsubscribed from push notifications",
        "subscriptionCount": unsubscribed.count,
    })))
}
