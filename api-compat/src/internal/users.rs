//! What the app tells of its users, and what the sidecar knows.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    accounts::{Accounts, User, UserPatch},
    actor::Role,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    accounts::check_designations,
    payload::Payload,
    shapes::{ErrorBody, missing, role, user_in_path},
};
use crate::{error::Refusal, input::Segment};

/// Longest address (RFC 5321 section 4.5.3.1), name and URL, and free text, in bytes.
const MAX_EMAIL_BYTES: usize = 320;
const MAX_LINE_BYTES: usize = 2048;
const MAX_BIO_BYTES: usize = 16 * 1024;

/// What changes; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserChange {
    /// Address.
    email: Option<String>,
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// Name to show.
    name: Option<String>,
    /// Where the picture is.
    profile_image: Option<String>,
    /// Free text.
    bio: Option<String>,
    /// `guest`, `user`, `staff`, `admin`, or an app's word for one of them.
    role: Option<String>,
    /// Whether the account may connect; a deactivated user is told and logged out.
    active: Option<bool>,
    /// Titles given by an admin; the whole list.
    designations: Option<Vec<String>>,
}

impl UserChange {
    fn into_patch(self) -> Result<UserPatch, Refusal> {
        let lines = [
            ("email", &self.email, MAX_EMAIL_BYTES),
            ("firstName", &self.first_name, MAX_LINE_BYTES),
            ("lastName", &self.last_name, MAX_LINE_BYTES),
            ("name", &self.name, MAX_LINE_BYTES),
            ("profileImage", &self.profile_image, MAX_LINE_BYTES),
            ("bio", &self.bio, MAX_BIO_BYTES),
        ];
        for (field, text, most) in lines {
            if text.as_ref().is_some_and(|text| text.len() > most) {
                return Err(Refusal::field(
                    field,
                    format!("{field} must have at most {most} bytes"),
                ));
            }
        }
        check_designations(self.designations.as_deref().unwrap_or_default())?;
        Ok(UserPatch {
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            name: self.name,
            profile_image: self.profile_image,
            bio: self.bio,
            role: self.role.as_deref().map(role).transpose()?,
            active: self.active,
            designations: self.designations,
        })
    }
}

/// A user (`contracts/rooms.md` section 6), under both names that clients have for the id.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserDocument {
    #[serde(rename = "_id")]
    id: String,
    user_id: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<String>,
    role: &'static str,
    is_admin: bool,
    /// Whether the account may connect, under the contract's name for it.
    status: bool,
    /// The same.
    active: bool,
    designations: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<User> for UserDocument {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            user_id: user.id.to_string(),
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            name: user.name,
            profile_image: user.profile_image,
            bio: user.bio,
            role: user.role.as_str(),
            is_admin: user.role == Role::Admin,
            status: user.active,
            active: user.active,
            designations: user.designations,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// Makes or changes a user.
#[utoipa::path(put, path = "/internal/users/{id}", tag = "users", operation_id = "put_user", request_body = UserChange,
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserDocument), (status = 400, body = ErrorBody)))]
pub(super) async fn upsert(
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
    Payload(change): Payload<UserChange>,
) -> Result<Json<UserDocument>, Refusal> {
    let id = user_in_path(&id)?;
    Ok(Json(accounts.upsert(&id, change.into_patch()?).await?.into()))
}

/// A user.
#[utoipa::path(get, path = "/internal/users/{id}", tag = "users", operation_id = "get_user",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserDocument), (status = 404, body = ErrorBody)))]
pub(super) async fn show(
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
) -> Result<Json<UserDocument>, Refusal> {
    let user = accounts.find(&user_in_path(&id)?).await?;
    user.map(|user| Json(user.into())).ok_or_else(|| missing("User not found"))
}
