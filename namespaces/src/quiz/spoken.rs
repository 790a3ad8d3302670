//! What comes from no event of the domain, for the golden frames: what is said to the asking socket alone; and what passes
//! in rooms without being stored.

use std::{sync::Arc, time::Duration};

use outrigger_domain::{
    ids::{QuestionId, QuizId},
    quiz::{Asked, Joined, SessionStatus, Standing},
    time::Timestamp,
};
use outrigger_transport::Frame;
use serde_json::{Value, json, value::RawValue};

use super::{
    desk::denied,
    relay::Relay,
    taking_part::joined,
    texts::{self, Fault},
    wire::*,
};
use crate::contract::frame;

/// Every refusal that is told.
const FAULTS: [Fault; 29] = [
    texts::NOT_FOR_GUESTS,
    texts::INVALID_PAYLOAD,
    texts::TOO_LARGE,
    texts::INTERNAL,
    texts::OVERLOADED,
    texts::NO_MESSAGE,
    texts::MESSAGE_TOO_LONG,
    texts::INVALID_MESSAGE,
    texts::NO_RECIPIENT,
    texts::TO_YOURSELF,
    texts::NO_ROOM_NAME,
    texts::TOO_MANY_ROOMS,
    texts::NOT_IN_ROOM,
    texts::NO_QUIZ_ID,
    texts::NO_QUESTION_ID,
    texts::NO_ANSWER,
    texts::QUIZ_FULL,
    texts::TOO_MANY_QUIZZES,
    texts::TOO_MANY_SESSIONS,
    texts::QUIZ_OVER,
    texts::NO_SUCH_QUESTION,
    texts::QUESTION_CLOSED,
    texts::ANSWER_TOO_LONG,
    texts::TOO_MANY_ANSWERS,
    texts::NOT_THE_HOST,
    texts::NO_SESSION,
    texts::NO_QUESTIONS,
    texts::NO_CONTACT,
    texts::TOO_OFTEN,
];

/// One of each that passes in rooms without being stored.
pub(crate) fn relayed() -> Vec<Arc<RawValue>> {
    let text = |text: &str| text.to_owned();
    let message = |id, in_full| Relay::Message {
        id,
        in_full,
        receiver: Some(text("bob")),
        room_name: None,
        content: text("hi"),
    };
    let relays = [
        message(None, false),
        message(Some(text("64ac")), true),
        Relay::OldText { text: text("hi") },
        Relay::OldMessage { text: text("hi") },
        Relay::Welcome,
    ];
    relays.iter().map(Relay::words).collect()
}

/// One of each that is said to the asking socket alone.
pub(crate) fn said_to_the_asking(at: Timestamp) -> Vec<Frame> {
    let text = |text: &str| text.to_owned();
    let quiz = QuizId::new("q1").unwrap();
    let echo = |value: Value| value.as_object().unwrap().clone();
    let pong = |value| frame(&QuizPong { echo: echo(value), server_time: at });
    let standing = |closes_at: Option<Timestamp>| Standing {
        asked: Asked {
            index: 0,
            question: QuestionId::new("a").unwrap(),
            at,
            closes_at,
            closed: false,
        },
        total: 2,
        time_limit: closes_at.map(|_| 20),
    };
    let joined = |status, question| {
        frame(&joined(&quiz, &Joined { count: 2, status, question, answered: 1 }, at))
    };
    let denied = |fault| frame(&denied("event", &fault));
    let mut said = vec![
        pong(json!({})),
        pong(json!({ "timestamp": 7, "more": ["x"] })),
        frame(&QuizOnlineUsers::new(&[], at)),
        frame(&QuizMessageDelivered {
            message_id: text("m1"),
            recipient_id: text("bob"),
            timestamp: at,
        }),
        frame(&QuizError { recipient_id: Some(text("bob")), ..QuizError::new(texts::NOT_ONLINE) }),
        frame(&QuizRoomJoined { room_id: text("lobby"), member_count: 2, room_type: text("chat") }),
        joined(SessionStatus::Waiting, None),
        joined(SessionStatus::Active, Some(standing(None))),
        joined(SessionStatus::Active, Some(standing(Some(at.plus(Duration::from_secs(20)))))),
        frame(&QuizReplyReceived {
            contact_id: text("contact_1_a"),
            reply_name: text("Ann"),
            message: text("hi"),
            reply_date: at,
        }),
        frame(&QuizContactMessage {
            contact_id: text("contact_1_a"),
            contact_name: text("Ann"),
            message: text("hi"),
            contact_date: at,
        }),
        denied(Fault::no_room("admins")),
        denied(Fault { retry_after: Some(Duration::from_millis(6_001)), ..texts::TOO_OFTEN }),
    ];
    said.extend(FAULTS.map(denied));
    said.into_iter().flatten().collect()
}
