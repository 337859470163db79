//! The fleet, run by hand: what is due is done by the workers' own functions.

use std::sync::Arc;
use std::time::Duration;

use jobs::{Job, JobError, Queue};
use providers::mail::{Mailer, Sandbox};
use store::ledger::{Head, Leased, Ledger, Share};
use worker::clock::Clock;
use worker::context::Context;
use worker::perform::perform;
use worker::runtime::Envelope;

use crate::app::TestApp;

impl TestApp {
    /// Runs every job that is due, and those they enqueue, by the workers' own functions. One that fails fails the test.
    pub async fn run_jobs(&self) -> Vec<Job> {
        let ledger = Ledger::new(self.store.system().pool().expect("PostgreSQL was there").clone());
        let context = self.context(&ledger);
        let mut ran = Vec::new();
        loop {
            ledger.promote(self.now(), 1_000).await.unwrap();
            let before = ran.len();
            for queue in Queue::ALL {
                let heads = ledger.heads(queue, Head::FIRST, 50, 1_000).await.unwrap();
                let shares: Vec<_> =
                    heads.iter().map(|head| Share { head: head.key(), jobs: 100, after: None }).collect();
                let leased = ledger.lease(queue, &shares, None, Duration::from_mins(1)).await.unwrap();
                for Leased { delivery, .. } in leased {
                    let job = Job::parse(&delivery.kind, &delivery.payload).unwrap();
                    let envelope = Envelope::new(&delivery, job.clone());
                    match perform(&context, envelope).await {
                        Ok(()) | Err(JobError::Drop(_)) => {}
                        Err(error) => panic!("{job:?} failed: {error}"),
                    }
                    ledger.done(&[(delivery.tenant_id, delivery.id)]).await.unwrap();
                    ran.push(job);
                }
            }
            if ran.len() == before {
                return ran;
            }
        }
    }

    fn context(&self, ledger: &Ledger) -> Context {
        let clock = self.clock.clone();
        Context {
            store: self.store.clone(),
            ledger: ledger.clone(),
            clock: Clock::new(move || clock.now()),
            templates: self.mail_templates.clone(),
            mailer: Mailer::sandbox("no-reply@harmony.localhost".to_owned(), Sandbox::new(self.outbox())),
            files: self.state.files.clone(),
            links: self.state.links.clone(),
            // What typst makes of a document is the workers' own test.
            renderer: Some(Arc::new(|document, _data| Ok(format!("%PDF {document}").into_bytes()))),
        }
    }
}
