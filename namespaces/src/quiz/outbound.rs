//! What happens, in the words of contract `quiz` (`contracts/quiz.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    commerce::RoomName,
    events::{DomainEvent, Published},
    ids::{ChatId, UserId},
    messaging::{Message, Recipient},
    quiz::QuizEvent,
    time::Timestamp,
};
use outrigger_transport::Frame;

use super::{
    people::{IMAGE, TEXT},
    relay::{Context, Relay, joined},
    texts::credential_ended,
    wire::{
        QuizCompleted, QuizError, QuizLeaderboard, QuizOnlineUsers, QuizParticipantFinished,
        QuizParticipantJoined, QuizParticipantLeft, QuizParticipantProgress, QuizPrivateMessage,
        QuizQuestion, QuizRoomMessage, QuizServerStats, QuizShortStats, QuizStarted, QuizTypist,
        QuizUserJoinedRoom, QuizUserLeftRoom, QuizUserOffline, QuizUserOnline,
        QuizUserStoppedTyping, QuizUserTyping, leaders,
    },
};
use crate::contract::{Hearer, Voice, frame, is_only_contacts, is_only_tracked};

/// The contract's voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuizVoice;

/// The name to show of someone; of those who have none, their id.
fn shown(name: Option<&str>, user: &UserId) -> String {
    name.map_or_else(|| user.to_string(), str::to_owned)
}

impl Voice for QuizVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::MessageReceived(message) => private_message(message),
            DomainEvent::ChatMessage(message) => room_message(message),
            DomainEvent::ChatVisit { chat, user, name, entered } => {
                visit(chat, user, &shown(name.as_deref(), user), *entered, at)
            }
            DomainEvent::ChatTyping { chat, user, name, typing } => {
                return typing_in(chat, user, shown(name.as_deref(), user), *typing, at);
            }
            DomainEvent::ChatRelay { chat, user, name, words } => {
                let (room, name) = (&RoomName::spell(chat), &shown(name.as_deref(), user));
                let context = Context { room, user, name, at };
                Relay::read(words).and_then(|relay| relay.frame(&context))
            }
            DomainEvent::Quiz(event) => quiz(event, at),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&QuizError::new(reason))
            }
            DomainEvent::CredentialEnded(end) => frame(&QuizError::new(credential_ended(*end))),
            DomainEvent::Custom(custom) => custom
                .is_for(super::CONTRACT, namespace)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            // This contract has no event for these; whoever sends a message hears of it at once, or has its
            // acknowledgement.
            DomainEvent::MessageSent(_)
            | DomainEvent::MessageRead { .. }
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::Typing { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::Notification(_)
            | DomainEvent::NotificationsRead { .. }
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::AccountStatus { .. }
            | DomainEvent::RoleChanged { .. }
            | DomainEvent::Designations { .. }
            | DomainEvent::TestMessage { .. }
            | DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::Announcement(_)
            | DomainEvent::PingAll
            | DomainEvent::Commerce(_)
            | DomainEvent::Support(_)
            | DomainEvent::ChatLeft(_) => None,
        }
        .into_iter()
        .collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(
            event,
            DomainEvent::Presence(_)
                | DomainEvent::UserStatus(_)
                | DomainEvent::OnlineUsers(_)
                | DomainEvent::Commerce(_)
        ) || is_only_tracked(event)
            || is_only_contacts(event)
    }

    fn aside(&self, _namespace: &str, published: &Published, hearer: Hearer) -> Option<Vec<Frame>> {
        if let DomainEvent::Quiz(event) = &published.event {
            said_aside(event, hearer)
        } else {
            None
        }
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        None
    }
}

/// Admins see more of the process; guests are on no list, and see none.
fn said_aside(event: &QuizEvent, hearer: Hearer) -> Option<Vec<Frame>> {
    match event {
        QuizEvent::Stats(stats) if hearer == Hearer::Admin => {
            Some(frame(&QuizServerStats::from(&**stats)).into_iter().collect())
        }
        QuizEvent::Came { .. } | QuizEvent::Went { .. } | QuizEvent::Everyone(_)
            if hearer == Hearer::Guest =>
        {
            Some(Vec::new())
        }
        QuizEvent::Joined { .. }
        | QuizEvent::Left { .. }
        | QuizEvent::Progress { .. }
        | QuizEvent::Finished { .. }
        | QuizEvent::Leaderboard { .. }
        | QuizEvent::Started { .. }
        | QuizEvent::Question { .. }
        | QuizEvent::Completed { .. }
        | QuizEvent::Came { .. }
        | QuizEvent::Went { .. }
        | QuizEvent::Everyone(_)
        | QuizEvent::Stats(_) => None,
    }
}

/// What a message says, and of which kind it is.
fn said(message: &Message) -> (String, &'static str) {
    match (&message.text, &message.image) {
        (None, Some(image)) => (image.clone(), IMAGE),
        (text, _) => (text.clone().unwrap_or_default(), TEXT),
    }
}

fn private_message(message: &Message) -> Option<Frame> {
    let (text, kind) = said(message);
    frame(&QuizPrivateMessage {
        message_id: message.id.to_string(),
        sender_id: message.sender.to_string(),
        sender_name: shown(message.sender_profile.name.as_deref(), &message.sender),
        message: text,
        kind,
        timestamp: message.created_at,
    })
}

fn room_message(message: &Message) -> Option<Frame> {
    let Recipient::Chat(chat) = &message.recipient else { return None };
    let (text, kind) = said(message);
    frame(&QuizRoomMessage {
        message_id: message.id.to_string(),
        sender_id: message.sender.to_string(),
        sender_name: shown(message.sender_profile.name.as_deref(), &message.sender),
        message: text,
        kind,
        room_id: RoomName::spell(chat),
        timestamp: message.created_at,
    })
}

fn visit(
    chat: &ChatId,
    user: &UserId,
    name: &str,
    entered: bool,
    timestamp: Timestamp,
) -> Option<Frame> {
    let (user_id, user_name) = (user.to_string(), name.to_owned());
    let room_id = RoomName::spell(chat);
    if entered {
        let message = joined(name);
        frame(&QuizUserJoinedRoom { user_id, user_name, room_id, message, timestamp })
    } else {
        frame(&QuizUserLeftRoom { user_id, user_name, room_id, timestamp })
    }
}

fn typing_in(
    chat: &ChatId,
    user: &UserId,
    user_name: String,
    is_typing: bool,
    timestamp: Timestamp,
) -> Vec<Frame> {
    let room_id = RoomName::spell(chat);
    let typist = QuizTypist { id: user.to_string(), name: user_name.clone() };
    let stopped = QuizUserStoppedTyping { user: typist.clone(), room_id: room_id.clone() };
    let user_id = user.to_string();
    let typing = QuizUserTyping { user_id, user_name, is_typing, user: typist, room_id, timestamp };
    let stopped = (!is_typing).then(|| frame(&stopped)).flatten();
    frame(&typing).into_iter().chain(stopped).collect()
}

fn quiz(event: &QuizEvent, at: Timestamp) -> Option<Frame> {
    match event {
        QuizEvent::Joined { quiz: _, user, name, count } => frame(&QuizParticipantJoined {
            user_id: user.to_string(),
            user_name: name.clone(),
            participant_count: *count,
        }),
        QuizEvent::Left { quiz: _, user, name, count } => frame(&QuizParticipantLeft {
            user_id: user.to_string(),
            user_name: name.clone(),
            participant_count: *count,
        }),
        QuizEvent::Progress { quiz: _, user, name, answered } => frame(&QuizParticipantProgress {
            user_id: user.to_string(),
            user_name: name.clone(),
            questions_answered: *answered,
        }),
        QuizEvent::Finished { quiz, user, name, answered } => frame(&QuizParticipantFinished {
            quiz_id: quiz.to_string(),
            user_id: user.to_string(),
            user_name: name.clone(),
            questions_answered: *answered,
        }),
        QuizEvent::Leaderboard { quiz, rows } => frame(&QuizLeaderboard::new(quiz, rows)),
        QuizEvent::Started { quiz, at, status } => {
            frame(&QuizStarted { quiz_id: quiz.to_string(), start_time: *at, status: *status })
        }
        QuizEvent::Question { quiz, question, index, total, time_limit, closes_at } => {
            frame(&QuizQuestion {
                quiz_id: quiz.to_string(),
                question_id: question.to_string(),
                index: *index,
                total: *total,
                time_limit: *time_limit,
                closes_at: *closes_at,
                server_time: at,
            })
        }
        QuizEvent::Completed { quiz, rows } => {
            frame(&QuizCompleted { quiz_id: quiz.to_string(), leaderboard: leaders(rows) })
        }
        QuizEvent::Came { user, name, at } => {
            frame(&QuizUserOnline { user_id: user.to_string(), name: name.clone(), timestamp: *at })
        }
        QuizEvent::Went { user, name, at } => frame(&QuizUserOffline {
            user_id: user.to_string(),
            name: name.clone(),
            timestamp: *at,
        }),
        QuizEvent::Everyone(list) => frame(&QuizOnlineUsers::new(list, at)),
        QuizEvent::Stats(stats) => frame(&QuizShortStats::from(&**stats)),
    }
}
