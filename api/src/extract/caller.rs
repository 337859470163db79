//! Who asks. The first argument of a handler says who may: without one of these there is no tenant, hence no rows.

use std::future::Future;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::access::{Permission, Role};
use domain::api_key::{self, Scope};
use domain::id::{ApiKeyId, SessionId, TenantId, UserId};
use domain::plan::{self, Feature};
use domain::rejection::Code;
use futures_util::join;
use sha2::{Digest, Sha256};
use store::accounts::Origin;
use store::api_keys::{self, Calling};
use store::audit::By;
use store::sessions::Standing;
use store::tenant_access::{self, TenantAccess};

use crate::account::Own;
use crate::limit::{KEY, MEMBER, TENANT};
use crate::problem::{Problem, Result};
use crate::proxies::Proxies;
use crate::state::State;
use crate::tokens;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Somebody we know nothing of, at a door that is everybody's: sign-up, sign-in.
pub struct Anybody {
    pub state: web::Data<State>,
    pub ip: String,
    pub user_agent: Option<String>,
    pub now: DateTime<Utc>,
}

impl Anybody {
    pub fn origin(&self) -> Origin {
        Origin { ip: Some(self.ip.clone()), user_agent: self.user_agent.clone() }
    }
}

impl FromRequest for Anybody {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        std::future::ready(anybody(request))
    }
}

pub(super) fn anybody(request: &HttpRequest) -> Result<Anybody> {
    let state = request.app_data::<web::Data<State>>().cloned().ok_or(Code::Internal)?;
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Ok(Anybody {
        ip: address(request, &state.proxies),
        user_agent: user_agent.map(|agent| agent.chars().take(200).collect()),
        now: state.clock.now(),
        state,
    })
}

/// Where the request comes from, as far as those say whom we trust. Of IPv6 the /64: whoever has one address of it has all.
fn address(request: &HttpRequest, proxies: &Proxies) -> String {
    match proxies.client(request).map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

/// Somebody on a tenant's public page: `{tenant}` of the address.
pub struct Visitor {
    pub state: web::Data<State>,
    pub tenant: store::Tenant,
    pub ip: String,
    pub now: DateTime<Utc>,
}

impl Visitor {
    pub fn by(&self) -> By {
        By::customer(Some(self.ip.clone()))
    }

    /// Whose keys of idempotency these are: nobody else's from another address.
    pub fn scope(&self) -> String {
        let hash = Sha256::digest(self.ip.as_bytes());
        format!("visitor {}", domain::text::hex(&hash))
    }
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let somebody = anybody(request);
        let slug = request.match_info().get("tenant").map(str::to_owned);
        Box::pin(async move {
            let Anybody { state, ip, now, .. } = somebody?;
            let slug = slug.filter(|slug| domain::slug::parse(slug).is_ok()).ok_or(Code::NotFound)?;
            let tenant = state.tenant(&slug).await?;
            tracing::Span::current().record("tenant_id", tracing::field::display(tenant.id()));
            Ok(Self { state, tenant, ip, now })
        })
    }
}

/// Something a member must be allowed to do.
pub trait Allows: 'static {
    const PERMISSION: Permission;
    /// Whether it is about their own account: nothing that stands between them and the tenant keeps them from that.
    const IS_OWN: bool = false;
    /// Whether a session that the tenant's own provider opened is not enough: it would give the account, and what it has in
    /// other tenants, to whoever owns this one.
    const IS_WHOLE: bool = Self::IS_OWN;
    /// Whether an operator who acts for the tenant's support may, too: they have no account there.
    const FOR_SUPPORT: bool = Self::PERMISSION.is_for_support() && !Self::IS_OWN;
}

/// What members do to their own account.
pub struct Account;

impl Allows for Account {
    const PERMISSION: Permission = Permission::Read;
    const IS_OWN: bool = true;
}

/// Signing out: whoever came in may leave.
pub struct Leave;

impl Allows for Leave {
    const PERMISSION: Permission = Permission::Read;
    const IS_OWN: bool = true;
    const IS_WHOLE: bool = false;
    const FOR_SUPPORT: bool = true;
}

/// What takes `P` and is for the tenant's own people alone: it carries data out, opens a way to them that lasts, or can't be
/// taken back.
pub struct ByOwnPeople<P>(PhantomData<P>);

impl<P: Allows> Allows for ByOwnPeople<P> {
    const PERMISSION: Permission = P::PERMISSION;
    const FOR_SUPPORT: bool = false;
}

macro_rules! permissions {
    ($($name:ident),*) => {$(
        /// The permission of the same name.
        pub struct $name;

        impl Allows for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

permissions!(
    Read,
    ManageBookings,
    ManageCatalogue,
    ManageTenant,
    ManageTeam,
    ManageKeys,
    ReadAudit,
    OwnTenant
);

/// A member of a tenant by bearer token, who may do `P`.
pub struct Member<P: Allows> {
    pub state: web::Data<State>,
    pub tenant: store::Tenant,
    pub user_id: UserId,
    pub session_id: SessionId,
    pub role: Role,
    pub ip: String,
    pub user_agent: Option<String>,
    pub now: DateTime<Utc>,
    permission: PhantomData<P>,
}

impl<P: Allows> Member<P> {
    /// The account of whoever is signed in, for what they do to it.
    pub fn own(&self) -> Own<'_> {
        Own {
            state: &self.state,
            user_id: self.user_id,
            tenant_id: self.tenant.id(),
            session_id: self.session_id,
            origin: Origin { ip: Some(self.ip.clone()), user_agent: self.user_agent.clone() },
            now: self.now,
        }
    }

    pub fn by(&self) -> By {
        By::member(self.user_id, Some(self.ip.clone()))
    }
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(request: &HttpRequest) -> Option<String> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
}

/// Where members agree, however they came: the role must be high enough, and nothing stand between.
pub(super) fn admit<P: Allows>(standing: Standing, tenant_id: TenantId) -> Result<()> {
    if standing.is_support && !P::FOR_SUPPORT {
        return Err(Code::Forbidden.into());
    }
    if P::IS_WHOLE && standing.is_tenant_only {
        return Err(Code::PasswordRequired.into());
    }
    if let Some(code) = standing.refusal().filter(|_| !P::IS_OWN) {
        return Err(code.into());
    }
    if !standing.is_support && !standing.role.may(P::PERMISSION) {
        return Err(Code::Forbidden.into());
    }
    tracing::Span::current().record("tenant_id", tracing::field::display(tenant_id));
    Ok(())
}

impl<P: Allows> FromRequest for Member<P> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let (somebody, token) = (anybody(request), bearer(request));
        Box::pin(async move {
            let Anybody { state, ip, user_agent, now } = somebody?;
            let token = token.ok_or(Code::Unauthenticated)?;
            if token.starts_with(api_key::MARK) {
                return Err(Code::PersonRequired.into());
            }
            let claims = state.tokens.verify(&token, now).ok_or(Code::Unauthenticated)?;
            let (identity, user) = (state.store.identity(), claims.sub.to_string());
            let found =
                identity.statement(async |tx| store::sessions::member(tx, claims.sid, claims.tid, now).await);
            let (found, taken) = join!(found, state.take(MEMBER, &user));
            taken?;
            let (user_id, standing) = found?.ok_or(Code::SessionEnded)?;
            admit::<P>(standing, claims.tid)?;
            let tenant = state.store.tenant(claims.tid);
            Ok(Self {
                tenant,
                user_id,
                session_id: claims.sid,
                role: standing.role,
                ip,
                user_agent,
                now,
                state,
                permission: PhantomData,
            })
        })
    }
}

/// Whoever acts for a tenant, with `P`: a member by their token, or a program by its key.
pub struct Caller<P: Allows> {
    pub state: web::Data<State>,
    pub tenant: store::Tenant,
    pub ip: String,
    pub now: DateTime<Utc>,
    who: Who,
    permission: PhantomData<P>,
}

enum Who {
    Member(UserId, Role),
    ApiKey(ApiKeyId, Vec<Scope>),
}

impl<P: Allows> Caller<P> {
    pub fn by(&self) -> By {
        let ip = Some(self.ip.clone());
        match self.who {
            Who::Member(id, _) => By::member(id, ip),
            Who::ApiKey(id, _) => By::api_key(id, ip),
        }
    }

    /// Whose keys of idempotency these are.
    pub fn scope(&self) -> String {
        match self.who {
            Who::Member(id, _) => format!("user {id}"),
            Who::ApiKey(id, _) => format!("api_key {id}"),
        }
    }

    /// Whether they may do something besides.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.who {
            Who::Member(_, role) => role.may(permission),
            Who::ApiKey(_, scopes) => scopes.iter().any(|scope| scope.permission() == permission),
        }
    }

    /// By a key: its tenant pays for it, so it is counted, also when it is refused for what it lacks.
    async fn by_key(somebody: Anybody, key: &str) -> Result<Self> {
        let Anybody { state, ip, now, .. } = somebody;
        let tenant_id = api_key::tenant_of(key).ok_or(Code::Unauthenticated)?;
        let (tenant, hash) = (state.store.tenant(tenant_id), tokens::hash(key));
        let identity = state.store.identity();
        let (found, access) = join!(
            tenant.read(async |tx| api_keys::calling(tx, &hash, now).await),
            identity.statement(async |tx| tenant_access::find(tx, tenant_id).await),
        );
        let (found, access): (_, TenantAccess) = (found?, access?);
        let calling: Calling = found.ok_or(Code::Unauthenticated)?;
        if access.suspended_at.is_some() {
            return Err(Code::TenantSuspended.into());
        }
        calling.plan.require(Feature::PublicApi)?;
        let (by_key, by_tenant) = (calling.id.to_string(), tenant_id.to_string());
        let (key_taken, tenant_taken) = join!(state.take(KEY, &by_key), state.take(TENANT, &by_tenant));
        key_taken.and(tenant_taken)?;
        let month = plan::month_of(now, calling.timezone);
        state.meter.count(tenant_id, month, calling.id, now);
        let who = Who::ApiKey(calling.id, calling.scopes);
        let caller = Self { state, tenant, ip, now, who, permission: PhantomData };
        if !caller.may(P::PERMISSION) {
            return Err(Code::ScopeMissing.into());
        }
        tracing::Span::current().record("tenant_id", tracing::field::display(tenant_id));
        Ok(caller)
    }
}

impl<P: Allows> FromRequest for Caller<P> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Some(key) = bearer(request).filter(|token| token.starts_with(api_key::MARK)) {
            let somebody = anybody(request);
            return Box::pin(async move { Self::by_key(somebody?, &key).await });
        }
        let member = Member::<P>::from_request(request, payload);
        Box::pin(async move {
            let Member { state, tenant, user_id, role, ip, now, .. } = member.await?;
            Ok(Self { state, tenant, ip, now, who: Who::Member(user_id, role), permission: PhantomData })
        })
    }
}
