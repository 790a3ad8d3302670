//! Contract `quiz`: quizzes held live, rooms, private messages, for people with a token and for guests
//! (`contracts/quiz.md`). Namespace `/quiz` of every path, and `/` of `/socket.io` where it is the root contract.

mod answers;
mod arguments;
mod coming;
mod desk;
mod hosting;
mod inbound;
mod member_counts;
mod outbound;
mod people;
mod relay;
mod replies;
mod room_names;
mod rooms;
#[cfg(test)]
mod spoken;
mod stay;
mod taking_part;
mod talking;
mod texts;
pub(crate) mod wire;

pub use desk::{QuizDesk, QuizParts, QuizServices};
pub use inbound::Quiz;
pub(crate) use inbound::Row;
pub use outbound::QuizVoice;
#[cfg(test)]
pub(crate) use spoken::{relayed, said_to_the_asking};
pub(crate) use stay::QuizStay;

use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "quiz";
/// The namespace that it has on every path.
pub const QUIZ: &str = "/quiz";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 28] = {
    use wire::*;
    [
        Outgoing::of::<QuizBackRoomMessage>(),
        Outgoing::of::<QuizContactMessage>(),
        Outgoing::of::<QuizLeaderboard>(),
        Outgoing::of::<QuizMessageDelivered>(),
        Outgoing::of::<QuizError>(),
        Outgoing::of::<QuizNewMessage>(),
        Outgoing::of::<QuizOnlineUsers>(),
        Outgoing::of::<QuizParticipantFinished>(),
        Outgoing::of::<QuizParticipantJoined>(),
        Outgoing::of::<QuizParticipantLeft>(),
        Outgoing::of::<QuizParticipantProgress>(),
        Outgoing::of::<QuizPong>(),
        Outgoing::of::<QuizPrivateMessage>(),
        Outgoing::of::<QuizCompleted>(),
        Outgoing::of::<QuizJoined>(),
        Outgoing::of::<QuizQuestion>(),
        Outgoing::of::<QuizStarted>(),
        Outgoing::of::<QuizReplyReceived>(),
        Outgoing::of::<QuizRoomJoined>(),
        Outgoing::of::<QuizRoomMessage>(),
        Outgoing::either::<QuizServerStats, QuizShortStats>(),
        Outgoing::of::<QuizUserJoinedRoom>(),
        Outgoing::of::<QuizUserLeftRoom>(),
        Outgoing::of::<QuizUserOffline>(),
        Outgoing::of::<QuizUserOnline>(),
        Outgoing::of::<QuizUserStoppedTyping>(),
        Outgoing::of::<QuizUserTyping>(),
        Outgoing::of::<QuizWelcome>(),
    ]
};

/// What older clients say and hear beside the contract's tables (`contracts/contacts.md` section 2, "[L]").
const BESIDE: [&str; 2] = ["contactMsgClient", "contactMsgServer"];

/// The contract's part of the registry. Its namespace is the one that its own clients know; [`QUIZ`] says the same.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: inbound::TABLE
            .iter()
            .filter(|row| !BESIDE.contains(&row.event))
            .map(Incoming::from)
            .collect(),
        outgoing: OUTBOUND.iter().filter(|told| !BESIDE.contains(&told.event)).copied().collect(),
    }]
}
