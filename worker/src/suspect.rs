//! Suspects: jobs whose worker died under them more than once. Each runs in a child process of its worker, so that
//! whatever it does it does to that alone, and its end says whether it was to blame.

use crate::layers::panicked;
use crate::runtime::Envelope;
use futures_util::FutureExt;
use jobs::{Delivery, Job, JobError};
use std::panic::AssertUnwindSafe;
use std::process::Stdio;
use std::sync::Arc;
use store::ledger::{Held, Ledger};
use store::trace;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Starts a process that calls [`obey`].
pub type Apart = Arc<dyn Fn() -> Command + Send + Sync>;

/// What a child says, at most, in bytes.
const WORDS: u64 = 64 * 1024;
/// What it says before it runs the job. Whatever ends it earlier is not the job's fault.
const BEGUN: &[u8] = b"begun";
/// Runs of a suspect whose end nobody has seen: its worker died with the child, as where memory is counted for both. It is
/// not tried more often.
const UNSEEN: i16 = 3;

/// How suspects are run.
#[derive(Clone)]
pub(crate) struct Suspects {
    pub(crate) apart: Apart,
    pub(crate) ledger: Ledger,
}

/// Runs the job in a child, which ends with the future. A child that dies of it is the end of the job: now it is known
/// what killed the workers before.
pub(crate) async fn run_apart(suspects: &Suspects, delivery: &Delivery) -> Result<(), JobError> {
    match suspects.ledger.apart(Held::from(delivery)).await {
        Ok(Some(time)) if time > UNSEEN => {
            return Err(JobError::Dead("crashed: whoever ran it died with it".to_owned()));
        }
        Ok(Some(_)) => {}
        Ok(None) => return Err(JobError::Retry("its lease was lost".to_owned())),
        Err(error) => return Err(JobError::Retry(error.to_string())),
    }
    let child = (suspects.apart)().stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let child = child.map_err(|error| JobError::Retry(format!("no process for a suspect: {error}")))?;
    match converse(child, delivery).await {
        Ok((status, words)) => verdict(status, &words),
        Err(error) => Err(JobError::Retry(format!("its process is not reached: {error}"))),
    }
}

fn verdict(status: std::process::ExitStatus, words: &[u8]) -> Result<(), JobError> {
    let mut lines = words.trim_ascii_end().split(|byte| *byte == b'\n');
    // The last line: a library may have had something to say before.
    let last = lines.clone().next_back().map(serde_json::from_slice);
    match last {
        Some(Ok(result)) if status.success() => result,
        _ if lines.any(|line| line == BEGUN) => {
            Err(JobError::Dead(format!("crashed: its process ended with {status}")))
        }
        _ => Err(JobError::Retry(format!("its process did not begin: {status}"))),
    }
}

async fn converse(
    mut child: Child,
    delivery: &Delivery,
) -> std::io::Result<(std::process::ExitStatus, Vec<u8>)> {
    // Held open: its end tells the child that nobody waits for it any more.
    let mut stdin = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    let stdout = child.stdout.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    let bytes = delivery.to_bytes();
    let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
    // A child that died before it read this is known by its status.
    if stdin.write_all(&length.to_le_bytes()).await.is_ok() && stdin.write_all(&bytes).await.is_ok() {
        stdin.flush().await?;
    }
    let mut words = Vec::new();
    stdout.take(WORDS).read_to_end(&mut words).await?;
    let status = child.wait().await?;
    drop(stdin);
    Ok((status, words))
}

/// What the child does: reads one delivery from its standard input, runs it, says on its standard output how it ended.
/// Ends early when its parent does.
pub async fn obey<C, H>(context: &C, handler: H) -> anyhow::Result<()>
where
    H: AsyncFn(&C, Envelope) -> Result<(), JobError>,
{
    let mut stdin = tokio::io::stdin();
    let mut length = [0; 4];
    stdin.read_exact(&mut length).await?;
    let mut bytes = vec![0; usize::try_from(u32::from_le_bytes(length))?];
    stdin.read_exact(&mut bytes).await?;
    let delivery = Delivery::from_bytes(&bytes)?;
    let mut stdout = tokio::io::stdout();
    stdout.write_all(&[b"\n", BEGUN, b"\n"].concat()).await?;
    stdout.flush().await?;
    let result = match Job::parse(&delivery.kind, &delivery.payload) {
        Ok(job) => {
            let envelope = Envelope::new(&delivery, job);
            let traceparent = delivery.traceparent().map(str::to_owned);
            let run = trace::within(traceparent, handler(context, envelope));
            tokio::select! {
                // A panic is a failure like others, as where jobs run together.
                result = AssertUnwindSafe(run).catch_unwind() => {
                    result.unwrap_or_else(|panic| Err(JobError::Retry(panicked(&*panic))))
                }
                () = parent_gone(&mut stdin) => anyhow::bail!("the worker has gone"),
            }
        }
        Err(error) => Err(JobError::Retry(format!("not a job this worker knows: {error}"))),
    };
    stdout.write_all(b"\n").await?;
    stdout.write_all(&serde_json::to_vec(&result)?).await?;
    stdout.write_all(b"\n").await?;
    Ok(stdout.flush().await?)
}

async fn parent_gone(stdin: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut byte = [0];
    while !matches!(stdin.read(&mut byte).await, Ok(0) | Err(_)) {}
}
