//! Who asks for a page of the dashboard.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue, LOCATION};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::access::{Permission, Role};
use domain::id::UserId;
use domain::rejection::{Code, Kind};
use futures_util::join;
use store::accounts::Origin;
use store::audit::By;
use store::sessions::{self, InBrowser};
use store::tenants::Tenant;

use super::caller::{Allows, Anybody, admit, anybody};
use crate::account::Own;
use crate::pages::frame::{Flash, Frame, OtherTenant, Shell, Support};
use crate::pages::{Reader, see_with};
use crate::problem::{Problem, Result};
use crate::state::State;
use crate::{cookies, csrf, tokens};

/// Most tenants that the switcher names beside the current one.
const MOST_TENANTS: usize = 20;
/// Set on a request that htmx makes.
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
/// Has htmx load a whole page.
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// A member of a tenant by the session of their browser, who may do `P`. Whoever is not signed in is sent to do so and
/// comes back; whoever may not gets a page that says so. A form came with the session's token, or the handler is not
/// reached: see [`csrf::signed`].
pub struct PageMember<P: Allows> {
    pub state: web::Data<State>,
    pub tenant: store::Tenant,
    pub user_id: UserId,
    pub session: InBrowser,
    pub role: Role,
    pub ip: String,
    pub user_agent: Option<String>,
    pub now: DateTime<Utc>,
    cookie: String,
    permission: PhantomData<P>,
}

impl<P: Allows> PageMember<P> {
    /// The account of whoever is signed in, for what they do to it.
    pub fn own(&self) -> Own<'_> {
        Own {
            state: &self.state,
            user_id: self.user_id,
            tenant_id: self.tenant.id(),
            session_id: self.session.id,
            origin: Origin { ip: Some(self.ip.clone()), user_agent: self.user_agent.clone() },
            now: self.now,
        }
    }

    pub fn by(&self) -> By {
        let ip = Some(self.ip.clone());
        if self.session.standing.is_support {
            By::operator(self.user_id, ip)
        } else {
            By::member(self.user_id, ip)
        }
    }

    /// The token of a form, masked anew.
    pub fn csrf(&self) -> String {
        csrf::token(&self.cookie)
    }

    /// What surrounds a page of the dashboard, and the tenant it is of. In the language that was chosen or is asked for,
    /// else in the user's own.
    pub async fn frame(&self, reader: &Reader) -> Result<(Frame, Tenant)> {
        let (user_id, now) = (self.user_id, self.now);
        let identity = self.state.store.identity();
        let memberships = identity.statement(async |tx| store::users::memberships(tx, user_id).await);
        let is_tenant_only = self.session.standing.is_tenant_only;
        let shown = self.tenant.read(async |tx| {
            // Before anything that the page shows is read: what happens in between is told too often, not never.
            let live = store::events::cursor(tx).await?;
            let tenant = store::tenants::find(tx).await?;
            Ok::<_, store::Error>((live, tenant, store::bookings::count_pending(tx, now).await?))
        });
        let (memberships, shown) = join!(memberships, shown);
        let (memberships, (live, tenant, pending)) = (memberships?, shown?);
        let mut tenants = Vec::new();
        let others = memberships.into_iter().filter(|(id, _)| *id != self.tenant.id() && !is_tenant_only);
        for (id, _) in others.take(MOST_TENANTS) {
            let other = self.state.store.tenant(id);
            let name = other.read(async |tx| store::tenants::find(tx).await).await?.name;
            tenants.push(OtherTenant { id: id.to_string(), name });
        }
        let mut frame = reader.frame(reader.lang.unwrap_or(self.session.locale));
        frame.brand = tenant.accent_color.as_deref().map(|color| self.state.pages.brands.get(color));
        frame.csrf = Some(self.csrf());
        frame.app = Some(Shell {
            user_name: self.session.full_name.clone(),
            role: self.role.name(),
            tenant_id: self.tenant.id(),
            tenant_name: tenant.name.clone(),
            tenant_slug: tenant.slug.clone(),
            country: tenant.country.clone(),
            plan: tenant.plan.name(),
            tenants,
            pending,
            live: live.to_string(),
            may_manage_tenant: self.role.may(Permission::ManageTenant),
            may_manage_catalogue: self.role.may(Permission::ManageCatalogue),
            may_manage_bookings: self.role.may(Permission::ManageBookings),
            is_operator: self.session.is_operator && !is_tenant_only,
            support: self
                .session
                .standing
                .is_support
                .then(|| Support { until: self.session.expires_at, timezone: tenant.timezone.name() }),
        });
        Ok((frame, tenant))
    }

    async fn find(request: &HttpRequest) -> Result<Self> {
        let Anybody { state, ip, user_agent, now } = anybody(request)?;
        let cookie = cookies::read(request, cookies::SESSION).ok_or(Code::Unauthenticated)?.to_owned();
        let session = session(request).await?;
        let identity = state.store.identity();
        if let Some(until) = session.prolonged(now) {
            identity.statement(async |tx| sessions::prolong(tx, session.id, until, now).await).await?;
        }
        admit::<P>(session.standing, session.tenant_id)?;
        Ok(Self {
            tenant: state.store.tenant(session.tenant_id),
            user_id: session.user_id,
            role: session.standing.role,
            session,
            ip,
            user_agent,
            now,
            cookie,
            state,
            permission: PhantomData,
        })
    }
}

/// The session of the browser that a request comes from, read once for each request.
async fn session(request: &HttpRequest) -> Result<InBrowser> {
    if let Some(known) = request.extensions().get::<InBrowser>() {
        return Ok(known.clone());
    }
    let Anybody { state, now, .. } = anybody(request)?;
    let cookie = cookies::read(request, cookies::SESSION).ok_or(Code::Unauthenticated)?;
    let (identity, hash) = (state.store.identity(), tokens::hash(cookie));
    let found = identity.statement(async |tx| sessions::in_browser(tx, &hash, now).await).await?;
    let session = found.ok_or(Code::SessionEnded)?;
    request.extensions_mut().insert(session.clone());
    Ok(session)
}

/// The same; none for whoever is not signed in.
pub(crate) async fn session_if_any(request: &HttpRequest) -> Result<Option<InBrowser>> {
    match session(request).await {
        Ok(session) => Ok(Some(session)),
        Err(problem) if problem.code().kind() == Kind::Unauthenticated => Ok(None),
        Err(problem) => Err(problem),
    }
}

impl<P: Allows> FromRequest for PageMember<P> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let problem = match Self::find(&request).await {
                Ok(member) => return Ok(member),
                Err(problem) => problem,
            };
            Err(turned_away(&request, problem, ("/login", "/app")).await)
        })
    }
}

/// The answer to a browser that may not have the page: who is not signed in is sent to the door to do so, and comes back.
pub(super) async fn turned_away(
    request: &HttpRequest,
    problem: Problem,
    door_and_home: (&'static str, &str),
) -> actix_web::Error {
    let answer = if problem.code().kind() == Kind::Unauthenticated {
        to_login(request, door_and_home)
    } else if problem.code() == Code::SecondFactorRequired {
        see_with("/app/account/two-factor", &Flash::ok("app-second-factor-required"))
    } else {
        match Reader::from_request(request, &mut Payload::None).await {
            Ok(reader) => reader.refuse(&problem).await,
            Err(error) => return error.into(),
        }
    };
    InternalError::from_response(problem, answer).into()
}

/// Sends a browser to sign in; afterwards it comes back to the page it asked for, or to `home` after a form.
fn to_login(request: &HttpRequest, (door, home): (&'static str, &str)) -> HttpResponse {
    let asked = request.uri().path_and_query().map_or(home, |asked| asked.as_str());
    let next = if request.method() == Method::GET { asked } else { home };
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let address = format!("{door}?{query}");
    if request.headers().contains_key(HX_REQUEST) {
        // What follows a redirect would be put into the page that asked.
        let target = HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static(door));
        return HttpResponse::Unauthorized().insert_header((HX_REDIRECT, target)).finish();
    }
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}
