//! Work of several steps that is not left half done.

use crate::ports::StoreError;

/// The task ends even if the caller stops waiting for it: a step that others must hear of is not followed by silence.
///
/// # Errors
/// Those of the task, and [`StoreError::Failed`] if it broke.
pub(crate) async fn finished<T: Send + 'static, E: From<StoreError> + Send + 'static>(
    task: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E> {
    tokio::spawn(task).await.unwrap_or_else(|broken| Err(StoreError::failed(broken).into()))
}
