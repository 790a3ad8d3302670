//! Work that mostly need not wait for anything.

use futures_util::FutureExt;

/// Does at once what can be done without waiting; the rest, if there is any, is a task's. Most of what is asked is in
/// memory, and a task costs more than looking there.
pub(crate) fn start(work: impl Future<Output = ()> + Send + 'static) {
    let mut work = Box::pin(work);
    if work.as_mut().now_or_never().is_none() {
        tokio::spawn(work);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn what_waits_goes_on_when_that_has_come() {
        let (steps, go, gone) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (counted, told, end) = (Arc::clone(&steps), Arc::clone(&go), Arc::clone(&gone));
        start(async move {
            counted.fetch_add(1, Ordering::Relaxed);
            told.notified().await;
            counted.fetch_add(1, Ordering::Relaxed);
            end.notify_one();
        });
        assert_eq!(steps.load(Ordering::Relaxed), 1);
        go.notify_one();
        gone.notified().await;
        assert_eq!(steps.load(Ordering::Relaxed), 2);
    }
}
