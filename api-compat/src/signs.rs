//! Signs of life, for whoever asks about them in whichever words.

use std::time::Duration;

use outrigger_domain::ports::Store;

/// A store that takes longer to answer is of no use to new clients; whoever asks has little patience.
const STORE_TIME: Duration = Duration::from_secs(2);

/// Whether the store does what it should, in time.
pub(crate) async fn store_answers(store: &dyn Store) -> bool {
    match tokio::time::timeout(STORE_TIME, store.check()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "the store does not do what it should");
            false
        }
        Err(_) => {
            tracing::error!("the store does not answer in time");
            false
        }
    }
}
