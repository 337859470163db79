//! Suspects: jobs whose worker died under them more than once. Each runs in a child process of its worker, so that
//! whatever it does it does to that alone, and its end says whether it was to blame.

use crate::runtime::Envelope;
use jobs::{Delivery, Job, JobError};
use std::process::Stdio;
use std::sync::Arc;
use store::trace;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Starts a process that calls [`obey`].
pub type Apart = Arc<dyn Fn() -> Command + Send + Sync>;

/// What a child says, at most, in bytes.
const WORDS: u64 = 64 * 1024;

/// Runs the job in a child, which ends with the future. A child that dies is the end of the job: now it is known what
/// killed the workers before.
pub(crate) async fn run_apart(apart: &Apart, delivery: &Delivery) -> Result<(), JobError> {
    let child = apart().stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let child = child.map_err(|error| JobError::Retry(format!("no process for a suspect: {error}")))?;
    match converse(child, delivery).await {
        // Its last line: a library may have had something to say before.
        Ok((status, words)) => {
            match words.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().map(serde_json::from_slice) {
                Some(Ok(result)) if status.success() => result,
                _ => Err(JobError::Dead(format!("crashed: its process ended with {status}"))),
            }
        }
        Err(error) => Err(JobError::Retry(format!("its process is not reached: {error}"))),
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
    let result = match Job::parse(&delivery.kind, &delivery.payload) {
        Ok(job) => {
            let envelope = Envelope::new(&delivery, job);
            let traceparent = delivery.traceparent().map(str::to_owned);
            tokio::select! {
                result = trace::within(traceparent, handler(context, envelope)) => result,
                () = parent_gone(&mut stdin) => anyhow::bail!("the worker has gone"),
            }
        }
        Err(error) => Err(JobError::Dead(format!("not a job this worker knows: {error}"))),
    };
    let mut stdout = tokio::io::stdout();
    stdout.write_all(b"\n").await?;
    stdout.write_all(&serde_json::to_vec(&result)?).await?;
    stdout.write_all(b"\n").await?;
    Ok(stdout.flush().await?)
}

async fn parent_gone(stdin: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut byte = [0];
    while !matches!(stdin.read(&mut byte).await, Ok(0) | Err(_)) {}
}
