//! Three demo tenants: a hair salon in Paris that is well booked, a coach in London who has just begun, and photographers in
//! Montréal who work as a team; and an operator of the platform they are on.

mod coach;
mod diary;
mod fleet;
mod pictures;
mod salon;
mod studio;
mod workshop;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::access::Role;
use domain::contact::Email;
use domain::hours::{MinuteRange, Owner, RuleKind, Weekday, WeeklyRange};
use domain::id::{ImageId, ServiceId, StaffId, TenantId};
use domain::intake::{Kind, QuestionDraft};
use domain::locale::Locale;
use domain::location::Location;
use domain::plan::Plan;
use domain::service::{Rate, ServiceDraft};
use domain::staff::StaffDraft;
use domain::tenant::{SignUp, TenantChanges, TenantDraft};
use domain::translation::{QuestionWords, ServiceWords, Translations};
use domain::{image as names, password, rejection::Code};
use image::DynamicImage;
use providers::files::{FilePath, Files};
use providers::images::{self, Purpose};
use providers::vault::Vault;
use store::audit::By;
use store::images::{Image, Place};
use store::import::Imported;
use store::users::User;
use store::{Error, IdentityTx, Store, TenantTx, hours, services, staff, tenants, users};

pub(crate) use self::fleet::code;
use self::workshop::Workshop;
use crate::{random, say};

const PASSWORD: &str = "demo-password";

/// A tenant of the demo.
struct Demo {
    slug: &'static str,
    email: &'static str,
    owner: &'static str,
    name: &'static str,
    timezone: Tz,
    locale: Locale,
    currency: &'static str,
    country: &'static str,
    plan: Plan,
    profile: TenantChanges,
    week: Vec<WeeklyRange>,
    breaks: Vec<WeeklyRange>,
    /// Who signs in besides the owner.
    members: &'static [Person],
    team: Vec<Colleague>,
    services: Vec<Offered>,
    workshop: Workshop,
    /// Local dates off, by days from today.
    closures: Vec<(i64, i64, Option<&'static str>, &'static str)>,
    /// What customers of the diary add.
    notes: &'static [&'static str],
    logo: fn() -> DynamicImage,
    cover: fn() -> DynamicImage,
}

/// Somebody of the team who signs in.
struct Person {
    email: &'static str,
    name: &'static str,
    role: Role,
}

impl Person {
    fn user(&self, demo: &Demo, now: DateTime<Utc>) -> anyhow::Result<(User, Role)> {
        Ok((User::new(&Email::parse(self.email)?, self.name.to_owned(), demo.locale, now), self.role))
    }
}

/// Somebody who can be booked; the first one is the owner.
struct Colleague {
    name: &'static str,
    /// None: the tenant's.
    week: Option<Vec<WeeklyRange>>,
}

struct Offered {
    name: &'static str,
    category: &'static str,
    description: &'static str,
    /// Name, category and description in English, where the tenant does not speak it.
    english: Option<[&'static str; 3]>,
    minutes: i32,
    after: i32,
    /// Minutes to the customer's, where it takes place there.
    travel: Option<i32>,
    price_cents: i64,
    /// Percent.
    deposit: i32,
    auto_confirm: bool,
    /// Empty: everybody.
    by: &'static [&'static str],
    picture: Option<fn() -> DynamicImage>,
    /// What it asks whoever books it.
    questions: &'static [Asked],
}

/// A question; nobody has to answer it.
struct Asked {
    kind: Kind,
    label: &'static str,
    help: Option<&'static str>,
    options: &'static [&'static str],
    english: Option<English>,
}

/// A question in English, where the tenant does not speak it.
struct English {
    label: &'static str,
    help: Option<&'static str>,
    options: &'static [&'static str],
}

impl Asked {
    fn draft(&self) -> QuestionDraft {
        QuestionDraft {
            id: None,
            kind: self.kind,
            label: self.label.to_owned(),
            help: self.help.map(str::to_owned),
            is_required: false,
            is_active: true,
            options: self.options.iter().copied().map(str::to_owned).collect(),
            min: None,
            max: None,
            translations: self.english.iter().map(|words| (Locale::En, words.words())).collect(),
        }
    }
}

impl English {
    fn words(&self) -> QuestionWords {
        QuestionWords {
            label: Some(self.label.to_owned()),
            help: self.help.map(str::to_owned),
            options: self.options.iter().copied().map(str::to_owned).collect(),
        }
    }
}

/// A name, a category and a description.
fn in_english(words: Option<[&str; 3]>) -> Translations<ServiceWords> {
    let kept = |[name, category, description]: [String; 3]| ServiceWords {
        name: Some(name),
        category: Some(category),
        description: Some(description),
    };
    words.into_iter().map(|words| (Locale::En, kept(words.map(str::to_owned)))).collect()
}

/// Somebody of the team and a service, as the diary knows them.
struct Known {
    staff: Vec<(StaffId, &'static str, Vec<WeeklyRange>)>,
    services: Vec<(ServiceId, i32, bool, &'static [&'static str])>,
}

pub(crate) async fn run(
    store: &Store,
    vault: &Vault,
    files: &Files,
    public_url: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let public_url = public_url.trim_end_matches('/');
    let mut made = Vec::new();
    for demo in [salon::demo()?, coach::demo()?, studio::demo()?] {
        let known = store.identity().statement(async |tx| tenants::resolve(tx, demo.slug).await).await?;
        if known.is_none() {
            make(store, files, &demo, now).await?;
        }
        say(&format!("Public page   {public_url}/{}", demo.slug))?;
        say(&format!("Demo login    {} / {PASSWORD}  ({public_url}/login)", demo.email))?;
        for person in demo.members {
            say(&format!("  {:<11} {} / {PASSWORD}", person.role.name(), person.email))?;
        }
        let place = store.identity().statement(async |tx| tenants::resolve(tx, demo.slug).await).await?;
        made.extend(place.map(|place| place.tenant_id));
    }
    fleet::make(store, vault, &made, now).await?;
    say(&format!("Console       {} / {PASSWORD} / `make code`  ({public_url}/ops)", fleet::OPERATOR))?;
    Ok(())
}

async fn make(store: &Store, files: &Files, demo: &Demo, now: DateTime<Utc>) -> anyhow::Result<()> {
    let sign_up = SignUp {
        email: Email::parse(demo.email)?,
        full_name: demo.owner.to_owned(),
        tenant: TenantDraft {
            name: demo.name.to_owned(),
            slug: Some(demo.slug.to_owned()),
            timezone: demo.timezone,
            locale: demo.locale,
            currency: demo.currency.to_owned(),
            country: demo.country.to_owned(),
        },
    };
    let hash = password::hash(PASSWORD, random()?);
    let tenant_id = TenantId::mint(now);
    let members = demo.members.iter().map(|person| person.user(demo, now)).collect::<Result<Vec<_>, _>>()?;
    let signed_up: Result<_, Error> = store
        .accounts()
        .transaction(tenant_id, async |tx| {
            let signed_up = tenants::sign_up(tx, sign_up, demo.slug.to_owned(), &hash, now).await?;
            users::verify_email(&tx.identity, signed_up.user.id, now).await?;
            for (user, role) in &members {
                join(&tx.identity, tenant_id, user, *role, &hash, now).await?;
            }
            Ok(signed_up)
        })
        .await;
    let user = match signed_up {
        // Two who seed at once: the other one made it.
        Err(error) if matches!(error.code(), Some(Code::EmailTaken | Code::SlugTaken)) => return Ok(()),
        signed_up => signed_up?.user,
    };
    let by = By::member(user.id, None);
    let tenant = store.tenant(tenant_id);
    let furnished: Result<Known, Error> = tenant
        .transaction(async |tx| {
            tenants::update(tx, demo.profile.clone(), None, &by, now).await?;
            tenants::set_plan(tx, demo.plan, By::SYSTEM, now).await?;
            hours::replace_rules(tx, RuleKind::Opening, Owner::Tenant.into(), demo.week.clone(), &by, now)
                .await?;
            hours::replace_rules(tx, RuleKind::Break, Owner::Tenant.into(), demo.breaks.clone(), &by, now)
                .await?;
            let known = hire_and_offer(tx, demo, &by, now).await?;
            close(tx, demo, &known, &by, now).await?;
            Ok(known)
        })
        .await;
    let known = furnished?;
    let imported: Vec<Imported> = diary::of(demo, &known, now);
    let kept: Result<(), Error> =
        tenant.transaction(async |tx| store::import::bookings(tx, &imported, &by, now).await).await;
    kept?;
    let code = u32::from_le_bytes(random()?);
    let held: Result<(), Error> =
        tenant.transaction(async |tx| workshop::hold(tx, demo, code, &by, now).await).await;
    held?;
    show(&tenant, files, Place::Logo, (demo.logo)(), &by, now).await?;
    show(&tenant, files, Place::Cover, (demo.cover)(), &by, now).await?;
    for ((id, ..), offered) in known.services.iter().zip(&demo.services) {
        if let Some(picture) = offered.picture {
            show(&tenant, files, Place::Service(*id), picture(), &by, now).await?;
        }
    }
    Ok(())
}

async fn join(
    tx: &IdentityTx,
    tenant_id: TenantId,
    user: &User,
    role: Role,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    users::add(tx, user, hash).await?;
    users::verify_email(tx, user.id, now).await?;
    users::add_membership(tx, tenant_id, user.id, role, now).await
}

async fn hire_and_offer(tx: &TenantTx, demo: &Demo, by: &By, now: DateTime<Utc>) -> Result<Known, Error> {
    let owner = staff::list(tx).await?.into_iter().next().ok_or(Code::NotFound)?;
    let mut known = Known { staff: Vec::new(), services: Vec::new() };
    for (index, colleague) in demo.team.iter().enumerate() {
        let id = if index == 0 {
            owner.id
        } else {
            let draft = StaffDraft {
                name: colleague.name.to_owned(),
                email: None,
                timezone: None,
                max_daily_bookings: None,
                weight: StaffDraft::USUAL_WEIGHT,
            };
            staff::add(tx, draft, by, now).await?.id
        };
        if let Some(week) = &colleague.week {
            hours::replace_rules(tx, RuleKind::Opening, Owner::Staff(id).into(), week.clone(), by, now)
                .await?;
            hours::replace_rules(tx, RuleKind::Break, Owner::Staff(id).into(), demo.breaks.clone(), by, now)
                .await?;
        }
        known.staff.push((id, colleague.name, colleague.week.clone().unwrap_or_else(|| demo.week.clone())));
    }
    for offered in &demo.services {
        let by_whom = known.staff.iter().filter(|(_, name, _)| offered.by.contains(name));
        let draft = ServiceDraft {
            name: offered.name.to_owned(),
            category: Some(offered.category.to_owned()),
            description: Some(offered.description.to_owned()),
            translations: in_english(offered.english),
            duration_minutes: offered.minutes,
            buffer_before_minutes: 0,
            buffer_after_minutes: offered.after,
            location: if offered.travel.is_some() { Location::Customer } else { Location::Business },
            travel_minutes: offered.travel.unwrap_or(0),
            price_cents: offered.price_cents,
            deposit_rate: Rate::from_basis_points(offered.deposit * 100).unwrap_or_default(),
            capacity: 1,
            min_notice_minutes: 60,
            horizon_days: 90,
            bookable_until: None,
            slot_step_minutes: Some(30),
            auto_confirm: offered.auto_confirm,
            is_active: true,
            is_collective: false,
            staff_ids: by_whom.map(|(id, ..)| *id).collect(),
            room_ids: Vec::new(),
        };
        let offer = services::add(tx, draft, demo.plan, by, now).await?;
        if !offered.questions.is_empty() {
            let questions = offered.questions.iter().map(Asked::draft).collect();
            store::intake::replace(tx, offer.service.id, questions, None, by, now).await?;
        }
        // The demo's bookings take place there: nobody asks for an address.
        if offered.travel.is_none() {
            let minutes = offered.minutes + offered.after;
            known.services.push((offer.service.id, minutes, offered.auto_confirm, offered.by));
        }
    }
    Ok(known)
}

async fn close(tx: &TenantTx, demo: &Demo, known: &Known, by: &By, now: DateTime<Utc>) -> Result<(), Error> {
    let today = now.with_timezone(&demo.timezone).date_naive();
    for (first, last, who, reason) in &demo.closures {
        let owner = known.staff.iter().find(|(_, name, _)| Some(*name) == *who).map(|(id, ..)| *id);
        let dates = (after(today, *first), after(today, *last));
        hours::add_closure(tx, owner, dates, Some(reason), by, now).await?;
    }
    Ok(())
}

fn after(today: NaiveDate, days: i64) -> NaiveDate {
    today.checked_add_signed(chrono::TimeDelta::days(days)).unwrap_or(today)
}

/// As an upload does it: the files first, then the row.
async fn show(
    tenant: &store::Tenant,
    files: &Files,
    place: Place,
    picture: DynamicImage,
    by: &By,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let purpose = if place == Place::Logo { Purpose::Logo } else { Purpose::Photo };
    let picture = images::keep(picture, purpose)?;
    let image = Image {
        tenant_id: tenant.id(),
        id: ImageId::mint(now),
        format: picture.format,
        width: i32::try_from(picture.width)?,
        height: i32::try_from(picture.height)?,
        size_bytes: i64::try_from(picture.size())?,
        created_at: now,
        created_by: by.user(),
    };
    for variant in picture.variants {
        let path = FilePath::new(tenant.id(), &names::file(image.id, variant.width, image.format))?;
        files.put(&path, variant.bytes).await?;
    }
    let hung: Result<(), Error> =
        tenant.transaction(async |tx| store::images::set(tx, place, &image, None, by, now).await).await;
    Ok(hung?)
}

/// The same hours on some weekdays, 1 is Monday; minutes from midnight.
fn week(days: &[i32], start: i32, end: i32) -> anyhow::Result<Vec<WeeklyRange>> {
    let range = |day: &i32| -> anyhow::Result<WeeklyRange> {
        Ok(WeeklyRange { weekday: Weekday::new(*day)?, range: MinuteRange::new(start, end)? })
    };
    days.iter().map(range).collect()
}
