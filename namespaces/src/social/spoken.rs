//! What handlers say to the asking socket alone, for the golden frames: it comes from no event of the domain.

use outrigger_domain::{identity::TokenFault, notifications::Preferences};
use outrigger_transport::Frame;

use super::{
    inbound::TABLE,
    requests::preferences_updated,
    texts::{self, Fault, MANNER, RATE_LIMITED},
    wire::{SUCCESS, SocialDeletionConfirmed, SocialError},
};
use crate::contract::frame;

/// Every refusal of an event.
const FAULTS: [Fault; 19] = [
    texts::INVALID_MESSAGE,
    texts::TO_YOURSELF,
    texts::NO_RECEIVER,
    texts::NOT_SENT,
    texts::NO_MESSAGE_ID,
    texts::NO_MESSAGE,
    texts::NOT_TO_YOU,
    texts::NOT_MARKED,
    texts::NOT_YOURS,
    texts::NOT_DELETED,
    texts::INVALID_STATUS,
    texts::STATUS_NOT_SET,
    texts::NO_NOTIFICATION_ID,
    texts::NO_NOTIFICATION,
    texts::NOTIFICATION_NOT_MARKED,
    texts::NOTIFICATION_NOT_DELETED,
    texts::NOTIFICATIONS_NOT_MARKED,
    texts::INVALID_PREFERENCES,
    texts::PREFERENCES_NOT_KEPT,
];

/// One of each.
pub(crate) fn said_to_the_asking() -> Vec<Frame> {
    let message_id = "m1".to_owned();
    let wants = [("push".to_owned(), false.into())].into_iter().collect();
    let error = |event, code, message: &'static str, retry_after| {
        frame(&SocialError { message: message.into(), event, code, retry_after })
    };
    [
        frame(&SocialDeletionConfirmed { message_id, status: SUCCESS }),
        frame(&preferences_updated(Preferences(wants))),
    ]
    .into_iter()
    .chain(FAULTS.map(|fault| error("event", fault.code, fault.message, None)))
    .chain(
        TABLE
            .iter()
            .filter(|row| !row.silent)
            .map(|row| error(row.event, RATE_LIMITED, row.excess, Some(7))),
    )
    .flatten()
    .collect()
}

#[test]
fn a_handshake_is_refused_in_the_contracts_words() {
    let said = |fault| (MANNER.text)(fault).strip_prefix("Authentication error: ").unwrap();
    assert_eq!(said(TokenFault::Missing), "No token provided");
    assert_eq!(said(TokenFault::Expired), "jwt expired");
    assert_eq!(said(TokenFault::BadSignature), "invalid signature");
    assert_eq!(said(TokenFault::Malformed), "jwt malformed");
    assert_eq!(said(TokenFault::Revoked), "Token has been revoked");
    assert_eq!(said(TokenFault::IncompleteClaims), "Invalid token");
    assert_eq!(said(TokenFault::Refused), "Invalid token");
}
