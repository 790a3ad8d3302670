use outrigger_domain::time::Timestamp;
use serde_json::json;

use super::*;

struct November;

impl Clock for November {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_763_712_000_000)
    }
}

fn brand() -> Brand {
    Brand {
        app_name: "Quiz Blog".into(),
        support_email: Some(Address::new("help@quizblog.example").unwrap()),
        base_url: Some("https://quizblog.example".into()),
    }
}

fn templates() -> Templates {
    Templates::new(&brand(), Arc::new(November)).unwrap()
}

fn required(template: MailTemplate) -> Variables {
    let mut vars = template.sample();
    vars.retain(|name, _| template.required().contains(&name.as_str()));
    vars
}

/// Programs cut a mail that is longer (Gmail, in bytes), and ignore styles that are.
const MOST_HTML_BYTES: usize = 100_000;
const MOST_STYLE_BYTES: usize = 8_000;

fn check(template: MailTemplate, mail: &Rendered) {
    let name = template.as_str();
    let Rendered { subject, html, text } = mail;
    assert!(!subject.is_empty() && !subject.contains(char::is_control), "{name}: {subject:?}");
    assert!(subject.chars().count() <= MOST_SUBJECT_CHARS, "{name}: {subject}");
    assert!(html.starts_with("<!doctype html>") && html.contains("lang=\"en\""), "{name}");
    assert!(html.len() < MOST_HTML_BYTES, "{name}: {}", html.len());
    let style = &html[html.find("<style>\n").unwrap()..html.rfind("</style>").unwrap()];
    assert!(style.len() < MOST_STYLE_BYTES, "{name}: {}", style.len());
    for never in ["<script", "<img", "<svg", "<link", "<form", "url(", "{{", "undefined"] {
        assert!(!html.contains(never), "{name}: {never}");
    }
    for always in ["color-scheme", "prefers-color-scheme:dark", "[data-ogsc]", "&copy;"] {
        assert!(html.contains(always), "{name}: {always}");
    }
    for link in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let link = link.replace("&amp;", "&").replace("&#x3D;", "=");
        assert!(link.starts_with("mailto:") || is_allowed_link(&link), "{name}: {link}");
    }
    assert_eq!(html.matches("<table").count(), html.matches("</table>").count(), "{name}");
    assert_eq!(html.matches("<td").count(), html.matches("</td>").count(), "{name}");
    assert_eq!(html.matches("<tr").count(), html.matches("</tr>").count(), "{name}");
    // Tables are for layout only; those who hear the mail need not know of them.
    let for_layout = html.matches("<table role=\"presentation\"").count();
    assert_eq!(for_layout, html.matches("<table").count(), "{name}");
    assert!(text.contains("\n-- \n") && text.ends_with('\n') && !text.contains("\n\n\n"), "{name}");
}

#[test]
fn every_mail_is_sound_with_all_it_knows_and_with_what_it_must_be_given() {
    let templates = templates();
    for template in MailTemplate::ALL {
        for vars in [template.sample(), required(template)] {
            let mail = templates.render(template, &vars).unwrap();
            check(template, &mail);
            assert!(!mail.text.contains(['<', '&']), "{}: {}", template.as_str(), mail.text);
        }
    }
}

#[test]
fn every_mail_shows_everything_it_was_given() {
    let templates = templates();
    for template in MailTemplate::ALL {
        let sample = template.fill(&template.sample()).unwrap();
        let mail = templates.render(template, &sample).unwrap();
        let spaceless = |text: &str| text.split_whitespace().collect::<String>();
        let text = spaceless(&mail.text.replace("\n> ", "\n").replace("\n>\n", "\n"));
        for (name, value) in &sample {
            let shown = match (name.as_str(), value.as_str()) {
                ("startDate", _) => "12 January 2026".to_owned(),
                ("dueDate", _) => "5 December 2025 at 18:00 UTC".to_owned(),
                ("rank", _) => "3rd place".to_owned(),
                (_, Some(text)) => text.to_owned(),
                (_, None) => value.to_string(),
            };
            let in_subject = mail.subject.contains(&shown);
            let of = template.as_str();
            assert!(in_subject || text.contains(&spaceless(&shown)), "{of}: {name}");
        }
    }
}

#[test]
fn what_was_given_is_text_wherever_it_stands() {
    let templates = templates();
    let hostile = "\"><script>alert('{{otp}}')</script>\r\nBcc: all@example.com\r\n{{> layout}} \
                   &amp; javascript:alert(1) <a href=https://evil.example>";
    for template in MailTemplate::ALL {
        let mut vars = template.sample();
        for (name, value) in &mut vars {
            let leads = value.as_str().is_some_and(is_allowed_link) || name == "website";
            if !leads {
                *value = hostile.into();
            }
        }
        let mail = templates.render(template, &vars).unwrap();
        let html = &mail.html.replace("{{otp}}", "").replace("{{&gt; layout}}", "");
        let harmless = Rendered { html: html.clone(), ..mail.clone() };
        check(template, &harmless);
        assert!(mail.html.contains("&lt;script&gt;"), "{}", template.as_str());
        assert!(!mail.html.contains("<a href=https") && !mail.html.contains("<a href&"));
        // Whoever reads the plain part sees what was written.
        assert!(mail.text.contains("<script>") && !mail.text.contains("&lt;"));
    }
}

#[test]
fn links_that_lead_elsewhere_are_refused_in_every_mail() {
    let templates = templates();
    let mut refused = 0;
    for template in MailTemplate::ALL {
        for (name, value) in template.sample() {
            if value.as_str().is_some_and(is_allowed_link) || name == "website" {
                for bad in ["javascript:alert(1)", "http://example.com", "https://a\" onclick=\"b"]
                {
                    let mut vars = template.sample();
                    vars.insert(name.clone(), bad.into());
                    let fault = templates.render(template, &vars);
                    assert_eq!(fault, Err(RenderFault::Link(name.clone())), "{bad}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused >= 30, "{refused}");
}

#[test]
fn what_is_missing_is_named() {
    let templates = templates();
    for template in MailTemplate::ALL {
        for name in template.required() {
            let mut vars = template.sample();
            vars.remove(*name);
            assert_eq!(templates.render(template, &vars), Err(RenderFault::Missing(name)));
        }
    }
}

#[test]
fn long_words_and_many_of_them_break_nothing() {
    let templates = templates();
    for template in MailTemplate::ALL {
        let mut vars = required(template);
        for value in vars.values_mut().filter(|value| !value.as_str().is_some_and(is_allowed_link))
        {
            *value = "Ⅷ".repeat(3_000).into();
        }
        let mail = templates.render(template, &vars).unwrap();
        assert!(mail.subject.chars().count() <= MOST_SUBJECT_CHARS);
    }
}

#[test]
fn an_app_that_says_little_of_itself_has_mail_as_well() {
    let plain = Brand { app_name: "Żółw".into(), support_email: None, base_url: None };
    let templates = Templates::new(&plain, Arc::new(November)).unwrap();
    for template in MailTemplate::ALL {
        let mail = templates.render(template, &template.sample()).unwrap();
        check(template, &mail);
        assert!(mail.html.contains(">Ż</span>") && !mail.html.contains("href=\"\""));
        assert!(!mail.text.contains("Questions?"));
    }
    for bad in ["http://quizblog.example", "javascript:alert(1)", ""] {
        let brand = Brand { base_url: Some(bad.into()), ..brand() };
        assert!(matches!(Templates::new(&brand, Arc::new(November)), Err(BrandError::BaseUrl)));
    }
}

#[test]
fn a_score_is_drawn_from_nothing_to_everything() {
    let templates = templates();
    for (marks, share, left) in
        [(0, None, Some("100%")), (7, Some("35%"), Some("65%")), (20, Some("100%"), None)]
    {
        let vars = json!({ "name": "Ann", "quizTitle": "Rivers", "marks": marks, "outOf": 20 });
        let mail =
            templates.render(MailTemplate::QuizCompletion, vars.as_object().unwrap()).unwrap();
        check(MailTemplate::QuizCompletion, &mail);
        for width in [share, left].into_iter().flatten() {
            assert!(mail.html.contains(&format!("width=\"{width}\" height=\"12\"")), "{marks}");
        }
        assert!(!mail.html.contains("width=\"%\""));
    }
}

macro_rules! golden {
    ($($template:ident => $name:literal),+ $(,)?) => {
        [$((MailTemplate::$template, include_str!(concat!("golden/", $name, ".txt")))),+]
    };
}

/// The previews of `cargo run -p outrigger-smtp --example preview`, as they were in November 2025.
#[test]
fn the_plain_parts_are_these() {
    let templates = templates();
    let golden = golden![
        AccountVerification => "account-verification",
        ContactAlert => "contact-alert",
        ContactConfirmation => "contact-confirmation",
        ContactReply => "contact-reply",
        CourseEnrollment => "course-enrollment",
        PasswordReset => "password-reset",
        QuizCompletion => "quiz-completion",
        QuizReminder => "quiz-reminder",
        SchoolRegistration => "school-registration",
        WelcomeEmail => "welcome-email",
    ];
    assert_eq!(golden.len(), MailTemplate::ALL.len());
    for (template, golden) in golden {
        let mail = templates.render(template, &template.sample()).unwrap();
        assert_eq!(format!("{}\n\n{}", mail.subject, mail.text), golden);
    }
}
