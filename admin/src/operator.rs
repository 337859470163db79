//! The first operator of a platform can't be invited by anybody: they are made here. None is without a second factor.

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use domain::contact::Email;
use domain::locale::Locale;
use domain::{password, text};
use providers::secrets::SecretsConfig;
use secrecy::{ExposeSecret, SecretString};
use store::DatabaseConfig;
use store::users::{self, User};

use crate::second_factor::SecondFactor;
use crate::{open, random, say};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a user an operator; an unknown one is created. Prints a second factor for whoever has none, once.
    Create {
        #[command(flatten)]
        who: Who,
        /// Of a user who is created.
        #[arg(long, default_value = "Operator")]
        full_name: String,
        /// Of a user who is created; without it one is made up and printed, once.
        #[arg(long, env = "OPERATOR_PASSWORD", hide_env_values = true)]
        password: Option<SecretString>,
    },
    /// Give an operator who has lost theirs another second factor, printed once: what they had opens nothing any more.
    SecondFactor {
        #[command(flatten)]
        who: Who,
    },
    /// Have somebody be an operator no longer; their account stays.
    Remove {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Who {
    #[arg(long)]
    email: String,
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    secrets: SecretsConfig,
}

impl Who {
    fn email(&self) -> anyhow::Result<Email> {
        Email::parse(&self.email).map_err(|why| anyhow::anyhow!("--email {why}"))
    }
}

pub(crate) async fn run(command: Command, now: DateTime<Utc>) -> anyhow::Result<()> {
    match command {
        Command::Create { who, full_name, password } => create(&who, &full_name, password, now).await,
        Command::SecondFactor { who } => renew(&who, now).await,
        Command::Remove { who } => remove(&who, now).await,
    }
}

async fn create(
    who: &Who,
    full_name: &str,
    password: Option<SecretString>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let email = who.email()?;
    let full_name = text::name(full_name).map_err(|why| anyhow::anyhow!("--full-name {why}"))?;
    let (secret, is_made_up) = match password {
        Some(password) => (password.expose_secret().to_owned(), false),
        None => (text::hex(&random::<16>()?), true),
    };
    password::check(&secret, &[&email.address, &full_name])
        .map_err(|why| anyhow::anyhow!("--password {why}"))?;
    let hash = password::hash(&secret, random()?);
    let (store, vault) = (open(&who.database)?, who.secrets.vault()?);
    let found = store.identity().statement(async |tx| users::find_by_email(tx, &email.key).await).await?;
    let is_new = found.is_none();
    let user = found.map_or_else(|| User::new(&email, full_name, Locale::default(), now), |(user, _)| user);
    let factor = if user.has_second_factor {
        None
    } else {
        Some(SecondFactor::new(&vault, user.id, &user.email, random()?)?)
    };
    let made: store::Result<()> = store
        .identity()
        .transaction(async |tx| {
            if is_new {
                users::add(tx, &user, &hash).await?;
            }
            if let Some(factor) = &factor {
                factor.set_up(tx, user.id, now).await?;
            }
            users::make_operator(tx, user.id, now).await
        })
        .await;
    made?;
    let password = match (is_new, is_made_up) {
        (false, _) => "; the password stays as it was".to_owned(),
        (true, false) => String::new(),
        (true, true) => format!("; the password is {secret}"),
    };
    say(&format!("{} is an operator{password}", email.address))?;
    match factor {
        Some(factor) => say(&factor.told()?),
        None => say("Their second factor stays as it was"),
    }
}

async fn renew(who: &Who, now: DateTime<Utc>) -> anyhow::Result<()> {
    let (store, vault) = (open(&who.database)?, who.secrets.vault()?);
    let user = operator(&store, &who.email()?).await?;
    let factor = SecondFactor::new(&vault, user.id, &user.email, random()?)?;
    store.identity().transaction(async |tx| factor.set_up(tx, user.id, now).await).await?;
    say(&factor.told()?)
}

async fn remove(who: &Who, now: DateTime<Utc>) -> anyhow::Result<()> {
    let store = open(&who.database)?;
    let user = operator(&store, &who.email()?).await?;
    store.identity().transaction(async |tx| users::end_operator(tx, user.id, now).await).await?;
    say(&format!("{} is an operator no longer", user.email))
}

async fn operator(store: &store::Store, email: &Email) -> anyhow::Result<User> {
    let found = store.identity().statement(async |tx| users::find_by_email(tx, &email.key).await).await?;
    let operator = found.map(|(user, _)| user).filter(|user| user.is_operator);
    operator.with_context(|| format!("{} is no operator", email.address))
}
