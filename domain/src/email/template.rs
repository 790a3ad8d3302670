//! Which e-mails there are, and what each must be given.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a template is filled with: texts and numbers by name.
pub type Variables = Map<String, Value>;

/// The templates (`contracts/quiz.md` section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailTemplate {
    /// A code to prove an address.
    AccountVerification,
    /// A request for help came.
    ContactConfirmation,
    /// Someone is in a course.
    CourseEnrollment,
    /// A link to choose another password.
    PasswordReset,
    /// How a quiz went.
    QuizCompletion,
    /// There is a quiz to take.
    QuizReminder,
    /// A school is registered.
    SchoolRegistration,
    /// Someone is new.
    WelcomeEmail,
    /// An answer to a request for help.
    ContactReply,
    /// For those who help: somebody asks.
    ContactAlert,
}

/// Who waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// It answers what somebody did, who may be waiting for it.
    Direct,
    /// Nobody asked for it; people may say that they want no more of it.
    List,
}

impl MailTemplate {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::AccountVerification,
        Self::ContactConfirmation,
        Self::CourseEnrollment,
        Self::PasswordReset,
        Self::QuizCompletion,
        Self::QuizReminder,
        Self::SchoolRegistration,
        Self::WelcomeEmail,
        Self::ContactReply,
        Self::ContactAlert,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountVerification => "account-verification",
            Self::ContactConfirmation => "contact-confirmation",
            Self::CourseEnrollment => "course-enrollment",
            Self::PasswordReset => "password-reset",
            Self::QuizCompletion => "quiz-completion",
            Self::QuizReminder => "quiz-reminder",
            Self::SchoolRegistration => "school-registration",
            Self::WelcomeEmail => "welcome-email",
            Self::ContactReply => "contact-reply",
            Self::ContactAlert => "contact-alert",
        }
    }

    /// The template of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.as_str() == name)
    }

    /// What it must be given.
    #[must_use]
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::AccountVerification => &["name", "otp"],
            Self::ContactConfirmation | Self::WelcomeEmail => &["name"],
            Self::CourseEnrollment => &["name", "courseTitle"],
            Self::PasswordReset => &["name", "link"],
            Self::QuizCompletion => &["name", "quizTitle", "marks", "outOf"],
            Self::QuizReminder => &["name", "quizTitle", "quizLink"],
            Self::SchoolRegistration => &["name", "schoolTitle"],
            Self::ContactReply => &["name", "question", "answer"],
            Self::ContactAlert => &["name", "email", "message"],
        }
    }

    /// What it may be given.
    #[must_use]
    pub fn optional(self) -> &'static [&'static str] {
        match self {
            Self::AccountVerification => &["link", "expiresMinutes"],
            Self::ContactConfirmation => {
                &["subject", "message", "contactId", "estimatedResponseTime"]
            }
            Self::CourseEnrollment => &["courseDescription", "courseLink", "startDate"],
            Self::PasswordReset => &["expiresMinutes"],
            Self::QuizCompletion => &["percentage", "rank", "reviewLink"],
            Self::QuizReminder => &["author", "category", "dueDate", "unsubscribeLink"],
            Self::SchoolRegistration => &["location", "website", "loginLink"],
            Self::WelcomeEmail => &["loginLink", "unsubscribeLink"],
            Self::ContactReply => &["subject", "contactId"],
            Self::ContactAlert => &["subject", "contactId", "priority", "phone", "queueLink"],
        }
    }

    /// Other names of variables, as older callers say them.
    #[must_use]
    pub fn aliases(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::QuizReminder => &[("newQuiz", "quizTitle"), ("quizzesLink", "quizLink")],
            _ => &[],
        }
    }

    /// Who waits for it.
    #[must_use]
    pub fn kind(self) -> MailKind {
        if self.is_list_mail() { MailKind::List } else { MailKind::Direct }
    }

    /// Whether people may say that they want no more of its kind: it is no answer to what they did.
    #[must_use]
    pub fn is_list_mail(self) -> bool {
        matches!(self, Self::QuizReminder | Self::WelcomeEmail)
    }
}

/// Why a template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderFault {
    /// A variable that it must be given is absent or empty.
    #[error("Missing required variable: {0}")]
    Missing(&'static str),
    /// A variable is neither text nor number, or is too long.
    #[error("Invalid variable: {0}")]
    Invalid(String),
    /// A link that is not `https:`, or `http:` to this machine.
    #[error("Invalid link: {0}")]
    Link(String),
    /// The template itself is at fault.
    #[error("the template could not be rendered: {0}")]
    Template(String),
}
