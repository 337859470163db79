//! The first operator of a platform can't be invited by anybody: they are made here.

use chrono::{DateTime, Utc};
use clap::Subcommand;
use domain::contact::Email;
use domain::locale::Locale;
use domain::{password, text};
use secrecy::{ExposeSecret, SecretString};
use store::DatabaseConfig;
use store::users::{self, User};

use crate::{open, random, say};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a user an operator; an unknown one is created.
    Create {
        #[arg(long)]
        email: String,
        /// Of a user who is created.
        #[arg(long, default_value = "Operator")]
        full_name: String,
        /// Of a user who is created; without it one is made up and printed, once.
        #[arg(long, env = "OPERATOR_PASSWORD", hide_env_values = true)]
        password: Option<SecretString>,
        #[command(flatten)]
        database: DatabaseConfig,
    },
}

pub(crate) async fn run(command: Command, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Command::Create { email, full_name, password, database } = command;
    let email = Email::parse(&email).map_err(|why| anyhow::anyhow!("--email {why}"))?;
    let full_name = text::name(&full_name).map_err(|why| anyhow::anyhow!("--full-name {why}"))?;
    let (secret, is_made_up) = match password {
        Some(password) => (password.expose_secret().to_owned(), false),
        None => (text::hex(&random::<16>()?), true),
    };
    password::check(&secret, &[&email.address, &full_name])
        .map_err(|why| anyhow::anyhow!("--password {why}"))?;
    let hash = password::hash(&secret, random()?);
    let store = open(&database)?;
    let is_new: Result<bool, store::Error> = store
        .identity()
        .transaction(async |tx| {
            if let Some((user, _)) = users::find_by_email(tx, &email.key).await? {
                users::make_operator(tx, user.id, now).await?;
                return Ok(false);
            }
            let user = User::new(&email, full_name, Locale::default(), now);
            users::add(tx, &user, &hash).await?;
            users::make_operator(tx, user.id, now).await?;
            Ok(true)
        })
        .await;
    match (is_new?, is_made_up) {
        (false, _) => say(&format!("{} is an operator; the password stays as it was", email.address)),
        (true, false) => say(&format!("{} is an operator", email.address)),
        (true, true) => say(&format!("{} is an operator; the password is {secret}", email.address)),
    }
}
