//! What older clients say about requests for help (`contracts/contacts.md` section 2, the older default namespace). The app
//! has stored it; of what clients say only the text goes on, to admins and to whoever asked.

use outrigger_domain::{
    actor::Role,
    events::Audience,
    ids::{ContactId, UserId},
    outreach::{Keeping, OutreachError},
    support::Entrant,
};
use outrigger_transport::Reply;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    CONTRACT,
    answers::done,
    arguments::Said,
    desk::{QuizDesk, broken, shown},
    texts::{self, Fault},
    wire::{QuizContactMessage, QuizReplyReceived, name},
};
use crate::contract::{Call, WireEvent};

/// How older clients call the field that names a request.
const CONTACT_FIELDS: [&str; 4] = ["contactId", "contact_id", "_id", "id"];

/// A request that the speaker may speak about, and what is said.
struct About {
    contact: ContactId,
    owner: Option<UserId>,
    text: String,
}

fn encoded<E: WireEvent>(event: &E) -> Result<Box<RawValue>, Fault> {
    to_raw_value(event).map_err(|fault| {
        tracing::error!(event = E::NAME, %fault, "an event could not be encoded");
        texts::INTERNAL
    })
}

impl QuizDesk {
    /// `newReply`.
    pub(super) async fn new_reply(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let about = self.about(&call, name::NEW_REPLY).await?;
        let data = encoded(&QuizReplyReceived {
            contact_id: about.contact.to_string(),
            reply_name: shown(&call.actor),
            message: about.text,
            reply_date: self.now(),
        })?;
        self.pass_on(QuizReplyReceived::NAME, data, about.owner).await
    }

    /// `contactMsgClient`.
    pub(super) async fn contact_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let about = self.about(&call, name::CONTACT_MESSAGE).await?;
        let data = encoded(&QuizContactMessage {
            contact_id: about.contact.to_string(),
            contact_name: shown(&call.actor),
            message: about.text,
            contact_date: self.now(),
        })?;
        self.pass_on(QuizContactMessage::NAME, data, about.owner).await
    }

    async fn about(&self, call: &Call<'_>, event: &'static str) -> Result<About, Fault> {
        let said = Said::read(&call.args);
        let id = said.text(&CONTACT_FIELDS).and_then(|id| ContactId::new(id).ok());
        let id = id.ok_or(texts::NO_CONTACT)?;
        let text = said.line(&["message", "content", "text"])?;
        let store = &self.shared().parts().store;
        let known = store.user(&call.actor.user).await.map_err(broken(event))?;
        let recorded_email = known.as_ref().map(|user| user.email.as_str());
        let who = Entrant { actor: &call.actor, recorded_email, access_token: None, bound: false };
        let found = self.parts.support.may_enter(&id, who).await.map_err(broken(event))?;
        let (contact, _) = found.ok_or(texts::NO_CONTACT)?;
        Ok(About { contact: id, owner: contact.user, text })
    }

    /// To admins, and to whoever asked: to each once.
    async fn pass_on(
        &self,
        event: &'static str,
        data: Box<RawValue>,
        owner: Option<UserId>,
    ) -> Result<Reply, Fault> {
        let admins = Audience::Role(Role::Admin);
        let audiences = match owner {
            None => vec![admins],
            Some(owner) => {
                let (of, users) = (Box::new(admins), vec![owner.clone()]);
                vec![Audience::Except { of, users }, Audience::User(owner)]
            }
        };
        for audience in audiences {
            let (contract, outreach) = (Some(CONTRACT.to_owned()), &self.services().outreach);
            let sent = outreach
                .send(audience, event, data.clone(), contract, None, Keeping::Passing)
                .await;
            match sent {
                Ok(_) => {}
                Err(OutreachError::Store(error)) => return Err(broken(event)(error)),
                Err(OutreachError::TooLarge) => return Err(texts::TOO_LARGE),
                Err(
                    OutreachError::BadName
                    | OutreachError::ReservedName
                    | OutreachError::NotForUsers,
                ) => return Err(texts::INTERNAL),
            }
        }
        Ok(done())
    }
}
