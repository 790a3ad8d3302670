//! Lists of requests (`contracts/contacts.md` section 4).

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    ids::UserId,
    paging::{Slice, Sliced},
    support::{Contact, ContactStatus, SupportDesk},
};
use serde::{Deserialize, Serialize};

use super::{
    answer::{bad, not_allowed, unavailable},
    caller::{Allowed, Look, Manage},
    documents::ContactDocument,
};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
};

/// Requests of a page.
const PAGE: u32 = 10;

/// Requests of a list without pages.
const MOST_LISTED: u32 = 50;

/// Of each request in a list so many replies are shown, the last ones.
const MOST_REPLIES: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Which {
    page_no: Option<String>,
    status: Option<String>,
}

impl Which {
    /// The page, counted from 1; none if the list is asked for without pages.
    fn page(&self) -> Result<Option<u32>, Refusal> {
        let read = |text: &String| text.parse().ok().filter(|page| *page >= 1);
        let page = self.page_no.as_ref().map(|text| read(text).ok_or(()));
        page.transpose().map_err(|()| bad("Invalid pageNo"))
    }

    fn status(&self) -> Result<Option<ContactStatus>, Refusal> {
        let named = self.status.as_deref().map(|word| ContactStatus::named(word).ok_or(()));
        named.transpose().map_err(|()| bad("Invalid status"))
    }
}

/// A page.
#[derive(Serialize)]
struct Page {
    #[serde(rename = "totalPages")]
    total_pages: u64,
    contacts: Vec<ContactDocument>,
}

async fn shown(
    support: &SupportDesk,
    contacts: Vec<Contact>,
) -> Result<Vec<ContactDocument>, Refusal> {
    let mut documents = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let mut messages = support.history(&contact.id).await.map_err(unavailable)?;
        messages.drain(..messages.len().saturating_sub(MOST_REPLIES));
        documents.push(ContactDocument::new(contact, messages));
    }
    Ok(documents)
}

/// `GET /api/contacts?pageNo&status`: for admins, ten on a page; without a page a plain list of at most [`MOST_LISTED`].
pub(super) async fn list(
    _: Allowed<Manage>,
    State(support): State<Arc<SupportDesk>>,
    SoundQuery(which): SoundQuery<Which>,
) -> Result<Response, Refusal> {
    let (page, status) = (which.page()?, which.status()?);
    let slice = match page {
        Some(page) => Slice::page(page, PAGE),
        None => Slice { offset: 0, limit: MOST_LISTED },
    };
    let Sliced { items, total } = support.contacts(status, slice).await.map_err(unavailable)?;
    let contacts = shown(&support, items).await?;
    Ok(match page {
        Some(_) => {
            Json(Page { total_pages: total.div_ceil(PAGE.into()), contacts }).into_response()
        }
        None => Json(contacts).into_response(),
    })
}

/// `GET /api/contacts/sender/{id}`: what a user asked, for that user and admins; at most [`MOST_LISTED`], newest first.
pub(super) async fn of_sender(
    Allowed { actor, .. }: Allowed<Look>,
    State(support): State<Arc<SupportDesk>>,
    Segment(id): Segment,
) -> Result<Json<Vec<ContactDocument>>, Refusal> {
    let user = UserId::new(&id).map_err(|_| not_allowed())?;
    if actor.is_guest() || !actor.may_act_for(&user) {
        return Err(not_allowed());
    }
    let slice = Slice { offset: 0, limit: MOST_LISTED };
    let found = support.contacts_of(&user, slice).await.map_err(unavailable)?;
    Ok(Json(shown(&support, found.items).await?))
}
