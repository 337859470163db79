//! The mails: what each must be told, and how it becomes a subject, a plain text and an HTML page.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::account::AccountEvent;
use domain::booking::policy::Cancelling;
use domain::plan::{Limit, Plan};
use fluent_bundle::FluentArgs;
use serde::{Serialize, Serializer};
use tera::Context;

use crate::palette::palette;
use crate::{Locale, TemplateError, Templates, format};

/// A mail with all that it says.
#[derive(Clone, Debug)]
pub enum Mail {
    /// To the customer: the booking stands.
    BookingConfirmation(BookingMail),
    /// To the customer: the booking was cancelled.
    BookingCancellation(BookingMail),
    /// To the customer: the booking was moved to another time.
    BookingReschedule(BookingMail),
    /// To the customer: it is tomorrow.
    BookingReminder(BookingMail),
    /// To the customer: bookings that recur stand.
    SeriesConfirmation(SeriesMail),
    /// To who waits: they are on the list.
    WaitlistWelcome(WaitlistMail),
    /// To who waits: a time is kept for them.
    WaitlistOffer(BookingMail),
    /// To a customer: sign in.
    CustomerSignIn(CustomerSignInMail),
    /// To a new owner: prove that this address is yours.
    EmailVerification(VerificationMail),
    /// To whoever is asked to become a member.
    Invitation(InvitationMail),
    /// To a user: of their account.
    Account(AccountMail),
    /// To an owner: what the platform did to their tenant.
    Platform(PlatformMail),
    /// To an owner: so much of the plan is used.
    LimitWarning(LimitMail),
}

#[derive(Clone, Debug, Serialize)]
pub struct BookingMail {
    pub lang: Locale,
    pub tenant: Brand,
    pub booking: Appointment,
    pub customer_name: String,
    /// Where the customer sees, moves or cancels the booking.
    pub manage_url: String,
    /// Where the summary can be downloaded as a PDF, once it is made.
    pub summary_url: Option<String>,
    /// In the words of whoever cancelled.
    pub cancellation_reason: Option<String>,
    /// Until when it is kept for them, while it is.
    pub held_until: Option<DateTime<Utc>>,
}

/// The first of bookings that recur, and when all of them are.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesMail {
    #[serde(flatten)]
    pub first: BookingMail,
    pub dates: Vec<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct WaitlistMail {
    pub lang: Locale,
    pub tenant: Brand,
    pub customer_name: String,
    pub service_name: String,
    /// None: anybody.
    pub staff_name: Option<String>,
    /// Dates of the tenant's zone.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Of the day, such as 09:00; none: at any time.
    pub earliest: Option<String>,
    pub latest: Option<String>,
    /// Where they leave the list.
    pub leave_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct CustomerSignInMail {
    pub lang: Locale,
    pub tenant: Brand,
    pub customer_name: String,
    /// Where they sign in.
    pub url: String,
}

/// How a tenant shows itself to its customers.
#[derive(Clone, Debug, Serialize)]
pub struct Brand {
    pub name: String,
    pub slug: String,
    /// `#rgb` or `#rrggbb`; anything else is taken as none.
    pub accent_color: Option<String>,
    pub contact_email: Option<String>,
    /// As it is kept (E.164), and the country as whose people it is shown.
    pub phone: Option<String>,
    pub country: String,
    pub address: Option<String>,
}

/// One of the services of a visit.
#[derive(Clone, Debug, Serialize)]
pub struct VisitService {
    pub name: String,
    pub staff_name: String,
    pub starts_at: DateTime<Utc>,
}

/// What was booked, as the customer knows it.
#[derive(Clone, Debug, Serialize)]
pub struct Appointment {
    pub public_code: String,
    pub service_name: String,
    pub staff_name: String,
    /// Of a visit of several services, each of them; else nothing.
    pub services: Vec<VisitService>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Where the appointment takes place: all its times are told in this zone.
    pub timezone: Tz,
    /// Prices in the smallest unit of the currency.
    pub price_cents: i64,
    pub deposit_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Without one, the tenant's address.
    pub location: Option<String>,
    /// What the customer wrote when booking.
    pub note: Option<String>,
    /// It waits for approval.
    pub is_pending: bool,
    pub cancelling: Cancelling,
    /// Owed by who cancelled late.
    pub fee_cents: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct VerificationMail {
    pub lang: Locale,
    pub full_name: String,
    pub tenant_name: String,
    pub verify_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct InvitationMail {
    pub lang: Locale,
    pub tenant_name: String,
    /// Who asks.
    pub inviter: String,
    /// The name of a role, such as `manager`.
    pub role: &'static str,
    pub url: String,
}

/// What concerns a user, whichever tenant they are of.
#[derive(Clone, Debug, Serialize)]
pub struct AccountMail {
    pub lang: Locale,
    pub full_name: String,
    pub about: AccountMatter,
    /// Where to act.
    pub url: String,
    /// The address that the mail speaks of; empty: it speaks of none.
    pub email: String,
    /// Of what happened.
    pub from: Option<AccountOrigin>,
}

/// What somebody is told of their account.
#[derive(Clone, Copy, Debug)]
pub enum AccountMatter {
    /// They forgot their password: choose another.
    ResetLink,
    /// Somebody signed up with their address: there is an account already.
    Reminder,
    /// Others have locked them out: sign in all the same.
    UnlockLink,
    /// The address is to be theirs: prove it.
    EmailConfirmation,
    /// Another address is to be theirs: here is how to undo it.
    EmailChange,
    /// This happened.
    Event(AccountEvent),
}

impl AccountMatter {
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResetLink => "reset_link",
            Self::Reminder => "reminder",
            Self::UnlockLink => "unlock_link",
            Self::EmailConfirmation => "email_confirmation",
            Self::EmailChange => "email_change",
            Self::Event(event) => event.name(),
        }
    }
}

impl Serialize for AccountMatter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// When and from where something happened.
#[derive(Clone, Debug, Serialize)]
pub struct AccountOrigin {
    pub at: DateTime<Utc>,
    /// Of the tenant: users have none of their own.
    pub timezone: Tz,
    pub device: Option<String>,
    pub network: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlatformMail {
    pub lang: Locale,
    pub full_name: String,
    pub tenant_name: String,
    /// The name of an act, such as `suspend`.
    pub act: &'static str,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
    /// Of the tenant.
    pub timezone: Tz,
}

#[derive(Clone, Debug, Serialize)]
pub struct LimitMail {
    pub lang: Locale,
    pub full_name: String,
    pub tenant_name: String,
    pub limit: Limit,
    pub used: i64,
    pub max: i64,
    /// Else it soon will be.
    pub is_used_up: bool,
    /// When the count begins anew; none: never.
    pub resets_at: Option<DateTime<Utc>>,
    pub timezone: Tz,
    /// The cheapest plan that includes more, if any, and how much; none: as much as one likes.
    pub lifted_by: Option<Plan>,
    pub lifted_max: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Templates {
    pub fn mail(&self, mail: &Mail) -> Result<Rendered, TemplateError> {
        let (name, subject) = match mail {
            Mail::BookingConfirmation(mail) => {
                ("booking_confirmation", self.booking_subject("mail-confirmation-subject", mail)?)
            }
            Mail::BookingCancellation(mail) => {
                ("booking_cancellation", self.booking_subject("mail-cancellation-subject", mail)?)
            }
            Mail::BookingReschedule(mail) => {
                ("booking_reschedule", self.booking_subject("mail-reschedule-subject", mail)?)
            }
            Mail::BookingReminder(mail) => {
                ("booking_reminder", self.booking_subject("mail-tomorrow-subject", mail)?)
            }
            Mail::SeriesConfirmation(mail) => {
                ("series_confirmation", self.booking_subject("mail-series-subject", &mail.first)?)
            }
            Mail::WaitlistWelcome(mail) => ("waitlist_welcome", self.waitlist_subject(mail)?),
            Mail::WaitlistOffer(mail) => {
                ("waitlist_offer", self.booking_subject("mail-offer-subject", mail)?)
            }
            Mail::CustomerSignIn(mail) => {
                let args = [("tenant", mail.tenant.name.as_str())];
                ("customer_sign_in", self.texts().of(mail.lang).t_with("mail-sign-in-subject", &args)?)
            }
            Mail::EmailVerification(mail) => {
                ("email_verification", self.texts().of(mail.lang).t("mail-verification-subject")?)
            }
            Mail::Invitation(mail) => {
                let text = self.texts().of(mail.lang);
                let args = [("inviter", mail.inviter.as_str()), ("tenant", mail.tenant_name.as_str())];
                ("invitation", text.t_with("mail-invitation-subject", &args)?)
            }
            Mail::Account(mail) => {
                let text = self.texts().of(mail.lang);
                ("account", text.t_with("mail-account-subject", &[("about", mail.about.name())])?)
            }
            Mail::Platform(mail) => {
                let text = self.texts().of(mail.lang);
                let args = [("act", mail.act), ("tenant", mail.tenant_name.as_str())];
                ("platform", text.t_with("mail-platform-subject", &args)?)
            }
            Mail::LimitWarning(mail) => ("limit_warning", self.limit_subject(mail)?),
        };
        let mut context = match mail {
            Mail::BookingConfirmation(mail)
            | Mail::BookingCancellation(mail)
            | Mail::BookingReschedule(mail)
            | Mail::BookingReminder(mail)
            | Mail::WaitlistOffer(mail) => {
                branded(mail, &mail.tenant.name, mail.tenant.accent_color.as_deref())
            }
            Mail::SeriesConfirmation(mail) => {
                let tenant = &mail.first.tenant;
                branded(mail, &tenant.name, tenant.accent_color.as_deref())
            }
            Mail::WaitlistWelcome(mail) => {
                branded(mail, &mail.tenant.name, mail.tenant.accent_color.as_deref())
            }
            Mail::CustomerSignIn(mail) => {
                branded(mail, &mail.tenant.name, mail.tenant.accent_color.as_deref())
            }
            Mail::EmailVerification(mail) => branded(mail, "Harmony", None),
            Mail::Invitation(mail) => branded(mail, "Harmony", None),
            Mail::Account(mail) => branded(mail, "Harmony", None),
            Mail::Platform(mail) => branded(mail, "Harmony", None),
            Mail::LimitWarning(mail) => branded(mail, "Harmony", None),
        }?;
        context.insert("subject", &subject);
        Ok(Rendered {
            text: self.render(&format!("mail/{name}.txt"), &context)?,
            html: self.render(&format!("mail/{name}.html"), &context)?,
            subject,
        })
    }

    fn booking_subject(&self, key: &str, mail: &BookingMail) -> Result<String, TemplateError> {
        let booking = &mail.booking;
        let when = format::datetime(mail.lang, booking.starts_at, booking.timezone);
        let args = [("service", booking.service_name.as_str()), ("when", when.as_str())];
        self.texts().of(mail.lang).t_with(key, &args)
    }

    fn waitlist_subject(&self, mail: &WaitlistMail) -> Result<String, TemplateError> {
        self.texts().of(mail.lang).t_with("mail-waitlist-subject", &[("service", &mail.service_name)])
    }

    fn limit_subject(&self, mail: &LimitMail) -> Result<String, TemplateError> {
        let text = self.texts().of(mail.lang);
        let what = text.t_with("limit-what", &[("limit", mail.limit.name())])?;
        let mut args = FluentArgs::new();
        args.set("what", what);
        args.set("used", mail.used);
        args.set("max", mail.max);
        text.with_args(
            if mail.is_used_up { "mail-limit-full-subject" } else { "mail-limit-near-subject" },
            &args,
        )
    }
}

fn branded(mail: &impl Serialize, sender: &str, color: Option<&str>) -> Result<Context, TemplateError> {
    let mut context = Context::from_serialize(mail).map_err(|error| crate::unfit(&error))?;
    let palette = palette(color);
    context.insert("sender", sender);
    context.insert("monogram", &monogram(sender));
    context.insert("accent", &palette.light.accent);
    context.insert("on_accent", &palette.light.on_accent);
    context.insert("tones", &palette.light);
    context.insert("dark_tones", &palette.dark);
    Ok(context)
}

/// The first letter or digit, as a logo for those who have none.
pub fn monogram(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}
