//! `harmony`: what an operator of the platform does by hand.

mod operator;
mod second_factor;
mod seed;

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use providers::files::FilesConfig;
use providers::secrets::SecretsConfig;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use store::{DatabaseConfig, Store};

#[derive(Debug, Parser)]
#[command(name = "harmony", version, about = "Administers a Harmony platform.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the database to this release's schema: makes database and roles if they are missing.
    Migrate {
        /// An administrator's address: postgres://USER@HOST:PORT/DATABASE. May create databases and roles.
        #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
        database_url: SecretString,
        /// The password that Harmony's roles get; without it theirs stays.
        #[arg(long, env = "ROLE_PASSWORD", hide_env_values = true)]
        role_password: Option<SecretString>,
    },
    /// Make the keys that are missing, or replace them.
    Keys {
        #[command(flatten)]
        secrets: SecretsConfig,
        #[command(subcommand)]
        step: Option<KeyStep>,
    },
    /// Have the newest key seal the secrets that older ones did.
    Reseal {
        #[command(flatten)]
        database: DatabaseConfig,
        #[command(flatten)]
        secrets: SecretsConfig,
    },
    /// Make three demo tenants, for development. Does nothing when they are there.
    Seed {
        #[command(flatten)]
        database: DatabaseConfig,
        #[command(flatten)]
        secrets: SecretsConfig,
        #[command(flatten)]
        files: FilesConfig,
        /// Where clients reach the platform: for the addresses that are printed.
        #[arg(long, env = "PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// What the app of the demo's operator shows now.
    DemoCode,
    /// Operators of the platform.
    #[command(subcommand)]
    Operator(operator::Command),
}

/// Keys are replaced in two steps, so that no process meets what it can't read.
#[derive(Clone, Copy, Debug, Subcommand)]
enum KeyStep {
    /// Make the next keys, which only verify and open: start every process again afterwards.
    Next,
    /// Have them sign and seal: start every process again afterwards, then `harmony reseal`.
    Use,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Migrate { database_url, role_password } => {
            let password = role_password.as_ref().map(ExposeSecret::expose_secret);
            for name in store::migrate::run(database_url.expose_secret(), password, now()).await? {
                say(&format!("applied {name}"))?;
            }
            Ok(())
        }
        Command::Keys { secrets, step } => keys(&secrets, step),
        Command::Reseal { database, secrets } => {
            let vault = secrets.vault()?;
            let renew = |sealed: &[u8]| vault.renewed(sealed).context("a value can't be sealed anew");
            let renewed = store::resealing::renew(&open(&database)?, renew).await?;
            say(&format!("sealed {renewed} anew"))
        }
        Command::Seed { database, secrets, files, public_url } => {
            let (store, vault, files) = (open(&database)?, secrets.vault()?, files.files()?);
            Box::pin(seed::run(&store, &vault, &files, &public_url, now())).await
        }
        Command::DemoCode => say(&seed::code(now())?),
        Command::Operator(command) => operator::run(command, now()).await,
    }
}

fn keys(secrets: &SecretsConfig, step: Option<KeyStep>) -> anyhow::Result<()> {
    match step {
        None => Ok(secrets.make_missing()?),
        Some(KeyStep::Next) => secrets.make_next()?.iter().try_for_each(|file| say(&format!("made {file}"))),
        Some(KeyStep::Use) => secrets.use_next()?.iter().try_for_each(|name| say(&format!("uses {name}"))),
    }
}

/// The doors, without anybody to wake: who waits for jobs looks by itself.
fn open(database: &DatabaseConfig) -> anyhow::Result<Store> {
    Ok(Store::new(database, 1, Arc::new(|_queue| {}))?)
}

#[expect(clippy::disallowed_methods, reason = "the one place where this program's time comes from")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Random bytes, fit for salts and passwords.
fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::TryRng::try_fill_bytes(&mut SysRng, &mut bytes)
        .context("the operating system gives no random bytes")?;
    Ok(bytes)
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("standard output is closed")
}
