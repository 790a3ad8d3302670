//! What templates look like when they are filled, for previews.

use serde_json::{Value, json};

use super::template::{MailTemplate, Variables};

impl MailTemplate {
    /// Everything that it knows of, as an app might give it.
    #[must_use]
    pub fn sample(self) -> Variables {
        match self.sample_json() {
            Value::Object(sample) => sample,
            _ => Variables::new(),
        }
    }

    fn sample_json(self) -> Value {
        match self {
            Self::AccountVerification => json!({
                "name": "Amara Okafor",
                "otp": "482913",
                "link": "https://quizblog.example/verify?code=482913",
                "expiresMinutes": 15,
            }),
            Self::ContactConfirmation => json!({
                "name": "Amara Okafor",
                "subject": "My certificate shows the wrong name",
                "message": "Hello,\n\nI finished \"Foundations of Biology\" last week, but the certificate says \
                            Amara Okoro. Could you correct it?\n\nThank you!",
                "contactId": "contact_1763712000000_k3v9x2m4q",
                "estimatedResponseTime": "24 hours",
            }),
            Self::CourseEnrollment => json!({
                "name": "Amara Okafor",
                "courseTitle": "Foundations of Biology",
                "courseDescription": "Cells, genes and ecosystems in eight weeks, with a short quiz after each \
                                      chapter and a friendly forum for everything you want to ask.",
                "courseLink": "https://quizblog.example/courses/foundations-of-biology",
                "startDate": "2026-01-12",
            }),
            Self::PasswordReset => json!({
                "name": "Amara Okafor",
                "link": "https://quizblog.example/reset?token=u5Qm2Zr8yKc1",
                "expiresMinutes": 30,
            }),
            Self::QuizCompletion => json!({
                "name": "Amara Okafor",
                "quizTitle": "Rivers of Africa",
                "marks": 17,
                "outOf": 20,
                "percentage": 85,
                "rank": 3,
                "reviewLink": "https://quizblog.example/reviews/4711",
            }),
            Self::QuizReminder => json!({
                "name": "Amara Okafor",
                "quizTitle": "Rivers of Africa",
                "quizLink": "https://quizblog.example/quizzes/rivers-of-africa",
                "author": "Jean Bosco",
                "category": "Geography",
                "dueDate": "2025-12-05T18:00:00Z",
                "unsubscribeLink": "https://quizblog.example/unsubscribe/8841",
            }),
            Self::SchoolRegistration => json!({
                "name": "Amara Okafor",
                "schoolTitle": "Green Hills Academy",
                "location": "Kigali, Rwanda",
                "website": "www.greenhills.example",
                "loginLink": "https://quizblog.example/login",
            }),
            Self::WelcomeEmail => json!({
                "name": "Amara Okafor",
                "loginLink": "https://quizblog.example/login",
                "unsubscribeLink": "https://quizblog.example/unsubscribe/8841",
            }),
            Self::ContactReply => json!({
                "name": "Amara Okafor",
                "question": "I finished \"Foundations of Biology\" last week, but the certificate says Amara Okoro. \
                             Could you correct it?",
                "answer": "Of course, and sorry about that!\n\nYour certificate now reads Amara Okafor. You can \
                           download it again from your profile; the old one is no longer valid.",
                "subject": "My certificate shows the wrong name",
                "contactId": "contact_1763712000000_k3v9x2m4q",
            }),
            Self::ContactAlert => json!({
                "name": "Amara Okafor",
                "email": "amara@example.com",
                "message": "I cannot open the exam that starts in ten minutes. The page stays white on my phone and \
                            on my laptop.",
                "subject": "Exam page stays white",
                "contactId": "contact_1763712000000_k3v9x2m4q",
                "priority": "urgent",
                "phone": "+250 788 000 000",
                "queueLink": "https://quizblog.example/admin/contacts",
            }),
        }
    }
}
