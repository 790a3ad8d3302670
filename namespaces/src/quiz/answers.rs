//! How events are acknowledged: `{success:true,…}` or `{success:false,error}` (`contracts/quiz.md`, beginning).

use outrigger_domain::{quiz::SessionStatus, time::Timestamp};
use outrigger_transport::Reply;
use serde::Serialize;
use ts_rs::TS;

use super::{
    texts::Fault,
    wire::{QuizJoined, QuizLeader, QuizStandingQuestion},
};

/// It was done.
#[derive(Serialize, TS)]
pub struct QuizDone {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
}

/// It was not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizRefused {
    /// Always `false`.
    #[ts(type = "false")]
    pub success: bool,
    /// Why, in the contract's words.
    pub error: &'static str,
    /// When it may be tried again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
}

/// A sign of life.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizAlive {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// When, by the sidecar's clock.
    pub server_time: Timestamp,
}

/// A message is stored.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizSent {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Our id.
    pub message_id: String,
    /// Always `true`.
    #[ts(type = "true")]
    pub stored: bool,
    /// Whether whoever it is for is there; absent of rooms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delivered: Option<bool>,
}

/// The socket is in a room.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizEntered {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Which, as the client named it.
    pub room_id: String,
    /// Users in it.
    pub member_count: usize,
}

/// The user takes part in a quiz.
#[derive(Serialize, TS)]
pub struct QuizTakesPart {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// As in `quizJoined`.
    #[serde(flatten)]
    #[ts(flatten)]
    pub joined: QuizJoined,
}

/// An answer is stored.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizAnswered {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Questions answered by now.
    pub questions_answered: u32,
}

/// A quiz is started.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizUnderway {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Which.
    pub quiz_id: String,
    /// When it was started.
    pub start_time: Timestamp,
    /// How far it is now.
    #[ts(type = "'waiting' | 'active' | 'completed'")]
    pub status: SessionStatus,
}

/// The next question stands.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizAsked {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// In which quiz.
    pub quiz_id: String,
    /// Always `false`.
    #[ts(type = "false")]
    pub completed: bool,
    /// Which.
    pub question: QuizStandingQuestion,
}

/// A quiz is over.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizEnded {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Which.
    pub quiz_id: String,
    /// Always `true`.
    #[ts(type = "true")]
    pub completed: bool,
    /// Who led: at most the first hundred.
    pub leaderboard: Vec<QuizLeader>,
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident => $done:ident $(| $other:ident)?;)+) => {$(
        $(#[$doc])*
        #[derive(TS)]
        #[ts(untagged)]
        #[expect(dead_code, reason = "the type for clients; each arm is encoded by itself")]
        pub(crate) enum $name {
            /// It was done.
            Done($done),
            $(#[doc = "It was done otherwise."] Otherwise($other),)?
            /// It was not.
            Refused(QuizRefused),
        }
    )+};
}

answers! {
    /// Whether something was done.
    QuizAck => QuizDone;
    /// Acknowledgement of `ping`.
    QuizPingAck => QuizAlive;
    /// Acknowledgement of `privateMessage`.
    QuizSayAck => QuizSent;
    /// Acknowledgement of `roomMessage`: without an id of what the app has stored.
    QuizRoomSayAck => QuizSent | QuizDone;
    /// Acknowledgement of `joinRoom` and `join_room`.
    QuizRoomAck => QuizEntered;
    /// Acknowledgement of `joinQuiz`.
    QuizJoinAck => QuizTakesPart;
    /// Acknowledgement of `submitAnswer`.
    QuizAnswerAck => QuizAnswered;
    /// Acknowledgement of `startQuiz`.
    QuizStartAck => QuizUnderway;
    /// Acknowledgement of `nextQuestion`: after the last one the quiz is over.
    QuizNextAck => QuizAsked | QuizEnded;
    /// Acknowledgement of `endQuiz`.
    QuizEndAck => QuizEnded;
}

/// It was done.
pub(super) fn done() -> Reply {
    Reply::json(&QuizDone { success: true })
}

/// It was not.
pub(super) fn refused(fault: &Fault) -> Reply {
    let retry_after = fault.seconds_to_wait();
    Reply::json(&QuizRefused { success: false, error: fault.error, retry_after })
}
