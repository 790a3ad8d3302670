//! What is due in a quiz though nobody asks: questions close, users who are gone leave, news is told, what is over is
//! forgotten.

use std::sync::Arc;

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use tracing::{error, warn};

use super::{
    desk::{Desk, MOST_SESSIONS},
    held::Held,
};
use crate::{ids::QuizId, ports::StoreResult, webhooks::store_pause};

/// Quizzes looked after at the same time at most.
const MOST_AT_ONCE: usize = 64;

impl Desk {
    pub(super) async fn run(self: &Arc<Self>) {
        let mut work = JoinSet::new();
        let desk = Arc::clone(self);
        work.spawn(async move { desk.take_up().await });
        loop {
            let next = self.agenda.next().filter(|_| work.len() < MOST_AT_ONCE);
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.agenda.sooner.notified() => {}
                Some(done) = work.join_next() => {
                    if let Err(broken) = done {
                        error!(%broken, "looking after a quiz broke off");
                    }
                }
            }
            while work.len() < MOST_AT_ONCE
                && let Some(quiz) = self.agenda.pop(Instant::now())
            {
                let desk = Arc::clone(self);
                work.spawn(async move { desk.tend(&quiz).await });
            }
        }
    }

    /// Takes up the sessions of before, so that their timers go on.
    async fn take_up(&self) {
        let mut failures = 0;
        while let Err(error) = self.try_take_up().await {
            warn!(%error, "quizzes of before could not be taken up; trying again");
            failures += 1;
            sleep(store_pause(failures)).await;
        }
    }

    async fn try_take_up(&self) -> StoreResult<()> {
        let most = u32::try_from(MOST_SESSIONS).unwrap_or(u32::MAX);
        for session in self.parts.store.open_sessions(most).await? {
            self.find(&session.quiz).await?;
        }
        Ok(())
    }

    async fn tend(&self, quiz: &QuizId) {
        let Some(held) = self.held(quiz) else { return };
        {
            // Whoever is at it looks again afterwards.
            let Ok(_tending) = held.tending.try_lock() else { return };
            let failed_lately = held.state().dues.retry.is_some_and(|at| at > Instant::now());
            if !failed_lately {
                let worked = self.do_what_is_due(&held).await;
                let mut state = held.state();
                let dues = &mut state.dues;
                if let Err(error) = worked {
                    warn!(%error, %quiz, "what is due in a quiz could not be done; trying again");
                    dues.failures += 1;
                    dues.retry = Some(Instant::now() + store_pause(dues.failures));
                } else {
                    (dues.failures, dues.retry) = (0, None);
                }
            }
            self.tell_news(&held).await;
        }
        if !held.state().retired {
            self.remind(&held);
        }
    }

    async fn do_what_is_due(&self, held: &Arc<Held>) -> StoreResult<()> {
        let now = Instant::now();
        let (closes, leave, ends) = {
            let state = held.state();
            let closes = state.dues.closes.is_some_and(|at| at <= now);
            let leave = state.dues.leaving.first().is_some_and(|(at, _)| *at <= now);
            (closes, leave, state.ends() <= now)
        };
        if closes {
            self.close(held).await?;
        }
        if leave {
            self.see_off(held).await?;
        }
        if ends {
            self.wind_up(held).await?;
        }
        Ok(())
    }

    /// Forgets a session that is over; one in which nobody is and nothing happens is over now.
    async fn wind_up(&self, held: &Arc<Held>) -> StoreResult<()> {
        let _gate = held.gate.write().await;
        let now = Instant::now();
        let over_since = {
            let mut state = held.state();
            if state.ends() > now {
                return Ok(());
            }
            let quiz = &state.session.quiz;
            if !state.is_over() && state.seats().any(|(row, _)| self.sockets.is_in(&row.user, quiz))
            {
                state.dues.touched = now;
                return Ok(());
            }
            (!state.is_over()).then(|| self.parts.clock.now().minus(now - state.dues.touched))
        };
        // Whoever comes now finds another one, since this one has been over since anything last happened.
        if let Some(at) = over_since {
            self.complete(held, at).await?;
        }
        self.forget(held);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
