//! A push service that takes everything for its own endpoints and writes it down.

use std::sync::Mutex;

use async_trait::async_trait;
use outrigger_domain::{
    ports::PushGateway,
    push::{PushFault, Subscription},
};
use serde_json::Value;

/// Where its browsers are.
pub(crate) const ENDPOINTS: &str = "https://push.example/";

#[derive(Default)]
pub(crate) struct PushService(Mutex<Vec<(String, Value)>>);

impl PushService {
    /// Endpoints and payloads since the last time, in order of the endpoints.
    pub(crate) fn taken(&self) -> Vec<(String, Value)> {
        let mut taken = std::mem::take(&mut *self.0.lock().unwrap());
        taken.sort_by(|(a, _), (b, _)| a.cmp(b));
        taken
    }
}

#[async_trait]
impl PushGateway for PushService {
    fn public_key(&self) -> &str {
        "public-key"
    }

    fn accepts(&self, subscription: &Subscription) -> bool {
        subscription.endpoint.starts_with(ENDPOINTS)
    }

    async fn push(&self, to: &Subscription, payload: &[u8]) -> Result<(), PushFault> {
        let payload = serde_json::from_slice(payload).unwrap();
        self.0.lock().unwrap().push((to.endpoint.clone(), payload));
        Ok(())
    }
}
