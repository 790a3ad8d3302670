//! Ending in good order: nobody new, a last word, then the connections, one after the other.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Conn, EngineKey, Frame, Gone, MountId, Selection, engine::Engine, server::Sockets, wire,
};

/// How long the end takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between the last word and the first connection that is closed. Left out when nobody is there.
    pub notice: Duration,
    /// The connections are closed spread over this time, so that their clients do not all come back in the same
    /// instant. Shortened if `deadline` is less than two seconds behind it.
    pub drain: Duration,
    /// All of it takes no longer, whoever does not read and whatever handlers do.
    pub deadline: Duration,
}

/// What comes behind the drain should have so long before the deadline.
const SPARE: Duration = Duration::from_secs(2);
/// The last ones of the drain have so long to end by themselves.
const STRAGGLERS: Duration = Duration::from_secs(1);
/// Writers have so long to write what they hold.
const WRITERS: Duration = Duration::from_secs(2);
/// And if the rest was cut short.
const WRITERS_CUT: Duration = Duration::from_secs(1);
/// Handlers have so long to end if the rest was cut short.
const HANDLERS_CUT: Duration = Duration::from_secs(2);

impl Sockets {
    /// Refuses new connections, sends each mount's last word, waits, closes the connections spread over a time so
    /// that clients come back by themselves (to the next process), and sees every socket's end through; all of it
    /// at this pace. `cut` skips what is left of the waiting and spreading, still in good order.
    pub async fn shutdown(
        &self,
        farewell: impl Fn(&MountId) -> Option<Frame>,
        pace: &Pace,
        cut: &CancellationToken,
    ) {
        let deadline = Instant::now() + pace.deadline;
        self.shared.close();
        let hub = &self.shared.hub;
        for mount in hub.mounts() {
            if let Some(frame) = farewell(&mount) {
                hub.to(&mount, &Selection::default()).send(&frame);
            }
        }
        if hub.counts().engines > 0 {
            let noticed = deadline.min(Instant::now() + pace.notice);
            within(noticed, cut, Duration::ZERO, std::future::pending::<()>()).await;
        }
        let spare = deadline.saturating_duration_since(Instant::now() + SPARE);
        self.drain(pace.drain.min(spare), deadline, cut).await;
        self.close_rest(deadline, cut).await;
        let mut unfinished = self.shared.unfinished.subscribe();
        let finished = unfinished.wait_for(|count| *count == 0);
        if !matches!(within(deadline, cut, HANDLERS_CUT, finished).await, Some(Ok(_))) {
            tracing::warn!("some sockets were still at work at the deadline");
        }
    }

    /// Closes connection after connection, as evenly as may be.
    async fn drain(&self, window: Duration, deadline: Instant, cut: &CancellationToken) {
        if window.is_zero() {
            return;
        }
        let hub = &self.shared.hub;
        let mut sockets: HashMap<EngineKey, Vec<Arc<Conn>>> = HashMap::new();
        for conn in hub.conns() {
            sockets.entry(conn.engine()).or_default().push(conn);
        }
        let mut engines = hub.engines().all();
        engines.sort_unstable_by_key(|engine| scatter(engine.key));
        let (began, step) = (Instant::now(), window.div_f64(engines.len().max(1) as f64));
        let mut parting = JoinSet::new();
        for (turn, engine) in engines.into_iter().enumerate() {
            let moment = began + step.mul_f64(turn as f64);
            tokio::select! {
                biased;
                () = cut.cancelled() => break,
                () = sleep_until(moment) => {}
            }
            parting.spawn(part(sockets.remove(&engine.key).unwrap_or_default(), engine));
            // Those that have ended need not be kept.
            while parting.try_join_next().is_some() {}
        }
        let late = deadline.min(Instant::now() + STRAGGLERS);
        within(late, cut, Duration::ZERO, async { while parting.join_next().await.is_some() {} })
            .await;
    }

    /// Closes whatever is still there, at once.
    async fn close_rest(&self, deadline: Instant, cut: &CancellationToken) {
        let hub = &self.shared.hub;
        let mut websockets = Vec::new();
        for engine in hub.engines().all() {
            // Polls that wait are told by that.
            engine.end.announce();
            let link = &engine.link;
            if !link.is_polling() {
                link.append(wire::CLOSE);
                link.part();
                websockets.push(Arc::clone(link));
            }
        }
        let closing = join_all(websockets.iter().map(|link| link.closed()));
        let late = deadline.min(Instant::now() + WRITERS);
        if within(late, cut, WRITERS_CUT, closing).await.is_none() {
            tracing::info!("some clients did not read to the end; their connections are cut");
        }
        for engine in hub.engines().all() {
            engine.kill();
        }
        // Closing a server runs no disconnect handlers: the end of each socket is seen to here.
        for conn in hub.conns() {
            conn.depart(Gone::Shutdown);
        }
    }
}

/// Ends one connection; its sockets are out of every room before, so that nothing more comes behind what waits.
async fn part(sockets: Vec<Arc<Conn>>, engine: Arc<Engine>) {
    engine.end.announce();
    for conn in sockets {
        conn.depart(Gone::Shutdown);
    }
    engine.part().await;
}

/// An order that has nothing to do with who came when: neighbours in a page's second are far apart in it, and the
/// same keys are always in the same order (multiplicative hashing by the golden ratio).
fn scatter(key: EngineKey) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Gives work until `late`, or `hurry` from the moment at which the rest is cut short; `None` if that was not enough.
async fn within<F: Future>(
    late: Instant,
    cut: &CancellationToken,
    hurry: Duration,
    work: F,
) -> Option<F::Output> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = sleep_until(late) => None,
        () = async { cut.cancelled().await; sleep(hurry).await } => None,
    }
}
