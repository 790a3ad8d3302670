//! Colours: the same paper for all, an accent for each, in light and in dark.

use outrigger_domain::email::MailTemplate;
use serde::Serialize;
use serde_json::{Map, Value};

/// What everything stands on, and what is written on it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shades {
    /// Around the mail.
    pub(super) canvas: &'static str,
    /// The mail itself.
    pub(super) card: &'static str,
    /// What is quoted.
    pub(super) well: &'static str,
    /// Lines.
    pub(super) rule: &'static str,
    /// What is not filled yet: a little of the accent on the tint.
    pub(super) track: String,
    /// Text.
    pub(super) ink: &'static str,
    /// Text of less weight.
    pub(super) muted: &'static str,
    /// The mail's own colour.
    pub(super) accent: &'static str,
    /// Written on that.
    pub(super) on: &'static str,
    /// Behind what the mail begins with.
    pub(super) tint: &'static str,
}

const LIGHT: Shades = Shades {
    canvas: "#f4f3ef",
    card: "#ffffff",
    well: "#f6f5f2",
    rule: "#e5e2db",
    track: String::new(),
    ink: "#1b1d22",
    muted: "#595e6a",
    accent: "",
    on: "#ffffff",
    tint: "",
};

const DARK: Shades = Shades {
    canvas: "#101216",
    card: "#191c22",
    well: "#22262e",
    rule: "#30353f",
    track: String::new(),
    ink: "#eef0f4",
    muted: "#b0b6c3",
    accent: "",
    on: "#14161a",
    tint: "",
};

/// Accent and tint, in light and in dark.
fn colours(template: MailTemplate) -> [&'static str; 4] {
    match template {
        MailTemplate::AccountVerification => ["#4338ca", "#edeefd", "#aab4fd", "#24264a"],
        MailTemplate::ContactConfirmation => ["#0f766e", "#e3f3f0", "#5fdccb", "#12312e"],
        MailTemplate::ContactReply => ["#0e6a88", "#e3f1f6", "#7cd3ee", "#11303b"],
        MailTemplate::ContactAlert => ["#3d4a63", "#e9ecf2", "#c3cee2", "#272d3a"],
        MailTemplate::CourseEnrollment => ["#1d4fc4", "#e8effd", "#93b8fd", "#1a2a4d"],
        MailTemplate::PasswordReset => ["#a0480a", "#fbf0e1", "#f8bb5b", "#3a2912"],
        MailTemplate::QuizCompletion => ["#15743a", "#e5f4ea", "#86e2a5", "#153222"],
        MailTemplate::QuizReminder => ["#6d28c9", "#f2ecfd", "#c8b3fd", "#2d2150"],
        MailTemplate::SchoolRegistration => ["#a01d4f", "#fbeaf0", "#fba8c4", "#40182a"],
        MailTemplate::WelcomeEmail => ["#b83a12", "#fdeee6", "#fdb48b", "#3d2114"],
    }
}

/// A template's colours in light and in dark.
pub(super) fn shades(template: MailTemplate) -> (Shades, Shades) {
    let [accent, tint, dark_accent, dark_tint] = colours(template);
    (
        Shades { accent, tint, track: mixed(tint, accent), ..LIGHT },
        Shades {
            accent: dark_accent,
            tint: dark_tint,
            track: mixed(dark_tint, dark_accent),
            ..DARK
        },
    )
}

/// An eighth of the one in the other, both as `#rrggbb`.
fn mixed(ground: &str, colour: &str) -> String {
    let channels = |colour: &str| u32::from_str_radix(colour.trim_start_matches('#'), 16);
    let (Ok(ground), Ok(colour)) = (channels(ground), channels(colour)) else {
        return String::new();
    };
    let channel = |shift: u32| ((ground >> shift & 255) * 7 + (colour >> shift & 255)) / 8;
    format!("#{:02x}{:02x}{:02x}", channel(16), channel(8), channel(0))
}

/// The same as words: those of the light look, and those of the dark one under `dark`.
pub(super) fn look(template: MailTemplate) -> Map<String, Value> {
    let (light, dark) = shades(template);
    let words = |shades: Shades| serde_json::to_value(shades).unwrap_or_default();
    let Value::Object(mut look) = words(light) else { return Map::new() };
    look.insert("dark".into(), words(dark));
    look
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn everything_written_can_be_read_in_light_and_in_dark() {
        for template in MailTemplate::ALL {
            let (light, dark) = shades(template);
            for look in [light, dark] {
                for (text, ground) in [
                    (look.ink, look.canvas),
                    (look.ink, look.card),
                    (look.ink, look.well),
                    (look.ink, look.tint),
                    (look.muted, look.canvas),
                    (look.muted, look.card),
                    (look.muted, look.well),
                    (look.muted, look.tint),
                    (look.muted, look.track.as_str()),
                    (look.accent, look.card),
                    (look.accent, look.tint),
                    (look.on, look.accent),
                ] {
                    let contrast = contrast(text, ground);
                    let name = template.as_str();
                    assert!(contrast >= 4.5, "{name}: {text} on {ground} is {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn each_mail_has_a_colour_of_its_own() {
        let accents = MailTemplate::ALL.map(|template| colours(template)[0]);
        let mut distinct = accents.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), accents.len());
    }
}
