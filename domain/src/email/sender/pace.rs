//! How fast mail goes out.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::MailPace;
use crate::email::MailKind;

/// In any time of this length there are no more than the pace allows.
const WINDOW: Duration = Duration::from_secs(60);

/// What was started in the last minute: as many instants as the pace allows at most.
pub(super) struct Pacer {
    pace: MailPace,
    started: VecDeque<(Instant, MailKind)>,
    last_of_list: Option<Instant>,
}

impl Pacer {
    pub(super) fn new(pace: MailPace) -> Self {
        Self { pace, started: VecDeque::new(), last_of_list: None }
    }

    /// How long none of this kind may start, if it may not now.
    pub(super) fn wait(&mut self, kind: MailKind) -> Option<Duration> {
        let now = Instant::now();
        while self.started.front().is_some_and(|(at, _)| *at + WINDOW <= now) {
            self.started.pop_front();
        }
        let most = self.pace.per_minute.max(1) as usize;
        let any = nth_last(self.started.iter(), most);
        let until = match kind {
            MailKind::Direct => any,
            MailKind::List => {
                // Never more than half: whoever waits for a code does not wait for a newsletter.
                let of_list = self.started.iter().filter(|(_, kind)| *kind == MailKind::List);
                let half = nth_last(of_list, most.div_ceil(2));
                let spaced = self.last_of_list.map(|last| last + self.pace.list_spacing);
                any.max(half).max(spaced)
            }
        };
        until.map(|until| until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    /// One of this kind starts now.
    pub(super) fn started(&mut self, kind: MailKind) {
        let now = Instant::now();
        self.started.push_back((now, kind));
        if kind == MailKind::List {
            self.last_of_list = Some(now);
        }
    }
}

/// When the last but `most - 1` of them is out of the window.
fn nth_last<'a>(
    started: impl DoubleEndedIterator<Item = &'a (Instant, MailKind)>,
    most: usize,
) -> Option<Instant> {
    started.rev().nth(most.saturating_sub(1)).map(|(at, _)| *at + WINDOW)
}
