//! A believable fortnight: what was, what is today, what comes. It looks like chance and is the same for the same day.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::booking::Status;
use domain::contact::Email;
use domain::hours::{MinuteRange, Weekday, open_ranges};
use domain::id::StaffId;
use domain::locale::Locale;
use domain::wall_clock;
use store::import::Imported;

use super::{Demo, Known, after};

/// Days from today that have bookings.
const DAYS: std::ops::RangeInclusive<i64> = -9..=13;

const FRENCH: [&str; 40] = [
    "Amélie Rousseau",
    "Julien Petit",
    "Sofia Benali",
    "Claire Lemoine",
    "Antoine Mercier",
    "Nadia Haddad",
    "Margaux Chevalier",
    "Thomas Garnier",
    "Élodie Marchand",
    "Yanis Cherif",
    "Hélène Dupuis",
    "Lucas Fabre",
    "Fatou Diallo",
    "Charlotte Renaud",
    "Maxime Colin",
    "Jeanne Perrin",
    "Karim Belkacem",
    "Solène Guyot",
    "Paul Lefèvre",
    "Mélanie Barbier",
    "Inaya Traoré",
    "Romain Picard",
    "Agathe Noël",
    "Hugo Lambert",
    "Céline Masson",
    "Arthur Vidal",
    "Louise Carpentier",
    "Mehdi Amrani",
    "Pauline Giraud",
    "Victor Aubert",
    "Clémence Roy",
    "Baptiste Leclerc",
    "Aïcha Ndiaye",
    "Françoise Morel",
    "Gabriel Henry",
    "Noémie Brun",
    "Olivier Baron",
    "Sarah Cohen",
    "Diane Rolland",
    "Étienne Schmitt",
];
const ENGLISH: [&str; 12] = [
    "Oliver Hughes",
    "Priya Sharma",
    "Grace Bennett",
    "Daniel Osei",
    "Freya Collins",
    "Liam Murphy",
    "Amara Okafor",
    "Harriet Doyle",
    "Samir Patel",
    "Isla Fraser",
    "Noah Whitaker",
    "Chloe Adeyemi",
];

/// Numbers that look like chance (Knuth's congruential generator).
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let sides = u32::try_from(of.len()).unwrap_or(1);
        of.get(usize::try_from(self.roll(sides)).unwrap_or_default())
    }
}

pub(super) fn of(demo: &Demo, known: &Known, now: DateTime<Utc>) -> Vec<Imported> {
    let today = now.with_timezone(&demo.timezone).date_naive();
    let mut bookings = Vec::new();
    for days in DAYS {
        let date = after(today, days);
        for (index, (staff, name, week)) in known.staff.iter().enumerate() {
            let is_off = demo.closures.iter().any(|(first, last, who, _)| {
                (*first..=*last).contains(&days) && who.is_none_or(|who| who == *name)
            });
            if is_off {
                continue;
            }
            let seed = u32::try_from(date.num_days_from_ce()).unwrap_or_default() * 16;
            let mut dice = Dice(seed.wrapping_add(u32::try_from(index).unwrap_or_default()));
            for range in open_ranges(week, &demo.breaks, Weekday::of(date)) {
                fill(demo, known, (*staff, name), (date, days), range, now, &mut dice, &mut bookings);
            }
        }
    }
    bookings
}

/// How many of a hundred times are taken, so many days from today.
fn share(days: i64) -> u32 {
    match days {
        ..=0 => 82,
        1..=2 => 74,
        3..=5 => 56,
        6..=8 => 38,
        _ => 20,
    }
}

#[expect(clippy::too_many_arguments, reason = "what a day is made of")]
fn fill(
    demo: &Demo,
    known: &Known,
    (staff, name): (StaffId, &str),
    (date, days): (NaiveDate, i64),
    range: MinuteRange,
    now: DateTime<Utc>,
    dice: &mut Dice,
    bookings: &mut Vec<Imported>,
) {
    let (mut at, end) = (i32::from(range.start().minute()), i32::from(range.end().minute()));
    while at < end {
        let fitting: Vec<_> = known
            .services
            .iter()
            .filter(|(_, minutes, _, by)| at + minutes <= end && (by.is_empty() || by.contains(&name)))
            .collect();
        let is_taken = dice.roll(100) < share(days);
        let Some((service, minutes, auto_confirm, _)) = dice.pick(&fitting).filter(|_| is_taken) else {
            at += 30;
            continue;
        };
        let minute = u16::try_from(at).unwrap_or_default();
        let Some(starts_at) = wall_clock::start_instant(demo.timezone, date, minute) else { return };
        let luck = dice.roll(100);
        let status = if luck < 6 {
            Status::Cancelled
        } else if starts_at + TimeDelta::minutes(i64::from(*minutes)) < now {
            if luck < 11 { Status::NoShow } else { Status::Completed }
        } else if *auto_confirm || starts_at < now {
            Status::Confirmed
        } else {
            Status::Pending
        };
        let hours = i64::from(20 + dice.roll(260));
        let (name, email, phone) = customer(demo, dice);
        if let Ok(email) = Email::parse(&email) {
            bookings.push(Imported {
                service_id: *service,
                staff_id: staff,
                starts_at,
                status,
                name,
                email,
                phone_e164: Some(phone),
                note: note(demo, dice),
                created_at: (starts_at - TimeDelta::hours(hours)).min(now - TimeDelta::hours(hours % 40)),
                random: u32::try_from(bookings.len()).unwrap_or_default().wrapping_mul(2_654_435_761),
            });
        }
        at += (minutes + 29) / 30 * 30;
    }
}

/// Somebody who does not exist, at a number that reaches nobody.
fn customer(demo: &Demo, dice: &mut Dice) -> (String, String, String) {
    let people: &[&str] = if demo.locale == Locale::Fr { &FRENCH } else { &ENGLISH };
    let index = dice.roll(u32::try_from(people.len()).unwrap_or(1));
    let name = people.get(usize::try_from(index).unwrap_or_default()).copied().unwrap_or_default();
    let mailbox = domain::slug::suggest(name).replace('-', ".");
    let phone = match demo.country {
        "GB" => format!("+4477009001{:02}", 10 + index),
        "CA" => format!("+1514555{:04}", 110 + index),
        _ => format!("+336399800{:02}", 10 + index),
    };
    (name.to_owned(), format!("{mailbox}@client.example"), phone)
}

fn note(demo: &Demo, dice: &mut Dice) -> Option<String> {
    if dice.roll(12) > 0 {
        return None;
    }
    dice.pick(demo.notes).map(|note| (*note).to_owned())
}
