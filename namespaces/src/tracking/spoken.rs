//! What is said to the asking socket alone, for the golden frames: it comes from no event of the domain.

use outrigger_domain::{identity::TokenFault, time::Timestamp};
use outrigger_transport::Frame;

use super::{
    notices::{denied, welcome},
    texts::{self, Fault, MANNER},
    wire::TrackingPong,
};
use crate::contract::frame;

/// Every refusal of an event.
const FAULTS: [Fault; 11] = [
    texts::TOO_OFTEN,
    texts::NO_ROOM_NAME,
    texts::NOT_YOUR_ROOM,
    texts::YOUR_OWN_ROOM,
    texts::TOO_MANY_ROOMS,
    texts::NO_MESSAGE_ID,
    texts::NOT_YOUR_MESSAGE,
    texts::TOO_MANY_TRACKED,
    texts::NO_NOTIFICATION_ID,
    texts::NO_NOTIFICATION,
    texts::INTERNAL,
];

/// One of each.
pub(crate) fn said_to_the_asking(at: Timestamp) -> Vec<Frame> {
    let refusals = FAULTS.map(|fault| frame(&denied("event", fault.0, at)));
    [frame(&welcome(at)), frame(&TrackingPong { timestamp: at })]
        .into_iter()
        .chain(refusals)
        .flatten()
        .collect()
}

#[test]
fn a_handshake_is_refused_in_the_contracts_words() {
    assert_eq!((MANNER.text)(TokenFault::Missing), "Authentication token required");
    for fault in [
        TokenFault::Expired,
        TokenFault::BadSignature,
        TokenFault::Malformed,
        TokenFault::Revoked,
        TokenFault::IncompleteClaims,
        TokenFault::Refused,
    ] {
        assert_eq!((MANNER.text)(fault), "Invalid authentication token");
    }
}
