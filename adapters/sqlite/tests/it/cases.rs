//! What stories need whose steps are made up at random: many small stores, one after the other.

use std::{path::Path, sync::Arc};

use outrigger_domain::ports::NoWebhooks;
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::Heard;
use proptest::{prelude::*, test_runner::TestCaseError};

const CASES: u32 = 48;

pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) }
}

/// For a store in this folder that is quick to open and to write to: what a crash would undo is told in other stories.
pub(crate) fn quick(folder: &Path) -> Options {
    let mut options = Options::new(format!("sqlite:{}/test.db", folder.display()));
    options.synchronous_full = false;
    options.readers = 1;
    options
}

pub(crate) async fn open(folder: &Path) -> Arc<SqliteStore> {
    let heard = Arc::new(Heard::default());
    SqliteStore::open(&quick(folder), heard, Arc::new(NoWebhooks)).await.unwrap()
}

/// Runs a case to its end.
pub(crate) fn run(
    case: impl Future<Output = Result<(), TestCaseError>>,
) -> Result<(), TestCaseError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(case)
}
