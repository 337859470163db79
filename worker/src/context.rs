//! What job functions work with.

use std::sync::Arc;

use domain::link::Links;
use jobs::JobError;
use providers::files::Files;
use providers::mail::Mailer;
use serde_json::Value;
use store::Store;
use store::ledger::Ledger;
use templates::Templates;

use crate::clock::Clock;

/// Turns the name of a document and its data into a PDF.
pub type Renderer = Arc<dyn Fn(&str, &Value) -> Result<Vec<u8>, String> + Send + Sync>;

/// Passed to every job. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub store: Store,
    pub ledger: Ledger,
    pub clock: Clock,
    pub templates: Arc<Templates>,
    pub mailer: Mailer,
    pub files: Files,
    pub links: Links,
    /// Only where documents are made: the others do not carry typst.
    pub renderer: Option<Renderer>,
}

impl Context {
    /// Makes a PDF, on a thread of its own: it takes tens of milliseconds of computing.
    pub(crate) async fn render(&self, document: &'static str, data: Value) -> Result<Vec<u8>, JobError> {
        let Some(renderer) = self.renderer.clone() else {
            return Err(JobError::Retry("this worker makes no documents".to_owned()));
        };
        let rendering = tokio::task::spawn_blocking(move || renderer(document, &data));
        rendering
            .await
            .map_err(|panic| JobError::Retry(format!("the renderer broke off: {panic}")))?
            .map_err(JobError::Dead)
    }
}
