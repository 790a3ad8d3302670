//! The templates as they are written, by name.

macro_rules! html {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../templates/", $name, ".hbs")))),+]
    };
}

macro_rules! text {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../templates/", $name, ".txt.hbs")))),+]
    };
}

macro_rules! subjects {
    ($($name:literal),+ $(,)?) => {
        [$((
            concat!($name, ".subject"),
            include_str!(concat!("../../templates/", $name, ".subject.hbs")),
        )),+]
    };
}

/// The layout, its parts, and what differs from mail to mail.
pub(super) const HTML: [(&str, &str); 19] = html![
    "layout",
    "button",
    "copyable",
    "day",
    "fact",
    "lead",
    "note",
    "prose",
    "step",
    "account-verification",
    "contact-alert",
    "contact-confirmation",
    "contact-reply",
    "course-enrollment",
    "password-reset",
    "quiz-completion",
    "quiz-reminder",
    "school-registration",
    "welcome-email",
];

const BODIES: [(&str, &str); 11] = text![
    "layout",
    "account-verification",
    "contact-alert",
    "contact-confirmation",
    "contact-reply",
    "course-enrollment",
    "password-reset",
    "quiz-completion",
    "quiz-reminder",
    "school-registration",
    "welcome-email",
];

const SUBJECTS: [(&str, &str); 10] = subjects![
    "account-verification",
    "contact-alert",
    "contact-confirmation",
    "contact-reply",
    "course-enrollment",
    "password-reset",
    "quiz-completion",
    "quiz-reminder",
    "school-registration",
    "welcome-email",
];

/// What is no HTML: the plain parts, and the subjects.
pub(super) const TEXT: [&[(&str, &str)]; 2] = [&BODIES, &SUBJECTS];
