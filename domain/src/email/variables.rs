//! What may be put into an e-mail: checked once, the same for every renderer.

use serde_json::Value;

use super::template::{MailTemplate, RenderFault, Variables};

/// Longest text, in bytes.
pub const MOST_TEXT_BYTES: usize = 10 * 1024;

/// Longest link, in bytes.
const MOST_LINK_BYTES: usize = 2 * 1024;

/// What may have several lines; all others are one.
const OF_MANY_LINES: [&str; 4] = ["message", "question", "answer", "courseDescription"];

/// Where a link leads to.
const LINKS: [&str; 8] = [
    "link",
    "courseLink",
    "loginLink",
    "queueLink",
    "quizLink",
    "reviewLink",
    "unsubscribeLink",
    "website",
];

impl MailTemplate {
    /// What it is filled with: all that it knows of, texts and numbers, absent ones empty.
    ///
    /// Older names become today's, unknown ones are left out, nothing invisible stays, and what has one line has one.
    /// A `website` may be given without `https://`.
    ///
    /// # Errors
    /// What is missing, is neither text nor number or too long, or is a link to where mail must not lead.
    pub fn fill(self, given: &Variables) -> Result<Variables, RenderFault> {
        let mut filled = Variables::new();
        for name in self.required().iter().chain(self.optional()) {
            filled.insert((*name).to_owned(), self.value(name, given)?);
        }
        match self.required().iter().find(|name| filled.get(**name) == Some(&Value::from(""))) {
            Some(missing) => Err(RenderFault::Missing(missing)),
            None => Ok(filled),
        }
    }

    fn value(self, name: &str, given: &Variables) -> Result<Value, RenderFault> {
        let older = self.aliases().iter().filter(|(_, today)| *today == name);
        let names = std::iter::once(name).chain(older.map(|(older, _)| *older));
        let text = match names.filter_map(|name| given.get(name)).find(|value| !is_blank(value)) {
            None => return Ok("".into()),
            Some(Value::Number(number)) => return Ok(number.clone().into()),
            Some(Value::String(text)) if text.len() <= MOST_TEXT_BYTES => text,
            Some(_) => return Err(RenderFault::Invalid(name.to_owned())),
        };
        if LINKS.contains(&name) {
            let link = link(text, name == "website");
            return link.map(Value::from).ok_or_else(|| RenderFault::Link(name.to_owned()));
        }
        Ok(if OF_MANY_LINES.contains(&name) { lines(text) } else { line(text) }.into())
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| line(text).is_empty())
}

/// Neither seen nor meant to be: controls, marks that turn the direction of what follows, and joints within words.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// One line of it.
pub(super) fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words = words.map(|word| word.replace(is_invisible, "")).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Its lines, with one empty one between two at most.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let mut lines: Vec<String> = Vec::new();
    for one in text.trim().lines() {
        let one = one.trim_end().replace('\t', "    ").replace(is_invisible, "");
        if !(one.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(one);
        }
    }
    lines.join("\n")
}

/// Where mail may lead: over `https:` to anywhere, over `http:` to this machine, never with a name or password in it.
fn link(text: &str, scheme_may_lack: bool) -> Option<String> {
    let text = text.trim();
    let plain = |c: char| {
        !c.is_control() && !c.is_whitespace() && !is_invisible(c) && !"\"'<>\\^`{|}".contains(c)
    };
    if text.len() > MOST_LINK_BYTES || !text.chars().all(plain) {
        return None;
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if scheme_may_lack => ("https".to_owned(), text),
        None => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let named = host.split('.').all(|label| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    });
    let sound = (here || named) && port.is_none_or(|port| port.parse::<u16>().is_ok());
    let allowed = scheme == "https" || (scheme == "http" && here);
    (sound && allowed).then(|| format!("{scheme}://{rest}"))
}

/// Whether mail may lead there ([`MailTemplate::fill`]).
#[must_use]
pub fn is_allowed_link(text: &str) -> bool {
    link(text, false).is_some()
}

#[cfg(test)]
mod tests;
