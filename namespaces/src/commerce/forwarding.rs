//! What the app is told of, and decides about (`docs/WEBHOOKS.md`, `client.event`).

use outrigger_transport::{Args, Reply};

use super::{
    CONTRACT,
    answers::done,
    desk::{CommerceDesk, broken},
    texts::{self, Fault},
};
use crate::contract::Call;

/// Most bytes of arguments: they are kept until the app has taken them.
const MOST_BYTES: usize = 64 << 10;

/// Refuses more than is kept or handed on.
pub(super) fn check_size(args: &Args) -> Result<(), Fault> {
    let bytes: usize = (0..).map_while(|at| args.get(at)).map(|value| value.get().len()).sum();
    if bytes > MOST_BYTES { Err(texts::TOO_LARGE) } else { Ok(()) }
}

impl CommerceDesk {
    /// Has the app told of an event that does something without it as well. Committed when this returns.
    pub(super) async fn tell_app(&self, call: &Call<'_>, event: &str) -> Result<(), Fault> {
        check_size(&call.args)?;
        let Some(webhooks) = &self.services().forward else { return Ok(()) };
        // Attachments were refused before.
        let args = call.args.to_json().ok_or(Fault::Internal)?;
        webhooks.act(&call.actor, CONTRACT, event, &args).await.map_err(broken(event))
    }

    /// Has the app told of an event that nobody else does anything about: without an app it cannot be done.
    pub(super) async fn hand_on(&self, call: &Call<'_>, event: &str) -> Result<Reply, Fault> {
        if self.services().forward.is_none() {
            tracing::debug!(event, "an event is the app's, which is not told of any");
            return Err(Fault::Internal);
        }
        self.tell_app(call, event).await?;
        Ok(done())
    }
}
