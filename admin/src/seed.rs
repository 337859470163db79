//! A demo tenant: a hair salon with three people, four services and a week's hours.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::contact::Email;
use domain::hours::{MinuteRange, RuleKind, Weekday, WeeklyRange};
use domain::id::TenantId;
use domain::locale::Locale;
use domain::plan::Plan;
use domain::service::{Rate, ServiceDraft};
use domain::staff::StaffDraft;
use domain::tenant::{SignUp, TenantChanges, TenantDraft};
use domain::{password, rejection::Code};
use store::audit::By;
use store::{Error, Store, hours, services, staff, tenants, users};

use crate::{random, say};

const SLUG: &str = "maison-camille";
const EMAIL: &str = "camille@maison-camille.example";
const PASSWORD: &str = "demo-password";

pub(crate) async fn run(store: &Store, public_url: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let known = store.identity().statement(async |tx| tenants::resolve(tx, SLUG).await).await?;
    if known.is_none() {
        make(store, now).await?;
    }
    let public_url = public_url.trim_end_matches('/');
    say(&format!("Public page   {public_url}/{SLUG}"))?;
    say(&format!("Demo login    {EMAIL} / {PASSWORD}  (POST {public_url}/api/v1/auth/login)"))
}

async fn make(store: &Store, now: DateTime<Utc>) -> anyhow::Result<()> {
    let sign_up = SignUp {
        email: Email::parse(EMAIL)?,
        full_name: "Camille Laurent".to_owned(),
        tenant: TenantDraft {
            name: "Maison Camille".to_owned(),
            slug: Some(SLUG.to_owned()),
            timezone: Tz::Europe__Paris,
            locale: Locale::Fr,
            currency: "EUR".to_owned(),
            country: "FR".to_owned(),
        },
    };
    let hash = password::hash(PASSWORD, random()?);
    let tenant_id = TenantId::mint(now);
    let signed_up: Result<_, Error> = store
        .sign_up()
        .transaction(tenant_id, async |tx| {
            let signed_up = tenants::sign_up(tx, sign_up, SLUG.to_owned(), &hash, now).await?;
            users::verify_email(&tx.identity, signed_up.user.id, now).await?;
            Ok(signed_up)
        })
        .await;
    let user = match signed_up {
        // Two who seed at once: the other one made it.
        Err(error) if matches!(error.code(), Some(Code::EmailTaken | Code::SlugTaken)) => return Ok(()),
        signed_up => signed_up?.user,
    };
    let by = By::Member { id: user.id, ip: None };
    let furnished: Result<(), Error> = store
        .tenant(tenant_id)
        .transaction(async |tx| {
            let changes = TenantChanges {
                phone: Some(Some("01 42 68 53 00".to_owned())),
                address: Some(Some("12 rue des Martyrs, 75009 Paris".to_owned())),
                accent_color: Some(Some("#b4436c".to_owned())),
                ..TenantChanges::default()
            };
            tenants::update(tx, changes, None, &by, now).await?;
            for name in ["Inès Moreau", "Théo Girard"] {
                let draft = StaffDraft {
                    name: name.to_owned(),
                    email: None,
                    timezone: None,
                    max_daily_bookings: None,
                };
                staff::add(tx, draft, &by, now).await?;
            }
            for (name, description, minutes, after, price_cents) in [
                ("Coupe femme", "Diagnostic, shampoing, coupe et coiffage.", 60, 0, 4_800),
                ("Coupe homme", "Shampoing, coupe et finitions.", 30, 0, 2_800),
                ("Couleur", "Couleur complète, soin et brushing.", 120, 15, 9_500),
                ("Brushing", "Shampoing et mise en forme.", 45, 0, 3_200),
            ] {
                services::add(
                    tx,
                    service(name, description, minutes, after, price_cents),
                    Plan::Free,
                    &by,
                    now,
                )
                .await?;
            }
            hours::replace_rules(tx, RuleKind::Opening, None, week(9 * 60, 19 * 60)?, &by, now).await?;
            hours::replace_rules(tx, RuleKind::Break, None, week(12 * 60 + 30, 13 * 60 + 30)?, &by, now)
                .await?;
            Ok(())
        })
        .await;
    Ok(furnished?)
}

fn service(name: &str, description: &str, minutes: i32, after: i32, price_cents: i64) -> ServiceDraft {
    ServiceDraft {
        name: name.to_owned(),
        category: None,
        description: Some(description.to_owned()),
        duration_minutes: minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: after,
        price_cents,
        deposit_rate: Rate::default(),
        min_notice_minutes: 60,
        horizon_days: 90,
        slot_step_minutes: Some(30),
        auto_confirm: true,
        is_active: true,
        staff_ids: Vec::new(),
    }
}

/// Tuesday to Saturday.
fn week(start: i32, end: i32) -> Result<Vec<WeeklyRange>, Error> {
    let range = |day: i32| -> Option<WeeklyRange> {
        Some(WeeklyRange { weekday: Weekday::new(day).ok()?, range: MinuteRange::new(start, end).ok()? })
    };
    (2..=6).map(|day| range(day).ok_or_else(|| Error::from(Code::Invalid))).collect()
}
