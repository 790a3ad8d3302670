//! Texts on their way into a mail.

use std::fmt::Write;

/// Where lines of the plain part are broken, in characters (RFC 5322 section 2.1.1 recommends 78 at most).
const WIDTH: usize = 74;

/// One line of it, with single spaces.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters of it, at the end of a word if that is near.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let word = kept.rfind(' ').filter(|at| *at * 5 > kept.len() * 4).unwrap_or(kept.len());
    format!("{}…", kept[..word].trim_end())
}

/// Its paragraphs, each as its lines.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let paragraphs = lines.split(|line| line.trim().is_empty());
    paragraphs.filter(|lines| !lines.is_empty()).map(<[&str]>::to_vec).collect()
}

/// The plain part as it is sent: no line too long, never two empty ones.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        // The mark before a signature is two hyphens and a space (RFC 3676 section 4.3).
        let line = if line == "-- " { line } else { line.trim_end() };
        if !line.is_empty() {
            tidy.extend(wrap(line));
        } else if tidy.last().is_some_and(|last| !last.is_empty()) {
            tidy.push(String::new());
        }
    }
    tidy.push(String::new());
    tidy.join("\n")
}

/// Broken between words; what is quoted stays quoted, and a word that is too long stays whole: it may be a link.
fn wrap(line: &str) -> Vec<String> {
    if line.chars().count() <= WIDTH {
        return vec![line.to_owned()];
    }
    let quoted = line.starts_with("> ");
    let prefix = if quoted { "> " } else { "" };
    let mut lines = vec![prefix.to_owned()];
    for word in line[prefix.len()..].split(' ') {
        let last = lines.last().map_or(0, |last| last.chars().count());
        if last > prefix.len() && last + 1 + word.chars().count() > WIDTH {
            lines.push(prefix.to_owned());
        }
        if let Some(last) = lines.last_mut() {
            if last.len() > prefix.len() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A link that writes to an address (RFC 6068).
pub(super) fn mail_link(address: &str) -> String {
    let mut link = String::from("mailto:");
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_+".contains(&byte) {
            link.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_plain_part_are_short_except_where_a_link_is_long() {
        let long = "word ".repeat(40);
        let link = format!("https://example.com/{}", "x".repeat(100));
        let tidied = tidy(&format!("\n\n{long}  \n\n\n\n{link}\n> {long}\n-- \n  end  "));
        assert!(
            tidied.lines().filter(|line| *line != link).all(|line| line.chars().count() <= WIDTH)
        );
        assert!(tidied.contains(&format!("\n{link}\n> word")));
        assert!(tidied.contains("\n-- \n  end\n"));
        assert!(!tidied.contains("\n\n\n") && !tidied.starts_with('\n'));
        assert_eq!(tidied.matches("word").count(), 80);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("a longer text than that", 14), "a longer text…");
        assert_eq!(cut("żółwżółwżółw", 5), "żółw…");
    }

    #[test]
    fn empty_lines_part_paragraphs() {
        assert_eq!(paragraphs("a\nb\n\nc"), [vec!["a", "b"], vec!["c"]]);
        assert!(paragraphs("").is_empty());
    }

    #[test]
    fn an_address_in_a_link_says_nothing_but_the_address() {
        assert_eq!(mail_link("a+b@x.com"), "mailto:a+b@x.com");
        assert_eq!(mail_link("a?bcc=b&x@x.com"), "mailto:a%3Fbcc%3Db%26x@x.com");
    }
}
