//! What the events of this contract are handled with, and how they are refused.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    events::{Audience, DomainEvent, Published},
    naming::Ids,
    outreach::Outreach,
    ports::{Bus, StoreError},
    quiz::{Quizzes, Roster},
    statuses::Statuses,
    support::SupportDesk,
    time::Timestamp,
};
use outrigger_transport::{Conn, Reply};
use tracing::error;

use super::{
    answers::refused,
    member_counts::MemberCounts,
    texts::{self, Fault, GUEST},
    wire::{QuizError, QuizOnlineUsers},
};
use crate::{
    actions::Actions,
    commerce::Visits,
    contract::frame,
    lists::Lists,
    rooms::{Desk, desk::send},
    standing::Standing,
};

/// What the rate limiter calls every event of this contract (`contracts/quiz.md` section 2).
const ALLOWANCE: &str = "quiz:event";

/// What only this contract works with.
#[derive(Clone)]
pub struct QuizServices {
    /// Quizzes held live.
    pub quizzes: Arc<Quizzes>,
    /// Who is there.
    pub roster: Arc<Roster>,
    /// Says what older clients say of requests for help.
    pub outreach: Arc<Outreach>,
    /// Names messages.
    pub ids: Arc<dyn Ids>,
    /// Whether people without a token are let in (`contracts/quiz.md` section 1, "Guests").
    pub guests: bool,
    /// Whether they may speak and type in rooms (`contracts/quiz.md` section 1, "Guest rights").
    pub guests_speak: bool,
}

/// What this contract works with.
pub struct QuizParts {
    /// What it shares with the others: tokens, messages, chats, presence, limits.
    pub desk: Arc<Desk>,
    /// What users say of themselves.
    pub statuses: Arc<Statuses>,
    /// Requests for help, of which older clients speak here.
    pub support: Arc<SupportDesk>,
    /// Where everything that is told passes.
    pub bus: Arc<dyn Bus>,
    /// Events of no contract that the app decides about, if there are any.
    pub actions: Option<Actions>,
    /// What only it works with.
    pub services: QuizServices,
}

/// Does what clients of this contract ask.
pub struct QuizDesk {
    pub(super) parts: QuizParts,
    pub(super) visits: Visits,
    pub(super) members: MemberCounts,
    lists: Arc<Lists>,
}

/// The name to show of someone; of those who have none, their id.
pub(super) fn shown(actor: &Actor) -> String {
    match &actor.profile.name {
        _ if actor.is_guest() => GUEST.to_owned(),
        Some(name) => name.clone(),
        None => actor.user.to_string(),
    }
}

impl QuizDesk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: QuizParts) -> Self {
        let (roster, clock) =
            (Arc::clone(&parts.services.roster), Arc::clone(&parts.desk.parts().clock));
        let lists = Lists::new(move || frame(&QuizOnlineUsers::new(&roster.list(), clock.now())));
        Self { parts, visits: Visits::default(), members: MemberCounts::default(), lists }
    }

    /// Hands out the list of who is there.
    pub(crate) fn lists(&self) -> &Arc<Lists> {
        &self.lists
    }

    /// What it shares with the other contracts.
    pub(super) fn shared(&self) -> &Arc<Desk> {
        &self.parts.desk
    }

    /// What only it works with.
    pub(super) fn services(&self) -> &QuizServices {
        &self.parts.services
    }

    /// The present instant.
    pub(super) fn now(&self) -> Timestamp {
        self.shared().parts().clock.now()
    }

    /// Tells something.
    pub(super) async fn tell(&self, audience: Audience, event: DomainEvent) {
        self.parts.bus.publish(Published::new(self.now(), audience, event)).await;
    }

    /// Counts an event, whatever it is. A reply if there were too many; after many more the socket is closed.
    pub(super) fn count(
        &self,
        conn: &Conn,
        standing: &Standing,
        actor: &Actor,
        event: &str,
    ) -> Option<Reply> {
        let stay = standing.quiz_stay();
        let Err(excess) = self.shared().parts().limits.check(&actor.user, ALLOWANCE) else {
            stay.was_let_through();
            return None;
        };
        metrics::counter!("outrigger_rate_limited_total", "event" => ALLOWANCE).increment(1);
        let fault = Fault { retry_after: Some(excess.retry_after), ..texts::TOO_OFTEN };
        let reply = refuse(conn, event, &fault);
        Some(if stay.was_refused() { Reply::Disconnect } else { reply })
    }
}

/// What is said of a refused event.
pub(super) fn denied(event: &str, fault: &Fault) -> QuizError {
    QuizError {
        event: Some(event.to_owned()),
        room_id: fault.room.clone(),
        retry_after: fault.seconds_to_wait(),
        ..QuizError::new(fault.error)
    }
}

/// Says why an event was refused.
pub(super) fn refuse(conn: &Conn, event: &str, fault: &Fault) -> Reply {
    if !fault.quiet {
        send(conn, &denied(event, fault));
    }
    refused(fault)
}

/// Notes in the log why something of ours failed. A store that is overloaded says so itself.
pub(super) fn broken(event: &str) -> impl Fn(StoreError) -> Fault {
    move |error| {
        if matches!(error, StoreError::Overloaded) {
            return texts::OVERLOADED;
        }
        error!(%error, event, "an event could not be handled");
        texts::INTERNAL
    }
}
