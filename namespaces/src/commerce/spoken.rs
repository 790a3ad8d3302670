//! What comes from no event of the domain, for the golden frames: what is said to the asking socket alone, and what only
//! the app says.

use outrigger_domain::{
    accounts::Profile,
    actor::{Actor, Role},
    ids::{DeviceId, TokenId, UserId},
    naming::Uuids,
    time::Timestamp,
};
use outrigger_transport::Frame;
use serde_json::json;

use super::{
    coming::{reconnected, success},
    desk::{internal, socket_errors, unauthorized},
    outbound::{auth_error, events_available},
    texts::{self, Fault},
    wire::*,
};
use crate::contract::frame;

fn ann() -> Actor {
    Actor {
        user: UserId::new("ann").unwrap(),
        profile: Profile { name: Some("Ann".into()), ..Profile::default() },
        email: "ann@x.example".into(),
        role: Role::Staff,
        device: DeviceId::new("d").unwrap(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(0),
    }
}

fn guest() -> Actor {
    Actor::guest(&Uuids, DeviceId::new("d").unwrap())
}

/// Every refusal in words that are always the same.
const FAULTS: [Fault; 12] = [
    texts::TOO_LARGE,
    texts::TEXT_TOO_LONG,
    texts::NO_RECIPIENT,
    texts::TO_YOURSELF,
    texts::NO_MESSAGE,
    texts::NO_NOTIFICATION,
    texts::NOT_A_MEMBER,
    texts::NOT_JOINABLE,
    texts::NOT_LEAVABLE,
    texts::TOO_MANY_ROOMS,
    texts::YOURSELF,
    texts::NOT_CONNECTED,
];

fn invalid(code: &'static str, fault: Fault, retry_after: Option<u64>) -> Option<Frame> {
    let Fault::Invalid(message) = fault else { panic!("{fault:?} is not said in these words") };
    let message = message.into_owned();
    frame(&CommerceInvalid { code, message, event: "event".into(), retry_after })
}

/// One of each that is said to the asking socket alone.
pub(crate) fn said_to_the_asking(at: Timestamp) -> Vec<Frame> {
    let now = at.ms();
    let pong = |client_timestamp, latency| {
        let socket_id = "own".into();
        frame(&CommercePong { timestamp: now, client_timestamp, latency, socket_id })
    };
    let (here, there) = socket_errors(at);
    let too_often = Fault::invalid(texts::TOO_OFTEN);
    let mut said = vec![
        frame(&success(&ann(), "own".into(), 2, now)),
        frame(&success(&guest(), "own".into(), 3, now)),
        frame(&events_available(Role::Guest, vec!["disconnect_request".into(), "ping".into()])),
        frame(&reconnected(&ann(), "own".into(), now)),
        pong(None, None),
        pong(Some((now - 12).into()), Some(12)),
        frame(&here),
        frame(&there),
        frame(&auth_error(texts::INACTIVE, at)),
        frame(&auth_error(texts::ADMINS_ONLY, at)),
        frame(&unauthorized("admin:stats", vec!["admin"], "seller")),
        frame(&unauthorized("admin:unheard", vec![], "guest")),
        frame(&internal("chat:message")),
        invalid(texts::RATE_LIMITED, too_often, Some(7)),
        invalid("VALIDATION_ERROR", Fault::missing("name"), None),
        invalid("VALIDATION_ERROR", Fault::mistyped("price"), None),
    ];
    said.extend(FAULTS.map(|fault| invalid("VALIDATION_ERROR", fault, None)));
    said.into_iter().flatten().collect()
}

/// One of each that only the app says, as clients of the contract expect it.
#[expect(clippy::too_many_lines, reason = "one of each")]
pub(crate) fn said_by_the_app(at: Timestamp) -> Vec<Frame> {
    let text = |text: &str| text.to_owned();
    let some = |text: &str| Some(text.to_owned());
    let user_id = || text("bob");
    let (product_id, product_name) = (|| text("p1"), || text("Bowl"));
    [
        frame(&CommerceOrderCreated {
            order_id: text("o1"),
            order_number: text("1001"),
            total: Some(json!(12.5)),
            message: some("Thank you"),
        }),
        frame(&CommerceOrderReceived { order_id: text("o1"), product_name: product_name() }),
        frame(&CommerceProductApproved {
            product_id: product_id(),
            product_name: product_name(),
            message: text("Your product has been approved"),
        }),
        frame(&CommercePolicyUpdated {
            message: text("New rules"),
            effective_date: text("2026-01-01"),
        }),
        frame(&CommerceApplicationNew {
            application_id: text("a1"),
            business_name: text("Bowls"),
            applicant_email: some("bob@x.example"),
        }),
        frame(&CommerceApplicationApproved { message: text("Yes"), business_name: None }),
        frame(&CommerceProductModerated {
            product_id: product_id(),
            product_name: product_name(),
            status: text("approved"),
            note: None,
            timestamp: at,
        }),
        frame(&CommerceProductRejected {
            product_id: product_id(),
            product_name: product_name(),
            status: text("rejected"),
            note: some("why"),
            timestamp: at,
        }),
        frame(&CommerceSellerModerated {
            application_id: some("a1"),
            status: text("approved"),
            note: None,
            timestamp: at,
        }),
        frame(&CommerceSellerRejected {
            application_id: None,
            status: text("rejected"),
            note: some("why"),
            timestamp: at,
        }),
        frame(&CommerceProductStatusChanged {
            product_id: product_id(),
            product_name: product_name(),
            status: text("approved"),
            moderator: some("root"),
            timestamp: at,
        }),
        frame(&CommerceSellerStatusChanged {
            application_id: some("a1"),
            user_name: some("Bob"),
            status: text("approved"),
            moderator: None,
            timestamp: at,
        }),
        frame(&CommerceLiveStats {
            total_events: 9,
            craft_views: 4,
            searches: 3,
            unique_users: 2,
            top_searches: vec![CommerceTopSearch {
                query: text("bowl"),
                count: 2,
                search_type: text("text"),
            }],
            recent_activity: vec![json!({ "any": 1 })],
            time_range: "24h",
            last_updated: at,
        }),
        frame(&CommerceSearched {
            user_id: None,
            query: text("bowl"),
            search_type: "voice",
            results_count: 2,
            timestamp: at,
        }),
        frame(&CommerceCraftViewed {
            user_id: some("bob"),
            craft_id: text("c1"),
            craft_name: text("Bowl"),
            category: text("wood"),
            timestamp: at,
        }),
        frame(&CommerceRecognitionStarted {
            user_id: user_id(),
            filename: text("p.png"),
            file_size: 9,
            timestamp: at,
        }),
        frame(&CommerceRecognitionCompleted {
            user_id: user_id(),
            filename: text("p.png"),
            craft_name: text("Bowl"),
            confidence: 0.5,
            all_predictions: vec![],
            processing_time: 1.5,
            total_time: 2.5,
            timestamp: at,
        }),
        frame(&CommerceRecognitionFailed {
            user_id: user_id(),
            filename: text("p.png"),
            error: text("E"),
            message: text("No"),
            timestamp: at,
        }),
        frame(&CommerceRecordingStarted {
            user_id: user_id(),
            filename: text("r.ogg"),
            file_size: 9,
            language: text("en"),
            timestamp: at,
        }),
        frame(&CommerceRecordingCompleted {
            user_id: user_id(),
            filename: text("r.ogg"),
            text: text("bowl"),
            language: text("en"),
            confidence: 0.5,
            provider: text("any"),
            processing_time: 1.5,
            total_time: 2.5,
            timestamp: at,
        }),
        frame(&CommerceRecordingFailed {
            user_id: user_id(),
            filename: text("r.ogg"),
            error: text("E"),
            message: text("No"),
            timestamp: at,
        }),
        frame(&CommerceVoiceSearchStarted { user_id: user_id(), query: text("bowl") }),
        frame(&CommerceVoiceSearchResults {
            user_id: user_id(),
            query: text("bowl"),
            results: vec![json!({ "id": 1 })],
            batch: 1,
            total_batches: 2,
            is_complete: false,
            total_results: 6,
            total_count: 9,
        }),
        frame(&CommerceVoiceSearchCompleted {
            user_id: user_id(),
            query: text("bowl"),
            total_results: 6,
            total_count: 9,
            page: 1,
            pages: 2,
        }),
        frame(&CommerceVoiceSearchFailed {
            user_id: user_id(),
            query: text("bowl"),
            error: text("E"),
            message: None,
        }),
        frame(&CommerceChatbotStarted { user_id: user_id(), message: text("hi"), timestamp: at }),
        frame(&CommerceChatbotToken { user_id: user_id(), token: text("he"), timestamp: at }),
        frame(&CommerceChatbotCompleted {
            user_id: user_id(),
            response: text("hello"),
            timestamp: at,
        }),
        frame(&CommerceChatbotError {
            user_id: user_id(),
            error: text("E"),
            message: None,
            error_type: some("timeout"),
            timeout: Some(true),
            partial_response: some("he"),
            timestamp: at,
        }),
        frame(&CommerceConnectionTimeout { message: text("Too slow"), timestamp: at.ms() }),
        frame(&CommerceReconnecting {
            attempt_number: 1,
            message: text("Again"),
            timestamp: at.ms(),
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn a_handshake_is_refused_in_the_contracts_words() {
    use outrigger_domain::identity::TokenFault;
    let said = |fault| (texts::MANNER.text)(fault);
    assert_eq!(said(TokenFault::Missing), "Authentication token required");
    assert_eq!(said(TokenFault::Unknown), "User not found");
    assert_eq!(said(TokenFault::Inactive), "User account is inactive");
    assert_eq!(said(TokenFault::Expired), "Authentication token expired");
    assert_eq!(said(TokenFault::Undecided), "Authentication failed");
    assert_eq!(texts::MANNER.unavailable, "Authentication failed");
    for fault in [
        TokenFault::BadSignature,
        TokenFault::Malformed,
        TokenFault::Revoked,
        TokenFault::IncompleteClaims,
        TokenFault::Refused,
    ] {
        assert_eq!(said(fault), "Invalid authentication token");
    }
}
