//! Fills templates: text with the words of the app, HTML with all of them escaped.
//!
//! What may be put into them is checked by the domain ([`MailTemplate::fill`]); nothing is left to be interpreted.

mod derived;
mod look;
mod sources;
mod text;

use std::sync::Arc;

use handlebars::{Handlebars, RenderError, no_escape};
use outrigger_domain::{
    email::{Address, MailTemplate, RenderFault, Rendered, Variables, is_allowed_link},
    ports::MailRenderer,
    time::Clock,
};
use serde_json::{Map, Value, json};

use self::{derived::derive, look::look};

/// Longest subject, in characters: programs cut them shorter than that.
const MOST_SUBJECT_CHARS: usize = 150;

/// Whose e-mails they are (`contracts/quiz.md` section 7, common extras).
#[derive(Debug, Clone)]
pub struct Brand {
    /// The app's name.
    pub app_name: String,
    /// Where questions go.
    pub support_email: Option<Address>,
    /// The app itself, over `https:` or on this machine.
    pub base_url: Option<String>,
}

/// Why there can be no e-mails.
#[derive(Debug, thiserror::Error)]
pub enum BrandError {
    /// Mail must not lead there.
    #[error("e-mails may only lead to an https address, or to this machine")]
    BaseUrl,
    /// A template is at fault.
    #[error("the e-mail templates are broken: {0}")]
    Template(String),
}

/// The templates, ready to be filled.
pub struct Templates {
    html: Handlebars<'static>,
    text: Handlebars<'static>,
    brand: Map<String, Value>,
    clock: Arc<dyn Clock>,
}

impl Templates {
    /// Those of this app; the clock says which year it is.
    ///
    /// # Errors
    /// If mail must not lead to the app, or a template is broken.
    pub fn new(brand: &Brand, clock: Arc<dyn Clock>) -> Result<Self, BrandError> {
        if brand.base_url.as_deref().is_some_and(|url| !is_allowed_link(url)) {
            return Err(BrandError::BaseUrl);
        }
        let (mut html, mut text) = (Handlebars::new(), Handlebars::new());
        html.set_strict_mode(true);
        text.set_strict_mode(true);
        text.register_escape_fn(no_escape);
        let broken = |error: handlebars::TemplateError| BrandError::Template(error.to_string());
        for (name, source) in sources::HTML {
            html.register_template_string(name, source).map_err(broken)?;
        }
        for (name, source) in sources::TEXT.iter().copied().flatten() {
            text.register_template_string(name, source).map_err(broken)?;
        }
        Ok(Self { html, text, brand: words_of(brand), clock })
    }

    fn words(&self, template: MailTemplate, filled: &Variables) -> Map<String, Value> {
        let mut words = self.brand.clone();
        let year = self.clock.now().to_string();
        words.insert("year".into(), year.get(..4).unwrap_or_default().into());
        // List mail ends with a link, and the layout asks for it in every mail.
        words.insert("unsubscribeLink".into(), "".into());
        words.extend(derive(template, filled));
        words
    }
}

fn words_of(brand: &Brand) -> Map<String, Value> {
    let support = brand.support_email.as_ref().map(Address::as_str);
    let initial = brand.app_name.chars().find(|c| c.is_alphanumeric());
    let words = json!({
        "appName": brand.app_name,
        "initial": initial.map(|c| c.to_uppercase().to_string()).unwrap_or_default(),
        "supportEmail": support.unwrap_or_default(),
        "supportHref": support.map(text::mail_link).unwrap_or_default(),
        "baseUrl": brand.base_url.clone().unwrap_or_default(),
        // Keeps programs from showing the beginning of the mail behind its preview text.
        "padding": vec![0; 60],
    });
    match words {
        Value::Object(words) => words,
        _ => Map::new(),
    }
}

impl MailRenderer for Templates {
    fn render(&self, template: MailTemplate, vars: &Variables) -> Result<Rendered, RenderFault> {
        let fault = |error: RenderError| RenderFault::Template(error.to_string());
        let mut words = self.words(template, &template.fill(vars)?);
        let name = template.as_str();
        let subject = self.text.render(&format!("{name}.subject"), &words).map_err(fault)?;
        let subject = text::cut(&text::line(&subject), MOST_SUBJECT_CHARS);
        let text = text::tidy(&self.text.render(name, &words).map_err(fault)?);
        words.insert("subjectLine".into(), subject.clone().into());
        words.extend(look(template));
        let html = self.html.render(name, &words).map_err(fault)?;
        Ok(Rendered { subject, html, text })
    }
}

#[cfg(test)]
mod tests;
