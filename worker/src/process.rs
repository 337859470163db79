//! The processes of the fleet: what each binary's `main` does.

use crate::clock::Clock;
use crate::context::{Context, Renderer};
use crate::metrics::Metrics;
use crate::perform::perform;
use crate::schedule::SCHEDULES;
use crate::serve::{Pages, serve};
use crate::suspect::{self, Apart};
use crate::{dispatch, runtime};
use anyhow::Context as _;
use clap::{CommandFactory, FromArgMatches, Parser};
use domain::id::TenantId;
use domain::link::Links;
use futures_util::future;
use jobs::{Job, Queue};
use providers::files::FilesConfig;
use providers::mail::MailConfig;
use providers::secrets::SecretsConfig;
use queue::{RedisConfig, Waker};
use rand::TryRng;
use rand::rngs::SysRng;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::ledger::{Ledger, Worker};
use store::{DatabaseConfig, Door, Store, Wake};
use telemetry::{Sink, Telemetry, TelemetryConfig, end};
use templates::Templates;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::LocalSet;
use tokio_util::sync::CancellationToken;

/// What each process of the fleet is told.
#[derive(Clone, Debug, clap::Args)]
pub struct ProcessConfig {
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// Where `/metrics`, `/health/live` and `/health/ready` are served. Not given: nowhere.
    #[arg(long, env = "METRICS_BIND", value_name = "IP:PORT")]
    pub metrics_bind: Option<SocketAddr>,
    /// Where clients reach the platform: what links in messages begin with.
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = domain::link::public_url)]
    pub public_url: String,
    #[command(flatten)]
    pub redis: RedisConfig,
    #[command(flatten)]
    pub mail: MailConfig,
    #[command(flatten)]
    pub files: FilesConfig,
    #[command(flatten)]
    pub secrets: SecretsConfig,
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
    /// Logs for eyes, not for machines.
    #[arg(long, env = "HARMONY_DEVELOPMENT")]
    pub development: bool,
    /// Runs the one job on its standard input, for a worker that suspects it of killing workers.
    #[arg(long, hide = true)]
    pub suspect: bool,
}

#[derive(Debug, Parser)]
#[command(version)]
struct WorkArgs {
    /// Jobs that run at a time. The default is its queue's: email 20, pdf 2, maintenance 4.
    #[arg(long, env = "CONCURRENCY", value_name = "JOBS")]
    concurrency: Option<NonZeroUsize>,
    #[command(flatten)]
    stopping: StoppingConfig,
    #[command(flatten)]
    process: ProcessConfig,
}

#[derive(Clone, Debug, clap::Args)]
struct StoppingConfig {
    /// Seconds in which it ends after SIGTERM: all but the last five are for running jobs, then they are cut off and
    /// given back.
    #[arg(long, env = "STOP_SECONDS", value_name = "SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u16).range(6..=3600))]
    stop_seconds: u16,
}

impl StoppingConfig {
    fn grace(&self) -> Duration {
        Duration::from_secs(self.stop_seconds.into()).saturating_sub(runtime::SETTLING)
    }
}

#[derive(Debug, Parser)]
#[command(version)]
struct DispatchArgs {
    #[command(flatten)]
    process: ProcessConfig,
}

#[derive(Debug, Parser)]
#[command(version)]
struct FleetArgs {
    #[command(flatten)]
    stopping: StoppingConfig,
    #[command(flatten)]
    process: ProcessConfig,
}

/// Runs one queue's jobs until SIGTERM or SIGINT: nothing new is started then, running jobs have some time to end. A
/// second signal ends the process at once.
///
/// `renderer` is for the queue `pdf` alone: the other binaries do not carry typst.
pub fn work(queue: Queue, renderer: Option<Renderer>) -> ExitCode {
    let about = format!("Runs the jobs of the queue {}. Any number of these may run.", queue.name());
    let args: WorkArgs = arguments(queue.name(), &about);
    let concurrency = args.concurrency.unwrap_or_else(|| concurrency(queue));
    end(run(queue.name(), args.process, async |process| {
        Box::pin(process.work(queue, concurrency, args.stopping.grace(), process.context(renderer)?)).await
    }))
}

/// Promotes, relays and schedules for all queues. Any number may run; one is enough.
pub fn dispatch() -> ExitCode {
    let about =
        "Relays due jobs of all queues to their workers, and fires schedules. Any number of these may run.";
    let args: DispatchArgs = arguments("dispatch", about);
    end(run("dispatch", args.process, async |process| process.dispatch().await))
}

/// The whole fleet in one process.
pub fn fleet(renderer: Renderer) -> ExitCode {
    let about = "The dispatcher and the workers of all queues in one process, for development and small installations.";
    let args: FleetArgs = arguments("fleet", about);
    end(run("fleet", args.process, async |process| {
        let (context, grace) = (process.context(Some(renderer))?, args.stopping.grace());
        if process.config.suspect {
            return suspect::obey(&context, perform).await;
        }
        let workers = Queue::ALL.map(|queue| process.work(queue, concurrency(queue), grace, context.clone()));
        future::try_join(process.dispatch(), future::try_join_all(workers)).await.map(|_ended| ())
    }))
}

/// Jobs of a queue that run at a time: mail and maintenance wait for others, PDFs for this processor.
const fn concurrency(queue: Queue) -> NonZeroUsize {
    let jobs = match queue {
        Queue::Email => 20,
        Queue::Pdf => 2,
        Queue::Maintenance => 4,
    };
    NonZeroUsize::new(jobs).expect("none is 0")
}

fn arguments<A: CommandFactory + FromArgMatches>(name: &'static str, about: &str) -> A {
    let command = A::command().name(name).about(about.to_owned());
    A::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
}

/// What the parts of a process share.
struct Process {
    config: ProcessConfig,
    store: Store,
    ledger: Ledger,
    clock: Clock,
    metrics: Metrics,
    stop: CancellationToken,
    waker: Waker,
}

/// One thread runs everything: more work is more processes.
fn run(
    name: &str,
    config: ProcessConfig,
    work: impl AsyncFnOnce(&Process) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // What a suspect says on its standard output is for its worker.
    let sink = if config.suspect { Sink::Stderr } else { Sink::Stdout };
    let is_for_eyes = config.development || std::io::stdout().is_terminal();
    let _telemetry = Telemetry::start(&config.telemetry, name, sink, is_for_eyes)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (terminate, interrupt) = runtime.block_on(async {
        Ok::<_, std::io::Error>((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    })?;
    let (waker, publisher) = Waker::open(&config.redis)?;
    let store = Store::new(&config.database, 1, waking(waker.clone()))?;
    let process = Process {
        ledger: Ledger::new(store.system().pool()?.clone()),
        store,
        clock: Clock::system(),
        metrics: Metrics::new()?,
        stop: CancellationToken::new(),
        waker: waker.clone(),
        config,
    };
    let parts = async {
        process.store.check(|| process.clock.now(), &[Door::App, Door::System]).await?;
        tokio::select! {
            ended = work(&process) => ended,
            failed = process.pages() => failed,
            () = publisher => anyhow::bail!("nobody wakes the relays"),
            () = signals(terminate, interrupt, &process) => anyhow::bail!("told to stop twice"),
        }
    };
    let ended = LocalSet::new().block_on(&runtime, parts);
    // Whatever still runs on other threads, such as a name being resolved, is not waited for.
    runtime.shutdown_background();
    ended
}

/// What a commit wakes: a queue's relays, or those who follow a tenant.
fn waking(waker: Waker) -> store::Waker {
    Arc::new(move |wake| match wake {
        Wake::Queue(queue) => waker.wake(queue),
        Wake::Tenant(tenant) => waker.tell(tenant.0),
    })
}

/// The first signal asks everybody to stop; ends with the second.
/// A suspect heeds none: its worker ends it, and one that a signal ended would look like a crash.
async fn signals(mut terminate: Signal, mut interrupt: Signal, process: &Process) {
    if process.config.suspect {
        return std::future::pending().await;
    }
    for _ in 0..2 {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("told to stop");
        process.stop.cancel();
    }
}

impl Process {
    fn context(&self, renderer: Option<Renderer>) -> anyhow::Result<Context> {
        Ok(Context {
            store: self.store.clone(),
            ledger: self.ledger.clone(),
            clock: self.clock.clone(),
            templates: Arc::new(Templates::load()?),
            mailer: self.config.mail.mailer()?,
            files: self.config.files.files()?,
            links: Links::new(self.config.secrets.link_key()?, &self.config.public_url),
            renderer,
        })
    }

    async fn work(
        &self,
        queue: Queue,
        concurrency: NonZeroUsize,
        grace: Duration,
        context: Context,
    ) -> anyhow::Result<()> {
        if self.config.suspect {
            return suspect::obey(&context, perform).await;
        }
        let waker = self.waker.clone();
        let config = runtime::Config {
            ledger: self.ledger.clone(),
            redis: self.config.redis.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            concurrency,
            lease: runtime::LEASE,
            grace,
            apart: Some(apart()?),
            told: Arc::new(move || waker.tell(TenantId::PLATFORM.0)),
            worker: self.worker(queue.name(), concurrency.get())?,
            policy: Job::policy,
            seed: SysRng.try_next_u64()?,
            stop: self.stop.clone(),
        };
        tracing::info!(queue = queue.name(), concurrency, "works");
        Ok(runtime::run(queue, context, perform, config).await?)
    }

    /// What it tells of itself.
    fn worker(&self, queue: &'static str, places: usize) -> anyhow::Result<Worker> {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let now = self.clock.now();
        let (millis, mut random) = (u64::try_from(now.timestamp_millis())?, [0; 10]);
        SysRng.try_fill_bytes(&mut random)?;
        Ok(Worker {
            id: uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
            queue,
            host: format!("{}:{}", host.trim(), std::process::id()),
            started_at: now,
            places: i32::try_from(places)?,
        })
    }

    async fn dispatch(&self) -> anyhow::Result<()> {
        let config = dispatch::Config {
            ledger: self.ledger.clone(),
            redis: self.config.redis.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            lease: runtime::LEASE,
            tick: dispatch::TICK,
            schedules: SCHEDULES,
            worker: self.worker("dispatch", 0)?,
            seed: SysRng.try_next_u64()?,
            stop: self.stop.clone(),
        };
        tracing::info!("dispatches");
        Ok(dispatch::run(config).await?)
    }

    /// Ends only when it can't begin.
    async fn pages(&self) -> anyhow::Result<()> {
        let Some(address) = self.config.metrics_bind.filter(|_address| !self.config.suspect) else {
            return std::future::pending().await;
        };
        let listener = TcpListener::bind(address).await.with_context(|| format!("METRICS_BIND {address}"))?;
        let pages = Pages::new(self.metrics.clone(), self.ledger.clone(), &self.config.redis)?;
        serve(listener, pages).await;
        std::future::pending().await
    }
}

/// The command of a suspect's process: this one's, with one word more.
fn apart() -> anyhow::Result<Apart> {
    let program = std::env::current_exe()?;
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    Ok(Arc::new(move || {
        let mut command = tokio::process::Command::new(&program);
        command.args(&arguments).arg("--suspect");
        command
    }))
}
