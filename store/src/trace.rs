//! The trace that work is part of: what enqueues jobs writes it down with them, so that a request and what follows
//! later are one trace.

use std::future::Future;

tokio::task_local! {
    static TRACE: Option<String>;
}

/// Runs `work` as a part of the trace that a W3C traceparent names, if there is one.
pub async fn within<T>(traceparent: Option<String>, work: impl Future<Output = T>) -> T {
    TRACE.scope(traceparent, work).await
}

/// The traceparent of whatever runs now.
pub fn current() -> Option<String> {
    TRACE.try_with(Clone::clone).ok().flatten()
}
