use serde_json::json;

use super::*;

fn vars(value: Value) -> Variables {
    value.as_object().unwrap().clone()
}

#[test]
fn every_sample_fills_its_template_with_all_it_knows() {
    for template in MailTemplate::ALL {
        let filled = template.fill(&template.sample()).unwrap();
        assert_eq!(filled.len(), template.required().len() + template.optional().len());
        for name in template.required().iter().chain(template.optional()) {
            assert_ne!(filled[*name], json!(""), "the sample of {} has {name}", template.as_str());
        }
    }
}

#[test]
fn what_must_be_given_must_be_there_and_not_blank() {
    for template in MailTemplate::ALL {
        for name in template.required() {
            for blank in [json!(null), json!(""), json!(" \r\n\t\u{200b}")] {
                let mut sample = template.sample();
                sample.insert((*name).into(), blank);
                assert_eq!(template.fill(&sample), Err(RenderFault::Missing(name)));
            }
        }
    }
}

#[test]
fn what_is_unknown_is_left_out_and_older_names_are_todays() {
    let given = vars(json!({
        "name": "Ann", "newQuiz": "Rivers", "quizzesLink": "https://quiz.example/1", "admin": true,
    }));
    let filled = MailTemplate::QuizReminder.fill(&given).unwrap();
    assert_eq!(filled["quizTitle"], "Rivers");
    assert_eq!(filled["quizLink"], "https://quiz.example/1");
    assert!(!filled.contains_key("admin") && !filled.contains_key("newQuiz"));
}

#[test]
fn texts_and_numbers_are_taken_and_nothing_else() {
    for bad in [json!(true), json!([]), json!({}), json!("x".repeat(MOST_TEXT_BYTES + 1))] {
        let given = vars(json!({ "name": bad }));
        assert_eq!(
            MailTemplate::WelcomeEmail.fill(&given),
            Err(RenderFault::Invalid("name".into()))
        );
    }
    let given = vars(json!({ "name": "Ann", "quizTitle": "Rivers", "marks": 17.5, "outOf": "20" }));
    let filled = MailTemplate::QuizCompletion.fill(&given).unwrap();
    assert_eq!((&filled["marks"], &filled["outOf"]), (&json!(17.5), &json!("20")));
}

#[test]
fn lines_and_what_is_invisible_cannot_be_smuggled_in() {
    let given = vars(json!({
        "name": " Ann\r\nBcc: all@example.com\u{0}\u{202e}!\u{200b} ",
        "message": "One\r\n\r\n\r\n\tTwo\u{7}\rThree\u{202e}\n\n",
    }));
    let filled = MailTemplate::ContactConfirmation.fill(&given).unwrap();
    assert_eq!(filled["name"], "Ann Bcc: all@example.com !");
    assert_eq!(filled["message"], "One\n\n    Two\nThree");
}

#[test]
fn links_lead_over_https_or_to_this_machine() {
    for good in [
        "https://example.com",
        " HTTPS://Example.com:8443/a?b=c&d=%20#e ",
        "https://żółw.example/ł",
        "http://localhost:3000/reset",
        "http://127.0.0.1:3001",
        "http://[::1]:3001/x",
        "https://example.com/a@b",
    ] {
        assert!(is_allowed_link(good), "{good}");
    }
    for bad in [
        "javascript:alert(1)",
        "JavaScript://example.com/%0aalert(1)",
        "data:text/html,x",
        "http://example.com",
        "http://localhost.example.com",
        "//example.com",
        "/reset",
        "example.com",
        "https://",
        "https:///x",
        "https://bank.example@evil.example",
        "https://a b.example",
        "https://example.com/\"onclick=",
        "https://example.com/<script>",
        "https://example.com\\@evil.example",
        "https://example.com/a\nb",
        "https://example.com:port/",
        "https://example..com",
    ] {
        assert!(!is_allowed_link(bad), "{bad}");
    }
    assert!(!is_allowed_link(&format!("https://example.com/{}", "x".repeat(MOST_LINK_BYTES))));
}

#[test]
fn a_link_that_leads_elsewhere_is_refused_by_name() {
    let mut given = MailTemplate::PasswordReset.sample();
    given.insert("link".into(), "javascript:alert(1)".into());
    assert_eq!(MailTemplate::PasswordReset.fill(&given), Err(RenderFault::Link("link".into())));
}

#[test]
fn a_website_may_be_named_as_people_name_it() {
    let website = |text: &str| {
        let given = vars(json!({ "name": "Ann", "schoolTitle": "Hill", "website": text }));
        MailTemplate::SchoolRegistration.fill(&given).map(|filled| filled["website"].clone())
    };
    assert_eq!(website("www.hill.example/about"), Ok(json!("https://www.hill.example/about")));
    assert_eq!(website("javascript:alert(1)"), Err(RenderFault::Link("website".into())));
    assert_eq!(website("http://hill.example"), Err(RenderFault::Link("website".into())));
}
