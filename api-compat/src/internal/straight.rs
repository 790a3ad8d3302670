//! The shortest way to the routes that are called most: from the bytes of a call to its handler.
//!
//! A request and a router, their headers and boxes, take as long as finding and telling whom a call is for. All of these
//! routes are the router's too, which answers every other method, calls with an `Idempotency-Key`, those of nobody, and
//! batches.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::FromRef,
    response::{IntoResponse, Response},
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
use outrigger_domain::outreach::Outreach;
use serde::de::DeserializeOwned;
use utoipa::PartialSchema;

use super::{payload::Payload, shapes::Emitted};
use crate::{
    error::Refusal,
    state::{InternalState, Shared},
};

/// The JSON that a call is answered, or what else.
pub(super) type Shortly = BoxFuture<'static, Result<Vec<u8>, Box<Response>>>;

/// Carries out a call with this body.
type Call = Box<dyn Fn(&[u8]) -> Shortly + Send + Sync>;

fn refused(refusal: Refusal) -> Box<Response> {
    Box::new(refusal.into_response())
}

/// Handlers of paths without parameters, called with `POST`.
#[derive(Default)]
pub(super) struct Straight(HashMap<String, Call>);

impl Straight {
    /// With this one, at the path of its annotation.
    pub(super) fn post<P, T, F>(
        mut self,
        state: &Shared<InternalState>,
        handler: impl Fn(Arc<Outreach>, Payload<T>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        P: utoipa::Path,
        T: DeserializeOwned + PartialSchema,
        F: Future<Output = Result<Emitted, Refusal>> + Send + 'static,
    {
        let outreach = Arc::<Outreach>::from_ref(state);
        let call: Call = Box::new(move |body| match Payload::of(body) {
            Ok(payload) => {
                let sent = handler(Arc::clone(&outreach), payload);
                sent.map(|sent| sent.and_then(|emitted| emitted.json()).map_err(refused)).boxed()
            }
            Err(refusal) => ready(Err(refused(refusal))).boxed(),
        });
        self.0.insert(P::path(), call);
        self
    }

    /// What carries out calls of this target, if it is one of these.
    pub(super) fn of(&self, method: &str, target: &str) -> Option<&Call> {
        if method == "POST" { self.0.get(target) } else { None }
    }
}
