//! What clients of this contract send (`contracts/quiz.md` section 2). Clients of different ages say the same in different
//! forms, and many events take a bare text as well as an object: all are read here.

use outrigger_domain::ids::{QuestionId, QuizId};
use outrigger_transport::Args;
use serde_json::{Map, Value};
use ts_rs::TS;

use super::texts::{self, Fault};

/// Most characters of something said (`contracts/quiz.md` section 2, "Length limits").
const MOST_CHARACTERS: usize = 1_000;

/// Most bytes of a name that is only repeated to others: a word for a room's kind, a name for a room.
const MOST_NAME_BYTES: usize = 128;

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident = $form:literal;)+) => {$(
        $(#[$doc])*
        #[derive(TS)]
        #[ts(type = $form)]
        pub struct $name;
    )+};
}

forms! {
    /// Argument of `ping`; all of it comes back.
    QuizPing = "{ timestamp?: number; [more: string]: unknown }";
    /// Argument of `updatePresence`.
    QuizPresence = "'online' | 'away' | 'busy' | 'invisible'";
    /// Argument of `privateMessage`; the same `clientMessageId` again is the same message.
    QuizSay = "{ recipientId: string; message: string; type?: 'text' | 'image'; clientMessageId?: string }";
    /// Argument of `typing`.
    QuizTyping = "{ roomId: string; isTyping: boolean } | { roomID?: string; roomName?: string; roomOrContactId?: string; user?: unknown } | string";
    /// Argument of `stopTyping`.
    QuizStopTyping = "{ roomID?: string; roomName?: string; roomOrContactId?: string; roomId?: string; user?: unknown } | string";
    /// Argument of `joinRoom`.
    QuizRoom = "{ roomId: string; roomType?: string } | string";
    /// Argument of `leaveRoom`.
    QuizLeftRoom = "string | { roomId: string }";
    /// Argument of `roomMessage`; in the second form what the app has stored already.
    QuizRoomSay = "{ roomId: string; message: string; type?: 'text' } | { roomID: string; content: string; sender?: unknown; receiver?: unknown; roomName?: string; _id?: string }";
    /// Argument of everything that is about one quiz.
    QuizOne = "{ quizId: string } | string";
    /// Argument of `joinQuiz`; who joins is known already.
    QuizJoin = "{ quizId: string; userId?: string } | string";
    /// Argument of `submitAnswer`.
    QuizAnswer = "{ quizId: string; questionId: string; answer: unknown; timeSpent?: number }";
    /// Argument of `newUserConnected`; who connected is known already.
    QuizOldUser = "{ _id?: string; name?: string; email?: string }";
    /// Argument of `join_room`; who enters is known already.
    QuizOldRoom = "{ roomName: string; username?: string }";
    /// Argument of `room_message`, for the room that was entered by `join_room`.
    QuizOldRoomMessage = "string | { message: string; roomName?: string; [more: string]: unknown }";
    /// Argument of `newReply` and `contactMsgClient`.
    QuizOldReply = "{ contactId: string; message: string; [more: string]: unknown }";
}

/// An argument: a bare text, or fields. Anything else is fields with nothing in them.
pub(super) enum Said {
    Bare(String),
    Fields(Map<String, Value>),
}

impl Said {
    pub(super) fn read(args: &Args) -> Self {
        match args.first::<Value>() {
            Ok(Value::String(text)) => Self::Bare(text),
            Ok(Value::Object(fields)) => Self::Fields(fields),
            Ok(Value::Number(number)) => Self::Bare(number.to_string()),
            Ok(_) | Err(_) => Self::Fields(Map::new()),
        }
    }

    /// The first field of these names that is there.
    fn field(&self, names: &[&str]) -> Option<&Value> {
        let Self::Fields(fields) = self else { return None };
        names.iter().filter_map(|name| fields.get(*name)).find(|value| !value.is_null())
    }

    /// A field that is there, `null` or not.
    pub(super) fn any(&self, name: &str) -> Option<&Value> {
        let Self::Fields(fields) = self else { return None };
        fields.get(name)
    }

    /// Whether one of these fields is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.field(names).is_some()
    }

    /// The text in the first field of these names; an empty one is none, and a number is taken for its digits.
    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        text_of(self.field(names)?)
    }

    /// The bare text, or the one in the first field of these names.
    pub(super) fn bare_or(&self, names: &[&str]) -> Option<String> {
        match self {
            Self::Bare(text) => (!text.is_empty()).then(|| text.clone()),
            Self::Fields(_) => self.text(names),
        }
    }

    /// What is said, in the first field of these names.
    pub(super) fn line(&self, names: &[&str]) -> Result<String, Fault> {
        line(self.text(names))
    }

    /// A word that is only repeated to others; one that is too long is none.
    pub(super) fn word(&self, names: &[&str]) -> Option<String> {
        self.text(names).filter(|word| word.len() <= MOST_NAME_BYTES)
    }

    /// Someone, by id or in full.
    pub(super) fn someone(&self, name: &str) -> Option<String> {
        let said = self.field(&[name])?;
        let id = match said.as_object() {
            Some(fields) => ["_id", "id"].iter().find_map(|id| fields.get(*id)),
            None => Some(said),
        };
        id.and_then(text_of).filter(|id| id.len() <= MOST_NAME_BYTES)
    }

    /// Whether a field has fields in it.
    pub(super) fn is_in_full(&self, name: &str) -> bool {
        self.field(&[name]).is_some_and(Value::is_object)
    }

    /// A yes or no, if it is there.
    pub(super) fn yes_or_no(&self, name: &str) -> Option<bool> {
        self.field(&[name])?.as_bool()
    }

    /// A number, if it is there.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.field(&[name])?.as_f64()
    }

    /// The quiz that it is about.
    pub(super) fn quiz(&self) -> Result<QuizId, Fault> {
        let id = self.bare_or(&["quizId"]).ok_or(texts::NO_QUIZ_ID)?;
        // Nobody holds a quiz of an impossible id.
        QuizId::new(id).map_err(|_| texts::NO_QUIZ_ID)
    }

    /// The question that it is about.
    pub(super) fn question(&self) -> Result<QuestionId, Fault> {
        let id = self.text(&["questionId"]).ok_or(texts::NO_QUESTION_ID)?;
        QuestionId::new(id).map_err(|_| texts::NO_QUESTION_ID)
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// Something said: not only white space, and not too long.
pub(super) fn line(text: Option<String>) -> Result<String, Fault> {
    let text = text.filter(|text| !text.trim().is_empty()).ok_or(texts::NO_MESSAGE)?;
    match text.chars().nth(MOST_CHARACTERS) {
        None => Ok(text),
        Some(_) => Err(texts::MESSAGE_TOO_LONG),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Said {
        Said::Fields(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_bare_text_and_a_field_are_the_same() {
        for said in [Said::Bare("q1".into()), fields(json!({ "quizId": "q1", "more": 1 }))] {
            assert_eq!(said.quiz().unwrap().as_str(), "q1");
        }
        assert_eq!(fields(json!({ "quizId": 7 })).quiz().unwrap().as_str(), "7");
        for none in [json!({}), json!({ "quizId": "" }), json!({ "quizId": {} })] {
            assert_eq!(fields(none).quiz(), Err(texts::NO_QUIZ_ID));
        }
        assert_eq!(Said::Bare("two words".into()).quiz(), Err(texts::NO_QUIZ_ID));
    }

    #[test]
    fn what_is_said_has_one_to_a_thousand_characters() {
        let said = |text: &str| fields(json!({ "message": text })).line(&["message"]);
        assert_eq!(said("é").as_deref(), Ok("é"));
        assert!(said(&"é".repeat(1_000)).is_ok());
        assert_eq!(said(&"é".repeat(1_001)), Err(texts::MESSAGE_TOO_LONG));
        for none in ["", " \n"] {
            assert_eq!(said(none), Err(texts::NO_MESSAGE));
        }
    }

    #[test]
    fn people_are_named_by_id_or_in_full() {
        let said = fields(json!({ "a": "ann", "b": { "_id": "bob" }, "c": { "id": 7 }, "d": [1] }));
        let each = ["a", "b", "c", "d", "e"].map(|name| said.someone(name));
        assert_eq!(each, [Some("ann".into()), Some("bob".into()), Some("7".into()), None, None]);
        assert!(said.is_in_full("b") && !said.is_in_full("a"));
    }

    proptest! {
        #[test]
        fn any_field_is_read_or_refused(body in r#"\{"(roomId|message|quizId|sender)":[\[\]{}"a0-9.,:-]{0,12}\}"#) {
            let read: Option<Map<_, _>> = serde_json::from_str(&body).ok();
            let said = read.map_or(Said::Bare(body), Said::Fields);
            drop((said.quiz(), said.question(), said.someone("sender"), said.word(&["roomId"])));
            drop(said.line(&["message"]));
        }
    }
}
