//! What templates look like. No mail server is needed for that.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    email::{self, RenderedDocument, TemplateDocument, refuse, template},
    error::Refusal,
    internal::{payload::Payload, shapes::ErrorBody},
    state::MailState,
};

/// What is to be shown.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Wanted {
    /// The name of the template.
    template: String,
    /// What it is filled with; sample data if absent.
    #[schema(value_type = Option<Object>)]
    vars: Option<Map<String, Value>>,
}

/// Shows what an e-mail would look like; nothing is sent.
#[utoipa::path(post, path = "/internal/email/preview", tag = "email", operation_id = "preview_email",
    request_body = Wanted,
    responses((status = 200, body = RenderedDocument), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn preview(
    State(MailState { previews, .. }): State<MailState>,
    Payload(Wanted { template: name, vars }): Payload<Wanted>,
) -> Result<Json<RenderedDocument>, Refusal> {
    let template = template("template", &name)?;
    let vars = vars.unwrap_or_else(|| template.sample());
    let rendered = previews.render(template, &vars).map_err(|fault| refuse(&fault))?;
    Ok(Json(rendered.into()))
}

/// The templates there are.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct Templates {
    /// All of them.
    templates: Vec<TemplateDocument>,
}

/// Which templates there are, and what each is filled with.
#[utoipa::path(get, path = "/internal/email/templates", tag = "email", operation_id = "email_templates",
    responses((status = 200, body = Templates)))]
pub(in crate::internal) async fn templates() -> Json<Templates> {
    Json(Templates { templates: email::templates() })
}
