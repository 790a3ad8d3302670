//! Names of this contract's events and what goes with them (`contracts/quiz.md` sections 2 and 3). Instants are text.

mod people;
mod quizzes;
mod rooms;

pub use people::*;
pub use quizzes::*;
pub use rooms::*;

/// Names of the events that clients send.
pub(crate) mod name {
    /// Asks for a sign of life.
    pub const PING: &str = "ping";
    /// Says how the user wants to be shown.
    pub const UPDATE_PRESENCE: &str = "updatePresence";
    /// Says something to a user.
    pub const PRIVATE_MESSAGE: &str = "privateMessage";
    /// Typing in a room, or no longer.
    pub const TYPING: &str = "typing";
    /// No longer typing in a room.
    pub const STOP_TYPING: &str = "stopTyping";
    /// Enters a room.
    pub const JOIN_ROOM: &str = "joinRoom";
    /// Leaves a room.
    pub const LEAVE_ROOM: &str = "leaveRoom";
    /// Says something in a room.
    pub const ROOM_MESSAGE: &str = "roomMessage";
    /// Takes part in a quiz.
    pub const JOIN_QUIZ: &str = "joinQuiz";
    /// Answers a question.
    pub const SUBMIT_ANSWER: &str = "submitAnswer";
    /// Asks who leads.
    pub const REQUEST_LEADERBOARD: &str = "requestLeaderboard";
    /// Takes no part any more.
    pub const LEAVE_QUIZ: &str = "leaveQuiz";
    /// Has nothing more to say in a quiz.
    pub const FINISH_QUIZ: &str = "finishQuiz";
    /// Starts a quiz.
    pub const START_QUIZ: &str = "startQuiz";
    /// Asks the next question.
    pub const NEXT_QUESTION: &str = "nextQuestion";
    /// Ends a quiz.
    pub const END_QUIZ: &str = "endQuiz";
    /// Older clients say who they are.
    pub const NEW_USER_CONNECTED: &str = "newUserConnected";
    /// Older clients enter a room.
    pub const OLD_JOIN_ROOM: &str = "join_room";
    /// Older clients say something in the room that they entered.
    pub const OLD_ROOM_MESSAGE: &str = "room_message";
    /// Older clients tell of a reply to a request for help.
    pub const NEW_REPLY: &str = "newReply";
    /// Older clients tell of a message about a request for help.
    pub const CONTACT_MESSAGE: &str = "contactMsgClient";
}
