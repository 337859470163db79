//! Pages of an account: signing up, in and out, proving an address, a forgotten password.

pub mod code;
pub mod email;
pub mod invitation;
pub mod login;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod signup;
pub mod unlock;
pub mod verify;

use actix_web::http::Method;
use domain::access::Permission;

use super::table::{Access, Page, page};

pub fn routes() -> Vec<Page> {
    use Access::{Anybody, Member};

    let (get, post) = (Method::GET, Method::POST);
    vec![
        page(get.clone(), "/signup", Anybody, signup::show),
        page(post.clone(), "/signup", Anybody, signup::create),
        page(get.clone(), "/signup/sent", Anybody, signup::sent),
        page(post.clone(), "/signup/resend", Anybody, signup::resend),
        page(get.clone(), "/login", Anybody, login::show),
        page(post.clone(), "/login", Anybody, login::create),
        page(get.clone(), "/ops/login", Anybody, login::show_to_operators),
        page(post.clone(), "/ops/login", Anybody, login::create_for_operators),
        // Where a passkey was refused, as long as the page is loaded again.
        page(get.clone(), "/login/passkey", Anybody, login::show),
        page(post.clone(), "/login/passkey", Anybody, passkey::create),
        page(get.clone(), "/login/code", Anybody, code::show),
        page(post.clone(), "/login/code", Anybody, code::create),
        page(get.clone(), "/login/code/passkey", Anybody, code::show),
        page(post.clone(), "/login/code/passkey", Anybody, code::create_by_passkey),
        page(get.clone(), "/login/oidc/{provider}", Anybody, oidc::start),
        page(get.clone(), "/login/oidc/{provider}/callback", Anybody, oidc::finish),
        page(get.clone(), "/login/sso/{id}/callback", Anybody, oidc::finish_of_tenant),
        page(get.clone(), "/sso", Anybody, oidc::ask),
        page(get.clone(), "/sso/{slug}", Anybody, oidc::show),
        page(get.clone(), "/sso/{slug}/start", Anybody, oidc::start_of_tenant),
        page(post.clone(), "/logout", Member(Permission::Read), login::destroy),
        page(get.clone(), "/forgot", Anybody, password::forgot),
        page(post.clone(), "/forgot", Anybody, password::ask),
        page(get.clone(), "/reset/{token}", Anybody, password::choose),
        page(post.clone(), "/reset/{token}", Anybody, password::reset),
        page(get.clone(), "/unlock/{token}", Anybody, unlock::ask),
        page(post.clone(), "/unlock/{token}", Anybody, unlock::unlock),
        page(get.clone(), "/verify/{token}", Anybody, verify::ask),
        page(post.clone(), "/verify/{token}", Anybody, verify::verify),
        page(get.clone(), "/invitation/{token}", Anybody, invitation::ask),
        page(post.clone(), "/invitation/{token}", Anybody, invitation::accept),
        page(get.clone(), "/account/email/{token}", Anybody, email::ask),
        page(post.clone(), "/account/email/{token}", Anybody, email::confirm),
        page(get, "/account/email-undo/{token}", Anybody, email::ask_undo),
        page(post, "/account/email-undo/{token}", Anybody, email::undo),
    ]
}
