//! The internal API described (OpenAPI 3.1), made from the same table as its router.

use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use utoipa::{
    OpenApi,
    openapi::{
        HttpMethod, OpenApi as Document, Ref, RefOr,
        content::ContentBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        response::{Response, ResponseBuilder},
        schema::{ObjectBuilder, Type},
        security::{
            ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
        },
    },
};

use super::{admin_routes, batch_routes, routes, shapes::ErrorBody};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Outrigger internal API",
        description = "What the app calls. POST and PUT honour `Idempotency-Key`: a repeated call gets the \
                       first answer again, with `idempotent-replayed: true`; the same key for another call is \
                       refused with 422.",
    ),
    components(schemas(ErrorBody))
)]
struct Base;

static TEXT: LazyLock<String> = LazyLock::new(|| {
    // Nothing in the document can fail to be written as JSON.
    build().to_pretty_json().unwrap_or_default()
});

fn build() -> Document {
    let mut document = Base::openapi();
    for part in
        [routes().into_openapi(), admin_routes().into_openapi(), batch_routes().into_openapi()]
    {
        document.merge(part);
    }
    for item in document.paths.paths.values_mut() {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete(method, operation);
            }
        }
    }
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let header = ApiKey::Header(ApiKeyValue::new("x-internal-secret"));
    components.add_security_scheme("header", SecurityScheme::ApiKey(header));
    let either =
        ["bearer", "header"].map(|name| SecurityRequirement::new::<_, [&str; 0], &str>(name, []));
    document.security = Some(either.into());
    document
}

/// Adds what is so for every operation, because layers before all handlers make it so.
fn complete(method: HttpMethod, operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let mut refusal = |status: &str| {
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(refused()));
    };
    refusal("401");
    refusal("503");
    if matches!(method, HttpMethod::Post | HttpMethod::Put) {
        refusal("413");
        refusal("422");
        operation.parameters.get_or_insert_default().push(idempotency_key());
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = meaning(status).to_owned();
        }
    }
}

fn refused() -> Response {
    let schema = Ref::from_schema_name("ErrorBody");
    ResponseBuilder::new()
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "1 to 255 visible ASCII characters; the call is carried out once under it",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255))))
        .build()
}

/// What a status says on whichever route.
fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "Done",
        "201" => "Stored",
        "202" => "Queued",
        "400" => "A field is missing or wrong",
        "401" => "The secret is missing or wrong",
        "403" => "The token is not an admin's",
        "404" => "There is no such thing",
        "409" => "It does not go together with what is so",
        "413" => "More than is taken",
        "422" => "The Idempotency-Key was used for another request",
        "503" => "Not now; Retry-After says when to ask again",
        _ => "Refused",
    }
}

/// The OpenAPI document of the internal API, as JSON.
#[must_use]
pub fn openapi_json() -> String {
    TEXT.clone()
}

/// This document.
#[utoipa::path(get, path = "/internal/openapi.json", tag = "server", operation_id = "openapi",
    responses((status = 200, content_type = "application/json")))]
pub(super) async fn document() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], &TEXT)
}
