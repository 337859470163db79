//! Links we mint: a token that says what it opens, whose it is and until when, signed so that nobody makes one up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::id::{
    BookingId, CustomerSignInId, EmailChangeId, InvitationId, ResetId, TenantId, UserId, WaitlistEntryId,
};

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The subject is a booking: see it, cancel it.
    ManageBooking,
    /// The subject is a user, who proves their address.
    VerifyEmail,
    /// The subject is a booking: download its summary.
    BookingSummary,
    /// The subject is an entry of the waitlist: see it, leave.
    Waitlist,
    /// The subject is a request for a new password: choose one, once.
    ResetPassword,
    /// The subject is a change of a user's address: prove the new one.
    ConfirmEmail,
    /// The same from the old address: undo it.
    UndoEmail,
    /// The subject is a user who has given the right password: give the code, too.
    SecondStep,
    /// The subject is a user of whom their tenant's own provider has said who they are: give the code, too.
    SecondStepOfTenant,
    /// The subject is an invitation: become a member.
    Invitation,
    /// The subject is a user whom others have locked out: sign in all the same.
    Unlock,
    /// The subject is a user who was signed in there: a browser that others' guesses do not lock out.
    KnownDevice,
    /// The subject is a customer's wish to sign in: do, once.
    CustomerSignIn,
}

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub purpose: Purpose,
    pub tenant_id: TenantId,
    pub subject: Uuid,
    /// Whole seconds.
    pub expires_at: DateTime<Utc>,
}

/// The addresses that messages carry.
#[derive(Clone)]
pub struct Links {
    key: LinkKey,
    public_url: String,
}

/// Where clients reach the platform, as an operator wrote it: `https://…` or `http://…`, with nothing after host, port
/// and path. For command lines.
pub fn public_url(text: &str) -> Result<String, &'static str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("it does not begin with https:// or http://")?;
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'@' | b'"' | b'<' | b'>');
    if rest.is_empty() || rest.starts_with(['/', ':']) || !rest.bytes().all(is_plain) {
        return Err("it is no address of a site, such as https://harmony.example");
    }
    Ok(text.to_owned())
}

/// How long a link opens a booking or its summary after it has ended.
const AFTERWARDS: TimeDelta = TimeDelta::days(90);
/// How long an address can be proven.
const TO_VERIFY: TimeDelta = TimeDelta::days(7);
/// How long an invitation can be accepted.
pub const TO_JOIN: TimeDelta = TimeDelta::days(7);
/// How long the right password waits for a code.
pub const TO_PASS: TimeDelta = TimeDelta::minutes(10);
/// How long a new address can be proven.
pub const TO_CONFIRM: TimeDelta = TimeDelta::days(1);
/// How long the old address can undo that, from when it was asked for.
pub const TO_UNDO: TimeDelta = TimeDelta::days(7);
/// How long whoever was locked out can unlock.
pub const TO_UNLOCK: TimeDelta = TimeDelta::hours(1);
/// How long a browser stays known after it was signed in.
pub const KNOWN: TimeDelta = TimeDelta::days(180);
/// How long a customer can sign in by the link that they asked for.
pub const TO_SIGN_IN: TimeDelta = TimeDelta::minutes(15);
/// How long a new password can be chosen.
pub const TO_RESET: TimeDelta = TimeDelta::hours(1);

impl Links {
    /// `public_url` is where clients reach the platform; a slash at its end is dropped.
    pub fn new(key: LinkKey, public_url: &str) -> Self {
        Self { key, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Where a customer sees and cancels a booking that ends at `ends_at`.
    pub fn manage(&self, tenant_id: TenantId, booking_id: BookingId, ends_at: DateTime<Utc>) -> String {
        let expires_at = ends_at + AFTERWARDS;
        self.mint(
            "manage",
            Link { purpose: Purpose::ManageBooking, tenant_id, subject: booking_id.0, expires_at },
        )
    }

    /// Where somebody sees what they wait for, until that date, and leaves the list.
    pub fn waitlist(&self, tenant_id: TenantId, id: WaitlistEntryId, to: NaiveDate) -> String {
        let expires_at = to.and_time(chrono::NaiveTime::MIN).and_utc() + AFTERWARDS;
        self.mint("waitlist", Link { purpose: Purpose::Waitlist, tenant_id, subject: id.0, expires_at })
    }

    /// Where the summary of that booking is, once it is made.
    pub fn summary(&self, tenant_id: TenantId, booking_id: BookingId, ends_at: DateTime<Utc>) -> String {
        let expires_at = ends_at + AFTERWARDS;
        self.mint(
            "files",
            Link { purpose: Purpose::BookingSummary, tenant_id, subject: booking_id.0, expires_at },
        )
    }

    /// Where a user proves their address.
    pub fn verify_email(&self, tenant_id: TenantId, user_id: UserId, now: DateTime<Utc>) -> String {
        let expires_at = now + TO_VERIFY;
        self.mint("verify", Link { purpose: Purpose::VerifyEmail, tenant_id, subject: user_id.0, expires_at })
    }

    /// Where a user chooses a new password: `asked_at` is when they asked for it.
    pub fn reset_password(&self, tenant_id: TenantId, id: ResetId, asked_at: DateTime<Utc>) -> String {
        let expires_at = asked_at + TO_RESET;
        self.mint("reset", Link { purpose: Purpose::ResetPassword, tenant_id, subject: id.0, expires_at })
    }

    /// Where a user proves the address that they want to have: `asked_at` is when they asked for it.
    pub fn confirm_email(&self, tenant_id: TenantId, id: EmailChangeId, asked_at: DateTime<Utc>) -> String {
        let expires_at = asked_at + TO_CONFIRM;
        let link = Link { purpose: Purpose::ConfirmEmail, tenant_id, subject: id.0, expires_at };
        self.mint("account/email", link)
    }

    /// Where whoever reads the old address undoes that.
    pub fn undo_email(&self, tenant_id: TenantId, id: EmailChangeId, asked_at: DateTime<Utc>) -> String {
        let expires_at = asked_at + TO_UNDO;
        let link = Link { purpose: Purpose::UndoEmail, tenant_id, subject: id.0, expires_at };
        self.mint("account/email-undo", link)
    }

    /// Where somebody accepts an invitation, until it is over.
    pub fn invitation(&self, tenant_id: TenantId, id: InvitationId, expires_at: DateTime<Utc>) -> String {
        self.mint("invitation", Link { purpose: Purpose::Invitation, tenant_id, subject: id.0, expires_at })
    }

    /// Where a user whom others have locked out since `locked_at` unlocks.
    pub fn unlock(&self, tenant_id: TenantId, user_id: UserId, locked_at: DateTime<Utc>) -> String {
        let expires_at = locked_at + TO_UNLOCK;
        self.mint("unlock", Link { purpose: Purpose::Unlock, tenant_id, subject: user_id.0, expires_at })
    }

    /// Where a customer signs in on the site of a tenant: `asked_at` is when they asked for it.
    pub fn customer_sign_in(
        &self,
        tenant_id: TenantId,
        slug: &str,
        id: CustomerSignInId,
        asked_at: DateTime<Utc>,
    ) -> String {
        let expires_at = asked_at + TO_SIGN_IN;
        let link = Link { purpose: Purpose::CustomerSignIn, tenant_id, subject: id.0, expires_at };
        self.mint(&format!("{slug}/account/sign-in"), link)
    }

    /// The token, which is no address, of a browser in which a user was signed in.
    pub fn known_device(&self, user_id: UserId, now: DateTime<Utc>) -> String {
        let (tenant_id, expires_at) = (TenantId::PLATFORM, now + KNOWN);
        self.key.sign(&Link { purpose: Purpose::KnownDevice, tenant_id, subject: user_id.0, expires_at })
    }

    /// The token, which is no address, of whoever has given the right password and will be in that tenant.
    pub fn second_step(&self, tenant_id: TenantId, user_id: UserId, now: DateTime<Utc>) -> String {
        let expires_at = now + TO_PASS;
        self.key.sign(&Link { purpose: Purpose::SecondStep, tenant_id, subject: user_id.0, expires_at })
    }

    /// The same of whoever was brought by that tenant's own provider, and will be there alone.
    pub fn second_step_of_tenant(&self, tenant_id: TenantId, user_id: UserId, now: DateTime<Utc>) -> String {
        let (purpose, expires_at) = (Purpose::SecondStepOfTenant, now + TO_PASS);
        self.key.sign(&Link { purpose, tenant_id, subject: user_id.0, expires_at })
    }

    /// Reads the token of a link for one purpose: see [`LinkKey::open`].
    pub fn open(&self, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Option<Link> {
        self.key.open(token, purpose, now)
    }

    fn mint(&self, path: &str, link: Link) -> String {
        format!("{}/{path}/{}", self.public_url, self.key.sign(&link))
    }
}

/// Signs links by HMAC-SHA-256 (RFC 2104), cut to 16 bytes.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

const MAC_LENGTH: usize = 16;

impl LinkKey {
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The token: 76 characters of base64url.
    pub fn sign(&self, link: &Link) -> String {
        let mut token = Vec::with_capacity(57);
        token.push(link.purpose.number());
        token.extend_from_slice(link.tenant_id.0.as_bytes());
        token.extend_from_slice(link.subject.as_bytes());
        token.extend_from_slice(&link.expires_at.timestamp().to_be_bytes());
        let mac = self.mac(&token).finalize().into_bytes();
        token.extend(mac.iter().take(MAC_LENGTH));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Reads a token for one purpose. `None`: not ours, for something else, or over; nobody needs to know which.
    pub fn open(&self, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Option<Link> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LENGTH)?)?;
        self.mac(body).verify_truncated_left(mac).ok()?;
        let (number, rest) = body.split_first()?;
        let (tenant_id, rest) = rest.split_first_chunk()?;
        let (subject, rest) = rest.split_first_chunk()?;
        let expires_at = DateTime::from_timestamp(i64::from_be_bytes(rest.try_into().ok()?), 0)?;
        (*number == purpose.number() && now < expires_at).then_some(Link {
            purpose,
            tenant_id: TenantId(Uuid::from_bytes(*tenant_id)),
            subject: Uuid::from_bytes(*subject),
            expires_at,
        })
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(body);
        mac
    }
}

impl Purpose {
    /// Part of the token: never reused.
    const fn number(self) -> u8 {
        match self {
            Self::ManageBooking => 1,
            Self::VerifyEmail => 2,
            Self::BookingSummary => 3,
            Self::ResetPassword => 4,
            Self::Waitlist => 5,
            Self::ConfirmEmail => 6,
            Self::UndoEmail => 7,
            Self::SecondStep => 8,
            Self::Invitation => 9,
            Self::Unlock => 10,
            Self::KnownDevice => 11,
            Self::CustomerSignIn => 12,
            Self::SecondStepOfTenant => 13,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_what_it_was_made_for_and_nothing_else() {
        let key = LinkKey::new([7; 32]);
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let link = Link {
            purpose: Purpose::ManageBooking,
            tenant_id: TenantId(Uuid::from_u128(1)),
            subject: Uuid::from_u128(2),
            expires_at: now + chrono::TimeDelta::hours(1),
        };
        let token = key.sign(&link);
        assert_eq!(token.len(), 76);
        assert_eq!(key.open(&token, Purpose::ManageBooking, now), Some(link));
        assert_eq!(key.open(&token, Purpose::BookingSummary, now), None);
        assert_eq!(key.open(&token, Purpose::ManageBooking, link.expires_at), None);
        assert_eq!(LinkKey::new([8; 32]).open(&token, Purpose::ManageBooking, now), None);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(key.open(&forged, Purpose::ManageBooking, now), None, "{at}");
        }
        for text in ["", "A", "%%%", token.split_at(40).0, &"A".repeat(76)] {
            assert_eq!(key.open(text, Purpose::ManageBooking, now), None);
        }
    }
}
