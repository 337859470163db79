//! What work is part of: the trace, so that a request and what follows later are one, and the request itself, which the
//! audit trail names.

use std::future::Future;

tokio::task_local! {
    static TRACE: Option<String>;
    static REQUEST: String;
}

/// Runs `work` as a part of the trace that a W3C traceparent names, if there is one.
pub async fn within<T>(traceparent: Option<String>, work: impl Future<Output = T>) -> T {
    TRACE.scope(traceparent, work).await
}

/// The traceparent of whatever runs now.
pub fn current() -> Option<String> {
    TRACE.try_with(Clone::clone).ok().flatten()
}

/// Runs `work` as a part of the request of that id.
pub async fn of_request<T>(id: String, work: impl Future<Output = T>) -> T {
    REQUEST.scope(id, work).await
}

/// The id of the request that is being answered.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}
