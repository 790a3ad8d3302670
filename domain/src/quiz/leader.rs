//! Who may lead a quiz, and what comes of it.

use std::sync::Arc;

use super::{
    attendance::JoinRefused,
    session::{Asked, LeaderboardRow, Quiz, SessionStatus},
};
use crate::{
    actor::{Actor, Role},
    ids::UserId,
    ports::StoreError,
    time::Timestamp,
};

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leader {
    /// The app itself.
    App,
    /// Somebody with a token; leads only as the quiz's host, as a creator or as an admin.
    User {
        /// Who.
        user: UserId,
        /// With which standing.
        role: Role,
    },
}

impl From<&Actor> for Leader {
    fn from(actor: &Actor) -> Self {
        Self::User { user: actor.user.clone(), role: actor.role }
    }
}

impl Leader {
    /// Whether this one may lead that quiz, of which nothing may be known.
    pub(super) fn may_lead(&self, quiz: Option<&Quiz>) -> Result<(), LeadError> {
        let may = match self {
            Self::App => true,
            Self::User { user, role } => {
                let host = quiz.and_then(|quiz| quiz.told.host.as_ref());
                *role >= Role::Staff || host == Some(user)
            }
        };
        if may { Ok(()) } else { Err(LeadError::NotYours) }
    }
}

/// A quiz is started, or was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// When.
    pub at: Timestamp,
    /// How far it is now.
    pub status: SessionStatus,
}

/// What came of asking for the next question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It stands now.
    Asked {
        /// Which, and until when.
        asked: Asked,
        /// How many there are.
        total: usize,
    },
    /// The one before was the last.
    Completed {
        /// Who led.
        rows: Arc<[LeaderboardRow]>,
    },
}

/// Why somebody cannot lead.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LeadError {
    /// Neither host, creator nor admin.
    #[error("not the host of this quiz")]
    NotYours,
    /// The quiz is not held.
    #[error("the quiz is not held")]
    NoSession,
    /// Nobody registered the quiz, so there is nothing to ask.
    #[error("the quiz has no questions")]
    NoQuestions,
    /// The session is over.
    #[error("the quiz is over")]
    Over,
    /// There is no session, and 10,000 others are open.
    #[error("too many quizzes are held")]
    TooManySessions,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<JoinRefused> for LeadError {
    fn from(refused: JoinRefused) -> Self {
        match refused {
            JoinRefused::Store(error) => Self::Store(error),
            JoinRefused::Full | JoinRefused::TooManyQuizzes | JoinRefused::TooManySessions => {
                Self::TooManySessions
            }
        }
    }
}
