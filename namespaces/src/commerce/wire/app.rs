//! What only the app says, through the internal API: it goes out as the app wrote it, and these are the forms that clients
//! of the contract expect (`contracts/commerce.md` section 3).

use outrigger_domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// An order was placed; for its buyer.
    "order:created" => CommerceOrderCreated {
        /// The app's id.
        order_id: String,
        /// What people call it.
        order_number: String,
        /// What it costs.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        total: Option<Value>,
        /// A sentence for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<String>,
    }
}
wire! {
    /// Something of this seller was ordered.
    "order:received" => CommerceOrderReceived {
        /// The app's id.
        order_id: String,
        /// What was ordered.
        product_name: String,
    }
}
wire! {
    /// A product of this seller may be sold.
    "product:approved" => CommerceProductApproved {
        /// Which.
        product_id: String,
        /// What it is called.
        product_name: String,
        /// A sentence for people.
        message: String,
    }
}
wire! {
    /// The rules for products change; for sellers.
    "product:policy:updated" => CommercePolicyUpdated {
        /// A sentence for people.
        message: String,
        /// From when on.
        effective_date: String,
    }
}
wire! {
    /// Someone wants to sell; for admins.
    "seller:application:new" => CommerceApplicationNew {
        /// Which application.
        application_id: String,
        /// Of which business.
        business_name: String,
        /// The applicant's address.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        applicant_email: Option<String>,
    }
}
wire! {
    /// This user may sell.
    "seller:application:approved" => CommerceApplicationApproved {
        /// A sentence for people.
        message: String,
        /// Which business.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        business_name: Option<String>,
    }
}

macro_rules! product_decided {
    ($(#[$doc:meta])* $name:literal => $type:ident) => {
        wire! {
            $(#[$doc])*
            $name => $type {
                /// Which.
                product_id: String,
                /// What it is called.
                product_name: String,
                /// What was decided.
                status: String,
                /// Why, for people.
                note: Option<String>,
                /// When.
                timestamp: Timestamp,
            }
        }
    };
}
product_decided! {
    /// A product of this seller was approved.
    "moderation:product_approved" => CommerceProductModerated
}
product_decided! {
    /// A product of this seller was rejected.
    "moderation:product_rejected" => CommerceProductRejected
}

macro_rules! seller_decided {
    ($(#[$doc:meta])* $name:literal => $type:ident) => {
        wire! {
            $(#[$doc])*
            $name => $type {
                /// Which application.
                application_id: Option<String>,
                /// What was decided.
                status: String,
                /// Why, for people.
                note: Option<String>,
                /// When.
                timestamp: Timestamp,
            }
        }
    };
}
seller_decided! {
    /// This user's application was approved.
    "moderation:seller_approved" => CommerceSellerModerated
}
seller_decided! {
    /// This user's application was rejected.
    "moderation:seller_rejected" => CommerceSellerRejected
}
wire! {
    /// It was decided about a product; for admins.
    "moderation:product_status_changed" => CommerceProductStatusChanged {
        /// Which.
        product_id: String,
        /// What it is called.
        product_name: String,
        /// What was decided.
        status: String,
        /// By whom.
        moderator: Option<String>,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// It was decided about a seller; for admins.
    "moderation:seller_status_changed" => CommerceSellerStatusChanged {
        /// Which application.
        application_id: Option<String>,
        /// Whose.
        user_name: Option<String>,
        /// What was decided.
        status: String,
        /// By whom.
        moderator: Option<String>,
        /// When.
        timestamp: Timestamp,
    }
}

/// What is searched for most.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceTopSearch {
    /// The words.
    #[serde(rename = "_id")]
    pub query: String,
    /// How often.
    pub count: u64,
    /// Written or spoken.
    pub search_type: String,
}

wire! {
    /// Figures of the last day; for admins, at most every 5 seconds.
    "analytics:live_stats" state => CommerceLiveStats {
        /// All that was counted.
        total_events: u64,
        /// Crafts that were looked at.
        craft_views: u64,
        /// Searches.
        searches: u64,
        /// People.
        unique_users: u64,
        /// What is searched for most.
        top_searches: Vec<CommerceTopSearch>,
        /// What happened last.
        recent_activity: Vec<Value>,
        /// Over which time.
        #[ts(type = "'24h'")]
        time_range: &'static str,
        /// When they were counted.
        last_updated: Timestamp,
    }
}
wire! {
    /// Someone searched; for admins, at most every 2 seconds.
    "analytics:search" state => CommerceSearched {
        /// Who.
        user_id: Option<String>,
        /// For what.
        query: String,
        /// How.
        #[ts(type = "'text' | 'voice'")]
        search_type: &'static str,
        /// With how many results.
        results_count: u64,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// Someone looked at a craft; for admins, at most every 2 seconds.
    "analytics:craft_view" state => CommerceCraftViewed {
        /// Who.
        user_id: Option<String>,
        /// Which.
        craft_id: String,
        /// What it is called.
        craft_name: String,
        /// Of which kind.
        category: String,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// Known to clients; the sidecar never sends it by itself.
    "connection:timeout" => CommerceConnectionTimeout {
        /// A sentence for people.
        message: String,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// Known to clients; the sidecar never sends it by itself.
    "connection:reconnecting" => CommerceReconnecting {
        /// Which attempt it is.
        attempt_number: u64,
        /// A sentence for people.
        message: String,
        /// When, in ms.
        timestamp: i64,
    }
}
