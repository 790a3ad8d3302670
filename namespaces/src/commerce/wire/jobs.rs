//! How the app gets on with what a user asked of it, step by step: pictures, recordings, searches by voice, answers. Only the
//! app says these (`contracts/commerce.md` section 3).

use outrigger_domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// A picture is looked at.
    "recognition_started" => CommerceRecognitionStarted {
        /// Whose.
        user_id: String,
        /// Which file.
        filename: String,
        /// Its size in bytes.
        file_size: u64,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// A picture was recognised.
    "recognition_completed" => CommerceRecognitionCompleted {
        /// Whose.
        user_id: String,
        /// Which file.
        filename: String,
        /// What is on it.
        craft_name: String,
        /// How sure that is.
        confidence: f64,
        /// What else it could be.
        #[ts(type = "unknown[]")]
        all_predictions: Vec<Value>,
        /// How long the looking took.
        processing_time: f64,
        /// How long all of it took.
        total_time: f64,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}

macro_rules! file_failed {
    ($(#[$doc:meta])* $name:literal => $type:ident) => {
        wire! {
            $(#[$doc])*
            $name => $type {
                /// Whose.
                user_id: String,
                /// Which file.
                filename: String,
                /// Why, for programs.
                error: String,
                /// A sentence for people.
                message: String,
                /// When.
                #[ts(type = "string | number")]
                timestamp: Timestamp,
            }
        }
    };
}
file_failed! {
    /// A picture was not recognised.
    "recognition_failed" => CommerceRecognitionFailed
}
file_failed! {
    /// A recording was not understood.
    "voice_recording_failed" => CommerceRecordingFailed
}
wire! {
    /// A recording is listened to.
    "voice_recording_started" => CommerceRecordingStarted {
        /// Whose.
        user_id: String,
        /// Which file.
        filename: String,
        /// Its size in bytes.
        file_size: u64,
        /// In which language.
        language: String,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// A recording was understood.
    "voice_recording_completed" => CommerceRecordingCompleted {
        /// Whose.
        user_id: String,
        /// Which file.
        filename: String,
        /// What was said.
        text: String,
        /// In which language.
        language: String,
        /// How sure that is.
        confidence: f64,
        /// Who understood it.
        provider: String,
        /// How long the listening took.
        processing_time: f64,
        /// How long all of it took.
        total_time: f64,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// A search by voice began.
    "voice_search_started" => CommerceVoiceSearchStarted {
        /// Whose.
        user_id: String,
        /// For what.
        query: String,
    }
}
wire! {
    /// Some of what was found, five at a time.
    "voice_search_results" => CommerceVoiceSearchResults {
        /// Whose.
        user_id: String,
        /// For what.
        query: String,
        /// This part of it.
        #[ts(type = "unknown[]")]
        results: Vec<Value>,
        /// Which part, from 1.
        batch: u64,
        /// How many parts there are.
        total_batches: u64,
        /// Whether it is the last one.
        is_complete: bool,
        /// How many results there are in all parts.
        total_results: u64,
        /// How many there are beyond this page.
        total_count: u64,
    }
}
wire! {
    /// A search by voice is through.
    "voice_search_completed" => CommerceVoiceSearchCompleted {
        /// Whose.
        user_id: String,
        /// For what.
        query: String,
        /// How many results were sent.
        total_results: u64,
        /// How many there are.
        total_count: u64,
        /// Which page this was.
        page: u64,
        /// How many pages there are.
        pages: u64,
    }
}
wire! {
    /// A search by voice found nothing because it failed.
    "voice_search_failed" => CommerceVoiceSearchFailed {
        /// Whose.
        user_id: String,
        /// For what.
        query: String,
        /// Why, for programs.
        error: String,
        /// A sentence for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<String>,
    }
}
wire! {
    /// An answer is being thought of.
    "chatbot_started" => CommerceChatbotStarted {
        /// Whose.
        user_id: String,
        /// To what.
        message: String,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// The next piece of an answer; pieces come in order.
    "chatbot_token" => CommerceChatbotToken {
        /// Whose.
        user_id: String,
        /// The piece.
        token: String,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// An answer is complete.
    "chatbot_completed" => CommerceChatbotCompleted {
        /// Whose.
        user_id: String,
        /// All of it.
        response: String,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
wire! {
    /// There will be no answer, or no more of it.
    "chatbot_error" => CommerceChatbotError {
        /// Whose.
        user_id: String,
        /// Why, for programs.
        error: String,
        /// A sentence for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<String>,
        /// Of which kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error_type: Option<String>,
        /// Whether it took too long.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        timeout: Option<bool>,
        /// As far as it came.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        partial_response: Option<String>,
        /// When.
        #[ts(type = "string | number")]
        timestamp: Timestamp,
    }
}
