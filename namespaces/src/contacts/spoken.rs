//! For the golden frames: everything of requests that is told, and what is said to the asking socket alone, which comes
//! from no event of the domain.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    identity::TokenFault,
    ids::{ContactId, DeviceId, UserId},
    naming::Uuids,
    support::{
        Assigned, Contact, ContactPriority, ContactStatus, ESTIMATED_RESPONSE, NewSupportMessage,
        Resolver, Speaker, SupportEvent, SupportMessage, SupportStats,
    },
    time::Timestamp,
};
use outrigger_transport::Frame;

use super::{
    desk::message_error,
    outbound::closing,
    texts::{self, Fault, MANNER},
    wire::*,
};
use crate::contract::frame;

fn id() -> ContactId {
    ContactId::new("contact_1699999999000_abcdefghi").unwrap()
}

fn ann() -> UserId {
    UserId::new("ann").unwrap()
}

/// One that waits, of somebody who said as little as possible.
fn waiting() -> Contact {
    Contact {
        id: id(),
        name: "Eve <b>".into(),
        email: "eve@x.example".into(),
        subject: None,
        message: "\"How?\"".into(),
        priority: ContactPriority::Normal,
        phone: None,
        status: ContactStatus::Pending,
        submitted_at: Timestamp::from_ms(1_699_999_999_000),
        assigned_admin: None,
        resolved_at: None,
        resolved_by: None,
        user: None,
        access_digest: [7; 32],
        assign_at: Timestamp::from_ms(1_700_000_299_000),
    }
}

/// One with everything in it that somebody looks after.
fn claimed() -> Contact {
    let claimed_at = Timestamp::from_ms(1_700_000_000_000);
    let email = "ann@x.example".into();
    Contact {
        subject: Some("Help".into()),
        priority: ContactPriority::Urgent,
        phone: Some("+1".into()),
        status: ContactStatus::InProgress,
        assigned_admin: Some(Assigned { id: ann(), name: "Ann".into(), email, claimed_at }),
        user: Some(UserId::new("eve").unwrap()),
        ..waiting()
    }
}

/// One that is done after a minute and a half.
fn resolved() -> Contact {
    Contact {
        status: ContactStatus::Resolved,
        resolved_at: Some(Timestamp::from_ms(1_700_000_089_000)),
        resolved_by: Some(Resolver { id: ann(), name: "Ann".into() }),
        ..claimed()
    }
}

fn message(sender: &str, speaker: Speaker) -> Arc<SupportMessage> {
    let said = NewSupportMessage {
        contact: id(),
        sender: UserId::new(sender).unwrap(),
        sender_name: "Ann".into(),
        speaker,
        message: "So.".into(),
        kind: "text".into(),
    };
    let (id, at) = ("msg_1700000000000_abcdefghi".into(), Timestamp::from_ms(1_700_000_000_000));
    Arc::new(SupportMessage { id, said, at })
}

fn typing(typing: bool) -> SupportEvent {
    let at = Timestamp::from_ms(1_700_000_000_000);
    let (contact, user, name) = (id(), ann(), "Ann".into());
    SupportEvent::Typing { contact, user, name, role: "admin", typing, at }
}

/// One of each that is told.
pub(crate) fn everything_told() -> Vec<SupportEvent> {
    let (claimed, resolved) = (Arc::new(claimed()), Arc::new(resolved()));
    vec![
        SupportEvent::Submitted(Arc::new(waiting())),
        SupportEvent::Submitted(Arc::clone(&claimed)),
        SupportEvent::Claimed(Arc::clone(&claimed)),
        SupportEvent::ClaimedByYou(Arc::clone(&claimed)),
        SupportEvent::Assigned(claimed),
        SupportEvent::Released { contact: id(), admin_name: "Ann".into() },
        SupportEvent::Resolved(Arc::clone(&resolved)),
        SupportEvent::ResolvedByYou(resolved),
        SupportEvent::Message(message("ann", Speaker::Admin)),
        SupportEvent::Message(message("eve", Speaker::Submitter)),
        SupportEvent::Message(message("outrigger:guest-1", Speaker::Submitter)),
        SupportEvent::Response(message("ann", Speaker::Admin)),
        typing(true),
        typing(false),
        SupportEvent::AdminLost { contact: id(), admin_name: "Ann".into() },
        SupportEvent::Stats(SupportStats {
            total: 9,
            active_chats: 2,
            messages: 31,
            average_response_ms: 61_500,
            online_admins: 3,
            pending: 4,
        }),
    ]
}

/// Every refusal in words that are always the same.
const FAULTS: [Fault; 17] = [
    texts::UNAUTHORIZED,
    texts::NO_CONTACT,
    texts::RESOLVED,
    texts::NOT_YOURS,
    texts::NO_CHAT,
    texts::NOT_ALLOWED,
    texts::TOO_MANY_CHATS,
    texts::NO_NAME,
    texts::NO_EMAIL,
    texts::NO_MESSAGE,
    texts::BAD_EMAIL,
    texts::BAD_SUBJECT,
    texts::BAD_PRIORITY,
    texts::BAD_PHONE,
    texts::NAME_TOO_LONG,
    texts::MESSAGE_TOO_LONG,
    texts::INTERNAL,
];

fn earlier(at: Timestamp) -> [Option<Frame>; 3] {
    let asked = |id: Option<String>| ContactsMsgServer {
        contact_id: id.clone(),
        id,
        contact_name: "Eve".into(),
        email: "eve@x.example".into(),
        message: "How?".into(),
        contact_date: at,
    };
    let reply = ContactsReplyReceived {
        id: id().to_string(),
        contact_id: id().to_string(),
        reply_name: "Ann".into(),
        email: String::new(),
        message: "So.".into(),
        reply_date: at,
    };
    [frame(&asked(None)), frame(&asked(Some(id().to_string()))), frame(&reply)]
}

/// One of each that is said to the asking socket alone, and what older clients hear.
pub(crate) fn said_to_the_asking(at: Timestamp) -> Vec<Frame> {
    let event = "event";
    let form = |details, retry_after| {
        frame(&ContactsFormError { error: texts::FORM_FAILED, details, retry_after })
    };
    let claim = |fault: Fault| {
        let Fault { error, assigned_to, retry_after } = fault;
        frame(&ContactsClaimError { error, assigned_to, event, retry_after })
    };
    let history = |messages, status: ContactStatus| {
        let (contact_id, status) = (id().to_string(), status.as_str());
        frame(&ContactsHistory { contact_id, messages, status })
    };
    let submitted = ContactsFormSubmitted {
        id: id().to_string(),
        message: texts::RECEIPT,
        estimated_response_time: ESTIMATED_RESPONSE,
        access_token: "token".into(),
    };
    let late = Fault::too_often(7);
    let said = [
        frame(&submitted),
        form(texts::BAD_EMAIL.error, None),
        form(late.error, late.retry_after),
        claim(texts::NO_CONTACT),
        claim(Fault::claimed_by("Ann".into())),
        claim(late.clone()),
        frame(&ContactsResolveError { error: texts::NO_CONTACT.error, event, retry_after: None }),
        frame(&ContactsPending(vec![])),
        frame(&ContactsPending(vec![(&claimed()).into(), (&waiting()).into()])),
        history(vec![], ContactStatus::InProgress),
        history(vec![(&*message("ann", Speaker::Admin)).into()], ContactStatus::Resolved),
        frame(&message_error(event, &late)),
        frame(&closing(texts::INACTIVE)),
    ];
    let faults = FAULTS.map(|fault| frame(&message_error(event, &fault)));
    said.into_iter().chain(faults).chain(earlier(at)).flatten().collect()
}

#[test]
fn a_handshake_is_refused_in_the_contracts_words() {
    assert_eq!((MANNER.text)(TokenFault::Expired), "Authentication token expired");
    for fault in [
        TokenFault::BadSignature,
        TokenFault::Malformed,
        TokenFault::Revoked,
        TokenFault::IncompleteClaims,
        TokenFault::Inactive,
        TokenFault::Unknown,
        TokenFault::Undecided,
        TokenFault::Refused,
    ] {
        assert_eq!((MANNER.text)(fault), "Invalid authentication token");
    }
}

#[test]
fn nothing_that_lets_somebody_in_is_shown_to_others() {
    for event in everything_told() {
        let told = frame_of(&event);
        for secret in ["7,7,7", "accessToken", "digest", "assignAt", "socketId"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

fn frame_of(event: &SupportEvent) -> String {
    use outrigger_domain::events::{Audience, DomainEvent, Published};

    use crate::contract::Voice;

    let event = DomainEvent::Support(event.clone());
    let published = Published::new(Timestamp::from_ms(0), Audience::All, event);
    let frames = super::ContactsVoice.render(super::CONTACTS, &published);
    let [frame] = frames.as_slice() else { panic!("{published:?} is one event") };
    frame.body().to_owned()
}

#[test]
fn whoever_asked_without_a_token_has_the_name_in_the_form() {
    use super::visits::Part;

    let guest = Actor::guest(&Uuids, DeviceId::new("d").unwrap());
    let part = Part::of(&guest, &waiting(), Speaker::Submitter);
    assert_eq!(part, Part { name: "Eve <b>".into(), speaker: Speaker::Submitter });
    assert_eq!(role_word(&guest.user, part.speaker), "guest");
    let mut known = Actor { user: ann(), ..guest };
    assert_eq!(Part::of(&known, &waiting(), Speaker::Admin).name, "ann");
    known.profile.name = Some("Ann".into());
    assert_eq!(Part::of(&known, &waiting(), Speaker::Submitter).name, "Ann");
    assert_eq!(role_word(&known.user, Speaker::Submitter), "user");
}
