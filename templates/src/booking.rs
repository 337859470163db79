//! A stored booking, as mails, documents and invitations tell it.

use chrono::{DateTime, Utc};
use domain::booking::Status;
use domain::calendar_uid;
use store::bookings;
use store::tenants::Tenant;

use crate::{Appointment, Brand, Invite, Method, Person, VisitService};

impl From<&Tenant> for Brand {
    fn from(tenant: &Tenant) -> Self {
        Self {
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            accent_color: tenant.accent_color.clone(),
            contact_email: tenant.contact_email.clone(),
            phone: tenant.phone_e164.clone(),
            country: tenant.country.clone(),
            address: tenant.address.clone(),
        }
    }
}

impl From<&bookings::Appointment> for Appointment {
    fn from(appointment: &bookings::Appointment) -> Self {
        let bookings::Appointment { booking, staff_name, services } = appointment;
        Self {
            public_code: booking.public_code.clone(),
            service_name: booking.told_title(),
            staff_name: staff_name.clone(),
            services: services
                .iter()
                .map(|service| VisitService {
                    name: service.told_name.clone(),
                    staff_name: service.staff_name.clone(),
                    starts_at: service.starts_at,
                })
                .collect(),
            starts_at: booking.starts_at,
            ends_at: booking.ends_at,
            timezone: booking.timezone,
            price_cents: booking.price_cents,
            deposit_cents: booking.deposit_cents,
            currency: booking.currency.clone(),
            location: booking.address.clone(),
            note: booking.note.clone(),
            cancelling: booking.terms().cancelling(booking.starts_at),
            fee_cents: booking.fee_cents,
            is_pending: booking.status == Status::Pending,
        }
    }
}

impl Invite {
    /// The calendar entry of a booking. Its UID is the booking's id at the platform's host: the same for good.
    pub fn of(
        tenant: &Tenant,
        appointment: &bookings::Appointment,
        method: Method,
        public_url: &str,
        manage_url: String,
        stamp: DateTime<Utc>,
    ) -> Self {
        let booking = &appointment.booking;
        let host = calendar_uid::host(public_url);
        Self {
            uid: calendar_uid::of_booking(booking.id.0, public_url),
            sequence: booking.sequence,
            method,
            is_tentative: booking.status == Status::Pending,
            starts_at: booking.starts_at,
            ends_at: booking.ends_at,
            timezone: booking.timezone,
            summary: format!("{} · {}", booking.told_title(), tenant.name),
            description: format!("{}\n{manage_url}", booking.public_code),
            location: booking.address.clone().or_else(|| tenant.address.clone()).unwrap_or_default(),
            organizer: Person {
                name: tenant.name.clone(),
                email: tenant.contact_email.clone().unwrap_or_else(|| format!("no-reply@{host}")),
            },
            attendee: Person { name: booking.contact_name.clone(), email: booking.contact_email.clone() },
            stamp,
            url: Some(manage_url),
        }
    }
}
