//! What templates show that nobody gave them as such: a score as a share, a date as a leaf of a calendar.

use outrigger_domain::email::{Address, MailTemplate, Variables};
use serde_json::{Map, Value, json};
use time::{
    Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339,
    macros::format_description,
};

use super::text::{cut, line, mail_link, paragraphs};

/// Longest text shown beside the subject in a list of mails, in characters.
const MOST_EXCERPT_CHARS: usize = 110;

/// Everything a template is filled with: what it was given, in its written form, and what follows from it.
pub(super) fn derive(template: MailTemplate, filled: &Variables) -> Map<String, Value> {
    let given = Given(filled);
    let mut words: Map<String, Value> =
        filled.keys().map(|name| (name.clone(), given.text(name).into())).collect();
    for name in ["message", "question", "answer", "courseDescription"] {
        if filled.contains_key(name) {
            let text = given.text(name);
            words.insert(format!("{name}Paragraphs"), json!(paragraphs(&text)));
            words.insert(format!("{name}Excerpt"), cut(&line(&text), MOST_EXCERPT_CHARS).into());
        }
    }
    let more = match template {
        MailTemplate::AccountVerification => json!({
            "expires": given.minutes("expiresMinutes"),
            "long": given.text("otp").chars().count() > 8,
        }),
        MailTemplate::PasswordReset => json!({ "expires": given.minutes("expiresMinutes") }),
        MailTemplate::CourseEnrollment => json!({ "start": given.day("startDate") }),
        MailTemplate::QuizReminder => json!({ "due": given.day("dueDate") }),
        MailTemplate::QuizCompletion => given.score(),
        MailTemplate::SchoolRegistration => json!({
            "websiteText": given.text("website").trim_start_matches("https://").trim_end_matches('/'),
        }),
        MailTemplate::ContactAlert => given.request(),
        MailTemplate::ContactConfirmation
        | MailTemplate::ContactReply
        | MailTemplate::WelcomeEmail => Value::Null,
    };
    if let Value::Object(more) = more {
        words.extend(more);
    }
    words
}

/// What a template was given.
struct Given<'a>(&'a Variables);

impl Given<'_> {
    /// As it is written: numbers with two decimals at most.
    fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
                (None, Some(number)) => ((number * 100.0).round() / 100.0).to_string(),
                _ => number.to_string(),
            },
            _ => String::new(),
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let text = self.text(name);
        let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok()?;
        number.is_finite().then_some(number)
    }

    /// `90 minutes`, `2 hours`; what is no number of minutes is said as it was given.
    fn minutes(&self, name: &str) -> String {
        let text = self.text(name);
        let (count, unit) = match text.parse::<u32>() {
            Ok(minutes) if minutes > 0 && minutes % 60 == 0 => (minutes / 60, "hour"),
            Ok(minutes) => (minutes, "minute"),
            Err(_) => return text,
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }

    /// A day, and a time if one was given, in the zone that it was given in.
    fn day(&self, name: &str) -> Value {
        let text = self.text(name);
        let millis = self.0.get(name).and_then(Value::as_i64);
        let at = OffsetDateTime::parse(&text, &Rfc3339).ok().or_else(|| {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis?) * 1_000_000).ok()
        });
        let plain = format_description!("[year]-[month]-[day]");
        let Some(date) = at.map(OffsetDateTime::date).or_else(|| Date::parse(&text, plain).ok())
        else {
            return Value::Null;
        };
        let (month, weekday) = (date.month().to_string(), date.weekday().to_string());
        let time =
            at.map(|at| format!("{:02}:{:02} {}", at.hour(), at.minute(), zone(at.offset())));
        let short = format!("{} {month} {}", date.day(), date.year());
        let long = match &time {
            Some(time) => format!("{weekday}, {short} at {time}"),
            None => format!("{weekday}, {short}"),
        };
        json!({
            "day": date.day(),
            "month": month.get(..3),
            "weekday": weekday,
            "date": short,
            "time": time,
            "long": long,
        })
    }

    /// How well it went.
    fn score(&self) -> Value {
        let of_marks = || {
            let (marks, out_of) = (self.number("marks")?, self.number("outOf")?);
            (out_of > 0.0).then(|| marks / out_of * 100.0)
        };
        let percent = self.number("percentage").or_else(of_marks);
        let percent = percent.map(|percent| percent.clamp(0.0, 100.0).round() as u8);
        let (verdict, encouragement) = match percent {
            Some(100) => ("A perfect score", "There is nothing left to improve here."),
            Some(80..) => ("Great work", "That is a strong result."),
            Some(50..) => {
                ("Well done", "You are on a good way; a look at the answers shows what is left.")
            }
            Some(_) => (
                "You made it",
                "Every quiz shows what to look at next; the answers are a good place to begin.",
            ),
            None => ("You made it", ""),
        };
        let rank = self.text("rank");
        let place = rank.parse::<u32>().map_or(rank, |rank| format!("{} place", ordinal(rank)));
        let marks_size = match self.text("marks").chars().count() {
            0..=3 => "46px",
            4..=5 => "34px",
            _ => "22px",
        };
        json!({
            "score": percent.map(|percent| json!({
                "percent": percent,
                "done": (percent > 0).then_some(percent),
                "left": (percent < 100).then(|| 100 - percent),
            })),
            "verdict": verdict,
            "encouragement": encouragement,
            "place": place,
            "marksSize": marks_size,
        })
    }

    /// Who asks, and how soon they want an answer.
    fn request(&self) -> Value {
        let email = self.text("email");
        let priority = self.text("priority").to_lowercase();
        let urgency = match priority.as_str() {
            "urgent" => json!({ "label": "Urgent", "back": "#b4231c", "text": "#ffffff" }),
            "high" => json!({ "label": "High priority", "back": "#9a4a05", "text": "#ffffff" }),
            _ => Value::Null,
        };
        let initial = self.text("name").chars().find(|c| c.is_alphanumeric());
        json!({
            "emailHref": Address::new(&email).map(|email| mail_link(email.as_str())).unwrap_or_default(),
            "nameInitial": initial.map_or_else(|| "?".to_owned(), |c| c.to_uppercase().to_string()),
            "urgency": urgency,
        })
    }
}

fn zone(offset: UtcOffset) -> String {
    let (hours, minutes, _) = offset.as_hms();
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{hours:+}"),
        (hours, minutes) => {
            let sign = if offset.is_negative() { '-' } else { '+' };
            format!("UTC{sign}{}:{:02}", hours.abs(), minutes.abs())
        }
    }
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(template: MailTemplate, given: Value) -> Map<String, Value> {
        derive(template, given.as_object().unwrap())
    }

    #[test]
    fn a_day_is_shown_in_the_zone_that_it_was_given_in() {
        let due = |given: Value| {
            derived(MailTemplate::QuizReminder, json!({ "dueDate": given }))["due"].clone()
        };
        let utc = due(json!("2025-12-05T18:00:00.000Z"));
        assert_eq!(utc["long"], "Friday, 5 December 2025 at 18:00 UTC");
        assert_eq!((&utc["day"], &utc["month"]), (&json!(5), &json!("Dec")));
        assert_eq!(due(json!("2025-12-05T18:00:00+02:00"))["time"], "18:00 UTC+2");
        assert_eq!(due(json!("2025-12-05T18:00:00-03:30"))["time"], "18:00 UTC-3:30");
        assert_eq!(due(json!("2025-12-05"))["long"], "Friday, 5 December 2025");
        assert_eq!(due(json!(1_764_957_600_000_i64))["time"], "18:00 UTC");
        for other in [json!("next week"), json!(""), json!("2025-13-01")] {
            assert_eq!(due(other), Value::Null);
        }
    }

    #[test]
    fn a_score_is_counted_if_it_was_not_given() {
        let score = |given: Value| derived(MailTemplate::QuizCompletion, given);
        let of = |given: Value| score(given)["score"].clone();
        assert_eq!(of(json!({ "marks": 17, "outOf": 20 }))["percent"], 85);
        assert_eq!(of(json!({ "marks": "1", "outOf": "3", "percentage": "40 %" }))["percent"], 40);
        assert_eq!(
            of(json!({ "marks": 0, "outOf": 9 })),
            json!({ "percent": 0, "done": null, "left": 100 })
        );
        assert_eq!(
            of(json!({ "marks": 12, "outOf": 10 })),
            json!({ "percent": 100, "done": 100, "left": null })
        );
        for none in [json!({ "marks": "A", "outOf": 5 }), json!({ "marks": 1, "outOf": 0 })] {
            assert_eq!(of(none.clone()), Value::Null, "{none}");
            assert_eq!(score(none)["verdict"], "You made it");
        }
        assert_eq!(score(json!({ "marks": 2.0 / 3.0, "outOf": 1 }))["marks"], "0.67");
    }

    #[test]
    fn places_and_times_are_said_as_people_say_them() {
        let numbers = [1, 2, 3, 4, 11, 12, 13, 21, 112, 1003].map(ordinal).join(" ");
        assert_eq!(numbers, "1st 2nd 3rd 4th 11th 12th 13th 21st 112th 1003rd");
        for (given, said) in [
            (json!(1), "1 minute"),
            (json!("15"), "15 minutes"),
            (json!(60), "1 hour"),
            (json!(1440), "24 hours"),
            (json!("ten"), "ten"),
            (json!(""), ""),
        ] {
            let words = derived(MailTemplate::PasswordReset, json!({ "expiresMinutes": given }));
            assert_eq!(words["expires"], said);
        }
    }

    #[test]
    fn what_is_no_address_is_no_link() {
        let href = |email: &str| {
            derived(MailTemplate::ContactAlert, json!({ "email": email }))["emailHref"].clone()
        };
        assert_eq!(href("ann@example.com"), "mailto:ann@example.com");
        assert_eq!(href("javascript:alert(1)"), "");
    }
}
