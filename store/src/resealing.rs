//! Secrets of others that are kept sealed, so that a new key of the deployment can seal them (see `providers::vault`).

use diesel::sql_types::{BigInt, Binary, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Store;
use crate::error::{Error, Result};

/// A column of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub table: &'static str,
    /// The table's primary key, a UUID.
    key: &'static str,
    pub column: &'static str,
    door: Door,
}

/// By which it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Identity,
    System,
}

/// All of them: a test fails on a column `sealed…` that is missing here.
pub const SEALED: [Sealed; 2] = [
    Sealed { table: "sso_connections", key: "tenant_id", column: "sealed_secret", door: Door::System },
    Sealed { table: "totp_secrets", key: "user_id", column: "sealed", door: Door::Identity },
];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Uuid)]
    id: uuid::Uuid,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// Values read at a time.
const BATCH: i64 = 500;

/// Puts what `renew` makes of each value in its place, unless that is nothing; how many. May run twice, and beside
/// everything else: what changes meanwhile stays.
pub async fn renew<E: From<Error>>(
    store: &Store,
    renew: impl Fn(&[u8]) -> std::result::Result<Option<Vec<u8>>, E>,
) -> std::result::Result<usize, E> {
    let mut renewed = 0;
    for of in SEALED {
        let mut after = uuid::Uuid::nil();
        loop {
            let rows = match of.door {
                Door::Identity => {
                    store.identity().transaction(async |tx| list(tx.conn(), of, after).await).await?
                }
                Door::System => {
                    store.system().transaction(async |tx| list(tx.conn(), of, after).await).await?
                }
            };
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                let Some(sealed) = renew(&row.sealed)? else { continue };
                let put = match of.door {
                    Door::Identity => {
                        let identity = store.identity();
                        identity.transaction(async |tx| replace(tx.conn(), of, row, &sealed).await).await?
                    }
                    Door::System => {
                        let system = store.system();
                        system.transaction(async |tx| replace(tx.conn(), of, row, &sealed).await).await?
                    }
                };
                renewed += usize::from(put);
            }
        }
    }
    Ok(renewed)
}

async fn list(mut conn: &AsyncPgConnection, of: Sealed, after: uuid::Uuid) -> Result<Vec<Row>> {
    let Sealed { table, key, column, .. } = of;
    let sql = format!(
        "SELECT {key} AS id, {column} AS sealed FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT $2"
    );
    let query = sql_query(sql).bind::<Uuid, _>(after).bind::<BigInt, _>(BATCH);
    Ok(query.load(&mut conn).await?)
}

/// False: there is another value meanwhile.
async fn replace(mut conn: &AsyncPgConnection, of: Sealed, row: &Row, renewed: &[u8]) -> Result<bool> {
    let Sealed { table, key, column, .. } = of;
    let sql = format!("UPDATE {table} SET {column} = $3 WHERE {key} = $1 AND {column} = $2");
    let query = sql_query(sql)
        .bind::<Uuid, _>(row.id)
        .bind::<Binary, _>(row.sealed.as_slice())
        .bind::<Binary, _>(renewed);
    Ok(query.execute(&mut conn).await? == 1)
}
