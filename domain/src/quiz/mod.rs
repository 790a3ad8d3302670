//! Quizzes held live: who takes part, which question stands, what was answered, and who leads (`contracts/quiz.md`).

mod agenda;
mod answer;
mod answering;
mod attendance;
mod desk;
mod event;
mod grading;
mod held;
mod leader;
mod leaderboard;
mod leading;
mod quizzes;
mod registration;
mod roster;
mod server_stats;
mod session;
mod sockets;
mod telling;
mod tending;

pub use answer::{Answer, AnswerRefused, Given, ParticipantError, Submitted};
pub use attendance::{JoinRefused, Joined, Standing};
pub use event::{Directory, QuizEvent, ServerStats};
pub use leader::{LeadError, Leader, Next, Started};
pub use leaderboard::MOST_SHOWN;
pub use quizzes::{Quizzes, QuizzesParts, SessionView};
pub use registration::{MOST_QUESTIONS, RegisterError};
pub use roster::{Roster, RosterParts};
pub use server_stats::{Counted, Counters, StatsTeller, StatsTellerParts};
pub use session::{
    Asked, LeaderboardRow, NewQuiz, Participant, Question, Quiz, QuizSession, SessionStatus,
};

#[cfg(test)]
mod testing;
