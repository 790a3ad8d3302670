//! Templates and mails in JSON, the same for the console and for the app.

use std::collections::BTreeMap;

use outrigger_domain::email::{MailTemplate, RenderFault, Rendered, Variables};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Refusal;

/// A template, and what it is filled with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateDocument {
    /// Its name.
    name: &'static str,
    /// What it must be given.
    #[schema(value_type = Vec<String>)]
    required: &'static [&'static str],
    /// What it may be given.
    #[schema(value_type = Vec<String>)]
    optional: &'static [&'static str],
    /// Other names of variables, as older callers say them, and what they are called today.
    #[schema(value_type = Object)]
    aliases: BTreeMap<&'static str, &'static str>,
    /// Whether people may say that they want no more of its kind.
    list_mail: bool,
    /// All it knows of, as an app might give it.
    #[schema(value_type = Object)]
    sample: Variables,
}

impl From<MailTemplate> for TemplateDocument {
    fn from(template: MailTemplate) -> Self {
        Self {
            name: template.as_str(),
            required: template.required(),
            optional: template.optional(),
            aliases: template.aliases().iter().copied().collect(),
            list_mail: template.is_list_mail(),
            sample: template.sample(),
        }
    }
}

/// All of them.
pub(crate) fn templates() -> Vec<TemplateDocument> {
    MailTemplate::ALL.map(TemplateDocument::from).into()
}

/// A mail in full.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenderedDocument {
    /// One line.
    subject: String,
    /// For programs that show HTML.
    html: String,
    /// For all others.
    text: String,
}

impl From<Rendered> for RenderedDocument {
    fn from(Rendered { subject, html, text }: Rendered) -> Self {
        Self { subject, html, text }
    }
}

/// The template of that name.
pub(crate) fn template(field: &str, name: &str) -> Result<MailTemplate, Refusal> {
    MailTemplate::named(name).ok_or_else(|| {
        let names = MailTemplate::ALL.map(MailTemplate::as_str).join(", ");
        Refusal::field(field, format!("{field} must be one of {names}"))
    })
}

/// Why a template cannot be filled with that: 400, naming the variable.
pub(crate) fn refuse(fault: &RenderFault) -> Refusal {
    let name = match fault {
        RenderFault::Missing(name) => *name,
        RenderFault::Invalid(name) | RenderFault::Link(name) => name,
        RenderFault::Template(error) => {
            tracing::error!(error, "an e-mail template is at fault");
            return Refusal::internal();
        }
    };
    Refusal::field(&format!("vars.{name}"), fault.to_string())
}
