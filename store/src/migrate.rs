//! Migrations: embedded, run in order, each in one transaction, with a checksum that names one that changed afterwards.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use rust_embed::Embed;
use sha2::{Digest, Sha256};
use url::Url;

use crate::pools::cause;

#[derive(Embed)]
#[folder = "../migrations"]
#[include = "*.sql"]
struct Files;

/// Why a database could not be brought to this build's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the address is not of the form postgres://USER@HOST:PORT/DATABASE")]
    Url,
    #[error("PostgreSQL can't be reached: {0}")]
    Connection(String),
    #[error("{name} failed: {error}")]
    Failed { name: String, error: diesel::result::Error },
    #[error(
        "migration {0} has changed since it was applied to this database; while nothing is deployed, `make reset` makes a \
         new one"
    )]
    Changed(String),
    #[error("the database has migration {0}, which this build does not know: it is newer than this build")]
    Unknown(String),
}

/// The schema's fingerprint: two builds with the same one need the same database.
pub fn fingerprint() -> String {
    let mut sha = Sha256::new();
    for name in names() {
        sha.update(&name);
        sha.update(up(&name));
    }
    sha.update(file("roles.sql"));
    let digest: [u8; 32] = sha.finalize().into();
    let head = digest.first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(head))
}

/// Brings a database to this build's schema: makes it if it is missing, makes the roles, runs what is not applied, and
/// answers the names of what it ran. `url` is an administrator's, who may create databases and roles. With a password,
/// the roles get it.
pub async fn run(
    url: &str,
    role_password: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<String>, MigrateError> {
    let mut connection = connect_or_create(url).await?;
    let conn = &mut connection;
    // One at a time, whoever else migrates; the connection's end unlocks.
    step(conn, "the lock", "SELECT pg_advisory_lock(4210501)").await?;
    step(conn, "roles.sql", &String::from_utf8_lossy(&file("roles.sql"))).await?;
    if let Some(password) = role_password {
        let password = password.replace('\'', "''");
        for role in ["harmony_app", "harmony_identity", "harmony_signup", "harmony_system", "harmony_owner"] {
            step(conn, "the roles' password", &format!("ALTER ROLE {role} PASSWORD '{password}'")).await?;
        }
    }
    let own = "DO $$ BEGIN
            EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO harmony_owner', current_database());
            IF NOT pg_has_role(current_user, 'harmony_owner', 'member') THEN
                EXECUTE format('GRANT harmony_owner TO %I', current_user);
            END IF;
        END $$;
        DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
        GRANT CREATE, USAGE ON SCHEMA public TO harmony_owner;
        SET ROLE harmony_owner;
        CREATE TABLE IF NOT EXISTS schema_migrations (
            name text PRIMARY KEY, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL)";
    step(conn, "the owner", own).await?;
    let applied: Vec<Applied> = diesel::sql_query("SELECT name, sha256 FROM schema_migrations ORDER BY name")
        .load(conn)
        .await
        .map_err(|error| MigrateError::Failed { name: "schema_migrations".to_owned(), error })?;
    let names = names();
    if let Some(unknown) = applied.iter().find(|applied| !names.contains(&applied.name)) {
        return Err(MigrateError::Unknown(unknown.name.clone()));
    }
    let mut ran = Vec::new();
    for name in names {
        let sql = up(&name);
        let sha256 = Sha256::digest(&sql).to_vec();
        match applied.iter().find(|applied| applied.name == name) {
            Some(applied) if applied.sha256 == sha256 => {}
            Some(_) => return Err(MigrateError::Changed(name)),
            None => {
                apply(conn, &name, &String::from_utf8_lossy(&sql), sha256, now).await?;
                ran.push(name);
            }
        }
    }
    Ok(ran)
}

/// One transaction; an error drops the connection, and with it the transaction.
async fn apply(
    conn: &mut AsyncPgConnection,
    name: &str,
    sql: &str,
    sha256: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    step(conn, name, "BEGIN").await?;
    step(conn, name, sql).await?;
    diesel::sql_query("INSERT INTO schema_migrations (name, sha256, applied_at) VALUES ($1, $2, $3)")
        .bind::<Text, _>(name)
        .bind::<Binary, _>(sha256)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
        .map_err(|error| MigrateError::Failed { name: name.to_owned(), error })?;
    step(conn, name, "COMMIT").await
}

async fn step(conn: &mut AsyncPgConnection, name: &str, sql: &str) -> Result<(), MigrateError> {
    conn.batch_execute(sql).await.map_err(|error| MigrateError::Failed { name: name.to_owned(), error })
}

/// What a connection came to, with the reason if it is none.
async fn reached(
    url: &str,
    connection: Result<AsyncPgConnection, diesel::ConnectionError>,
) -> Result<AsyncPgConnection, MigrateError> {
    match connection {
        Ok(connection) => Ok(connection),
        Err(error) => Err(MigrateError::Connection(cause(url, &error).await)),
    }
}

async fn connect(url: &str) -> Result<AsyncPgConnection, MigrateError> {
    reached(url, AsyncPgConnection::establish(url).await).await
}

async fn connect_or_create(url: &str) -> Result<AsyncPgConnection, MigrateError> {
    match AsyncPgConnection::establish(url).await {
        Err(error) if error.to_string().ends_with("does not exist") => {
            let mut admin = Url::parse(url).map_err(|_says_too_much| MigrateError::Url)?;
            let name = admin.path().trim_start_matches('/').to_owned();
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return Err(MigrateError::Url);
            }
            admin.set_path("/postgres");
            let mut conn = connect(admin.as_str()).await?;
            step(&mut conn, "CREATE DATABASE", &format!("CREATE DATABASE {name}")).await?;
            connect(url).await
        }
        connection => reached(url, connection).await,
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
}

/// The folders' names, in order.
fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Files::iter().filter_map(|path| path.strip_suffix("/up.sql").map(str::to_owned)).collect();
    names.sort_unstable();
    names
}

fn up(name: &str) -> Vec<u8> {
    file(&format!("{name}/up.sql"))
}

fn file(path: &str) -> Vec<u8> {
    Files::get(path).map(|file| file.data.into_owned()).unwrap_or_default()
}
