//! Ending in good order: nobody new, a last word, then the connections.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::{Frame, Gone, MountId, Selection, server::Sockets};

impl Sockets {
    /// Refuses new connections, sends each mount's last word, waits `notice`, closes the connections so that
    /// clients come back by themselves (to the next process), and sees every socket's end through; all of it by
    /// `deadline` from now.
    pub async fn shutdown(
        &self,
        farewell: impl Fn(&MountId) -> Option<Frame>,
        notice: Duration,
        deadline: Duration,
    ) {
        let deadline = Instant::now() + deadline.max(notice);
        self.shared.close();
        let hub = &self.shared.hub;
        for mount in hub.mounts() {
            if let Some(frame) = farewell(&mount) {
                hub.to(&mount, &Selection::default()).send(&frame);
            }
        }
        if hub.counts().engines > 0 {
            tokio::time::sleep(notice).await;
        }
        // The library waits for every writer, one after the other: a stalled one must not hold up the rest.
        let closing = self.shared.paths.values().map(|path| path.io.close());
        let closed = timeout_at(
            deadline.min(Instant::now() + CLOSE),
            futures_util::future::join_all(closing),
        );
        if closed.await.is_err() {
            tracing::info!("some clients did not read to the end; their connections are cut");
        }
        for engine in hub.engines().all() {
            engine.kill();
        }
        // Closing a server runs no disconnect handlers: the end of each socket is seen to here.
        for conn in hub.conns() {
            conn.depart(Gone::Shutdown);
        }
        let mut unfinished = self.shared.unfinished.subscribe();
        let finished = timeout_at(deadline, unfinished.wait_for(|count| *count == 0)).await;
        if !matches!(finished, Ok(Ok(_))) {
            tracing::warn!("some sockets were still at work at the deadline");
        }
    }
}

/// Writers have so long to write what they hold.
const CLOSE: Duration = Duration::from_secs(2);
