//! Customers who sign in on the site of their tenant: a link to their mailbox, and the session that it opens in a browser.
//! Its cookie opens nothing of members', and theirs nothing here.

use actix_web::HttpRequest;
use domain::contact::Email;
use domain::id::CustomerSignInId;
use domain::link::Purpose;
use domain::rejection::Code;
use store::customers::accounts::{self, InBrowser};

use crate::extract::Visitor;
use crate::limit::{AUTH, CUSTOMER_LINK, CUSTOMER_LINKS};
use crate::problem::Result;
use crate::{cookies, csrf, tokens};

/// A customer who is signed in in the browser that a request comes from.
pub struct Account {
    pub session: InBrowser,
    cookie: String,
}

impl Account {
    /// The token of a form, masked anew.
    pub fn csrf(&self) -> String {
        csrf::token(&self.cookie)
    }

    /// Refuses a form that is of no page of this session.
    pub fn check(&self, token: &str) -> Result<()> {
        if csrf::fits(token, &self.cookie) { Ok(()) } else { Err(Code::FormRefused.into()) }
    }
}

/// Who is signed in on the site of this tenant, if somebody is. To be seen here prolongs the session.
pub async fn signed_in(request: &HttpRequest, visitor: &Visitor) -> Result<Option<Account>> {
    let Some(cookie) = cookies::read(request, cookies::CUSTOMER) else { return Ok(None) };
    let (hash, now) = (tokens::hash(cookie), visitor.now);
    let found = visitor.tenant.read(async |tx| accounts::in_browser(tx, &hash, now).await).await?;
    let Some(session) = found else { return Ok(None) };
    if let Some(until) = session.prolonged(now) {
        let id = session.id;
        visitor.tenant.transaction(async |tx| accounts::prolong(tx, id, until, now).await).await?;
    }
    Ok(Some(Account { session, cookie: cookie.to_owned() }))
}

/// Mails a link to an address, if it is a customer's. Tells nobody whether it did: what is done here is the same.
pub async fn ask(visitor: &Visitor, address: &str) -> Result<()> {
    let state = &visitor.state;
    state.take(AUTH, &visitor.ip).await?;
    let Ok(email) = Email::parse(address) else { return Ok(()) };
    let tenant_id = visitor.tenant.id();
    // Silently: nobody is to fill another's mailbox, nor to learn that it is one.
    if state.limits.take(CUSTOMER_LINK, &format!("{tenant_id} {}", email.key)).await.is_err() {
        return Ok(());
    }
    state.take(CUSTOMER_LINKS, &tenant_id.to_string()).await?;
    let (id, now) = (CustomerSignInId::mint(visitor.now), visitor.now);
    Ok(visitor.tenant.transaction(async |tx| accounts::ask(tx, id, &email.key, now).await).await?)
}

/// The address of whom a link would sign in here. It stays good: programs that look into mail open every link.
pub async fn asked(visitor: &Visitor, token: &str) -> Result<String> {
    let id = opened(visitor, token)?;
    let found = visitor.tenant.read(async |tx| accounts::asked(tx, id).await).await?;
    let (customer, _asked_at) = found.ok_or(Code::LinkInvalid)?;
    Ok(customer.email)
}

/// Signs whoever has the link in, once; answers the value of the cookie. Whatever session the browser had here is over.
pub async fn sign_in(visitor: &Visitor, token: &str, before: Option<&Account>) -> Result<String> {
    visitor.state.take(AUTH, &visitor.ip).await?;
    let (id, now) = (opened(visitor, token)?, visitor.now);
    let cookie = tokens::random_token();
    let hash = tokens::hash(&cookie);
    visitor
        .tenant
        .transaction(async |tx| {
            if let Some(before) = before {
                accounts::end(tx, before.session.id, now).await?;
            }
            accounts::sign_in(tx, id, &hash, now).await
        })
        .await?;
    Ok(cookie)
}

/// Which wish a link is for, if it is one of this tenant's.
fn opened(visitor: &Visitor, token: &str) -> Result<CustomerSignInId> {
    let link = visitor.state.open(token, Purpose::CustomerSignIn)?;
    if link.tenant_id == visitor.tenant.id() {
        Ok(CustomerSignInId(link.subject))
    } else {
        Err(Code::LinkInvalid.into())
    }
}
