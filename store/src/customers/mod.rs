//! End clients of a tenant, one for each email address.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::contact::Email;
use domain::id::{CustomerId, TenantId};
use domain::locale::Locale;

use crate::TenantTx;
use crate::error::Result;
use crate::schema::customers;

#[derive(Debug, Insertable)]
#[diesel(table_name = customers, treat_none_as_default_value = false)]
pub struct NewCustomer<'a> {
    pub tenant_id: TenantId,
    pub id: CustomerId,
    pub name: &'a str,
    pub email: &'a str,
    pub email_key: &'a str,
    pub phone_e164: Option<String>,
    pub locale: Locale,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Makes the address known. Who is known already stays as they are: an anonymous booking never changes a profile.
pub async fn meet(
    tx: &TenantTx,
    name: &str,
    email: &Email,
    phone_e164: Option<&str>,
    locale: Locale,
    now: DateTime<Utc>,
) -> Result<()> {
    let customer = NewCustomer {
        tenant_id: tx.tenant(),
        id: CustomerId::mint(now),
        name,
        email: &email.address,
        email_key: &email.key,
        phone_e164: phone_e164.map(str::to_owned),
        locale,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(customers::table)
        .values(customer)
        .on_conflict((customers::tenant_id, customers::email_key))
        .do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
