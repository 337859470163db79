//! What templates can call: words, amounts, dates. The language comes from the page; without it they fail.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use fluent_bundle::{FluentArgs, FluentValue};
use icu_decimal::input::Decimal;
use tera::{Kwargs, State, Tera, TeraResult};

use crate::days::{self, Width};
use crate::mail::monogram;
use crate::{Locale, Texts, format, money, numbers};

type Format = fn(Locale, DateTime<Utc>, Tz) -> String;
type DateFormat = fn(Locale, NaiveDate) -> String;
type RangeFormat = fn(Locale, NaiveDate, NaiveDate) -> String;
type NumberFormat = fn(Locale, &Decimal) -> String;

/// - `t(k="key", name=value, …)`: the text `key` with its arguments
/// - `money(minor=…, currency=…)`
/// - `number(value=…)`, `percent(value=…)` (of a hundred), `bytes(value=…)`: numbers, or texts such as `"12.5"`
/// - `span(ms=…)`: how long, in one or two units from milliseconds to days
/// - `duration(minutes=…)`, `monogram(name=…)`, `initials(name=…)`
/// - `phone(number=…, country=…)`: a kept number as people of that country write it
/// - `time(at=…, zone=…)`, `clock(…)` (with seconds), `datetime(…)`, `zone(…)`: an RFC 3339 instant, an IANA zone; `time_range(from=…, to=…, zone=…)`
/// - `date(…)`, `day(…)` (a date with a capital), `short_date(…)`, `month(…)`, `weekday(…)`: of `at=…, zone=…` as above,
///   or of a calendar date `date="2026-11-24"`; a weekday also of `weekday=1` (Monday) to 7, with
///   `width="long|short|narrow"`
/// - `relative_day(…, today="2026-11-24")`, `day_range(from="2026-12-24", to="2026-12-26")`, `month_range(…)`
///
/// Those of dates take `capital=true`, to stand alone.
pub(crate) fn register(tera: &mut Tera, texts: &Texts) {
    let texts = texts.clone();
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| t(&texts, &kwargs, state));
    tera.register_function("money", |kwargs: Kwargs, state: &State<'_>| {
        let currency = kwargs.must_get::<&str>("currency")?;
        Ok::<_, tera::Error>(money::format(lang(state)?, kwargs.must_get::<i64>("minor")?, currency))
    });
    tera.register_function("duration", |kwargs: Kwargs, _: &State<'_>| {
        Ok::<_, tera::Error>(format::duration(kwargs.must_get::<i64>("minutes")?))
    });
    tera.register_function("monogram", |kwargs: Kwargs, _: &State<'_>| {
        Ok::<_, tera::Error>(monogram(kwargs.must_get::<&str>("name")?))
    });
    tera.register_function("initials", |kwargs: Kwargs, _: &State<'_>| {
        Ok::<_, tera::Error>(initials(kwargs.must_get::<&str>("name")?))
    });
    tera.register_function("phone", |kwargs: Kwargs, _: &State<'_>| {
        let (number, country) = (kwargs.must_get::<&str>("number")?, kwargs.must_get::<&str>("country")?);
        Ok::<_, tera::Error>(domain::contact::readable_phone(number, country))
    });
    let formats: [(&str, Format); 3] =
        [("time", format::time), ("datetime", format::datetime), ("zone", format::zone)];
    for (name, format) in formats {
        tera.register_function(name, move |kwargs: Kwargs, state: &State<'_>| {
            let at = instant(&kwargs, "at")?;
            Ok::<_, tera::Error>(format(lang(state)?, at, zone(&kwargs)?))
        });
    }
    tera.register_function("time_range", |kwargs: Kwargs, state: &State<'_>| {
        let (from, to) = (instant(&kwargs, "from")?, instant(&kwargs, "to")?);
        Ok::<_, tera::Error>(format::time_range(lang(state)?, from, to, zone(&kwargs)?))
    });
    tera.register_function("clock", |kwargs: Kwargs, _: &State<'_>| {
        let at = instant(&kwargs, "at")?.with_timezone(&zone(&kwargs)?);
        Ok::<_, tera::Error>(at.format("%H:%M:%S").to_string())
    });
    tera.register_function("span", |kwargs: Kwargs, state: &State<'_>| {
        Ok::<_, tera::Error>(crate::span(lang(state)?, kwargs.must_get::<i64>("ms")?))
    });
    register_dates(tera);
    let numbers: [(&str, NumberFormat); 2] = [("number", numbers::number), ("percent", numbers::percent)];
    for (name, format) in numbers {
        tera.register_function(name, move |kwargs: Kwargs, state: &State<'_>| {
            Ok::<_, tera::Error>(format(lang(state)?, &decimal(&kwargs)?))
        });
    }
    tera.register_function("bytes", |kwargs: Kwargs, state: &State<'_>| {
        Ok::<_, tera::Error>(numbers::bytes(lang(state)?, kwargs.must_get::<i64>("value")?))
    });
}

fn register_dates(tera: &mut Tera) {
    let formats: [(&str, DateFormat); 4] = [
        ("date", days::date),
        ("day", |lang, date| days::capital(&days::date(lang, date))),
        ("short_date", days::short_date),
        ("month", days::month),
    ];
    for (name, format) in formats {
        tera.register_function(name, move |kwargs: Kwargs, state: &State<'_>| {
            capital(&kwargs, format(lang(state)?, local_date(&kwargs)?))
        });
    }
    tera.register_function("weekday", |kwargs: Kwargs, state: &State<'_>| {
        let width = match kwargs.get::<&str>("width")? {
            None | Some("long") => Width::Long,
            Some("short") => Width::Short,
            Some("narrow") => Width::Narrow,
            Some(other) => return Err(tera::Error::message(format!("`width`: `{other}` is none"))),
        };
        let date = match kwargs.get::<u64>("weekday")? {
            // 1 January 2024 was a Monday.
            Some(number @ 1..=7) => NaiveDate::default()
                .with_year(2024)
                .and_then(|day| day.checked_add_days(Days::new(number - 1))),
            Some(other) => return Err(tera::Error::message(format!("`weekday`: {other} is none"))),
            None => Some(local_date(&kwargs)?),
        };
        capital(&kwargs, days::weekday(lang(state)?, date.unwrap_or_default(), width))
    });
    tera.register_function("relative_day", |kwargs: Kwargs, state: &State<'_>| {
        let (date, today) = (local_date(&kwargs)?, calendar_date(&kwargs, "today")?);
        capital(&kwargs, days::relative_day(lang(state)?, date, today))
    });
    let ranges: [(&str, RangeFormat); 2] =
        [("day_range", days::day_range), ("month_range", days::month_range)];
    for (name, format) in ranges {
        tera.register_function(name, move |kwargs: Kwargs, state: &State<'_>| {
            let (first, last) = (calendar_date(&kwargs, "from")?, calendar_date(&kwargs, "to")?);
            capital(&kwargs, format(lang(state)?, first, last))
        });
    }
}

fn capital(kwargs: &Kwargs, text: String) -> TeraResult<String> {
    Ok(if kwargs.get::<bool>("capital")?.unwrap_or(false) { days::capital(&text) } else { text })
}

/// What only pages show: `icon(…)`. Mails have no use for the drawings.
pub(crate) fn register_icons(tera: &mut Tera) {
    tera.register_function("icon", Icons(crate::embedded::icons().into_iter().collect()));
}

/// `icon(name="check", class="i star")`: a drawing of Lucide's, inside of the page, seen by eyes alone.
struct Icons(HashMap<String, String>);

impl tera::Function<TeraResult<String>> for Icons {
    fn call(&self, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
        let name = kwargs.must_get::<&str>("name")?;
        let class = kwargs.get::<&str>("class")?.unwrap_or("i");
        let drawing =
            self.0.get(name).ok_or_else(|| tera::Error::message(format!("there is no icon `{name}`")))?;
        Ok(format!(r#"<svg class="{class}" viewBox="0 0 24 24" aria-hidden="true">{drawing}</svg>"#))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// Of the first and the last word of a name, for a round picture: "Inès Łódzka" is "IŁ".
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().map(monogram).filter(|letter| !letter.is_empty());
    let first = words.next().unwrap_or_default();
    words.next_back().map_or_else(|| first.clone(), |last| format!("{first}{last}"))
}

fn t(texts: &Texts, kwargs: &Kwargs, state: &State<'_>) -> TeraResult<String> {
    let mut args = FluentArgs::new();
    for (name, value) in kwargs.iter() {
        let name = name.to_string();
        if let Some(number) = value.as_i64() {
            args.set(name, number);
        } else if let Some(text) = value.as_str() {
            args.set(name, FluentValue::from(text));
        } else {
            return Err(tera::Error::message(format!("`{name}` is neither a text nor a whole number")));
        }
    }
    texts.of(lang(state)?).with_args(kwargs.must_get::<&str>("k")?, &args).map_err(tera::Error::message)
}

/// A component sees it only when it declares `@lang`.
fn lang(state: &State<'_>) -> TeraResult<Locale> {
    match state.get::<String>("lang")?.as_deref() {
        Some("fr") => Ok(Locale::Fr),
        Some("en") => Ok(Locale::En),
        Some(other) => Err(tera::Error::message(format!("`lang` is `{other}`, not `fr` or `en`"))),
        None => Err(tera::Error::message("`lang` is missing: a component must declare `@lang`")),
    }
}

fn instant(kwargs: &Kwargs, name: &'static str) -> TeraResult<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(kwargs.must_get::<&str>(name)?)
        .map_err(|error| tera::Error::message(format!("`{name}`: {error}")))?;
    Ok(at.to_utc())
}

fn zone(kwargs: &Kwargs) -> TeraResult<Tz> {
    let zone = kwargs.must_get::<&str>("zone")?;
    zone.parse().map_err(|error| tera::Error::message(format!("`zone`: {error}")))
}

fn calendar_date(kwargs: &Kwargs, name: &'static str) -> TeraResult<NaiveDate> {
    let date = kwargs.must_get::<&str>(name)?;
    date.parse().map_err(|error| tera::Error::message(format!("`{name}`: {error}")))
}

/// The date that is named, or that an instant falls on.
fn local_date(kwargs: &Kwargs) -> TeraResult<NaiveDate> {
    if kwargs.get::<&str>("date")?.is_some() {
        return calendar_date(kwargs, "date");
    }
    Ok(instant(kwargs, "at")?.with_timezone(&zone(kwargs)?).date_naive())
}

fn decimal(kwargs: &Kwargs) -> TeraResult<Decimal> {
    let value = kwargs.must_get::<&tera::Value>("value")?;
    value.to_string().parse().map_err(|error| tera::Error::message(format!("`value`: {error}")))
}

#[cfg(test)]
mod tests {
    use tera::Context;

    use super::*;

    fn render(template: &str, context: &[(&'static str, &str)]) -> Result<String, String> {
        let mut tera = Tera::new();
        tera.autoescape_on([".html"]);
        register(&mut tera, &Texts::load().unwrap());
        let mut values = Context::new();
        for (name, value) in context {
            values.insert(*name, value);
        }
        tera.add_raw_templates([("a.html", template)])
            .and_then(|()| tera.render("a.html", &values))
            .map_err(|error| crate::unfit(&error).to_string())
    }

    #[test]
    fn without_a_language_nothing_is_said() {
        for call in [
            r#"t(k="mail-greeting", name="Zoë")"#,
            r#"money(minor=1, currency="EUR")"#,
            r#"date(at="2026-11-24T09:15:00Z", zone="Europe/Paris")"#,
            r"weekday(weekday=1)",
            r"number(value=1)",
        ] {
            let error = render(&format!("{{{{ {call} }}}}"), &[]).unwrap_err();
            assert!(error.contains("`lang` is missing"), "{error}");
            assert!(render(&format!("{{{{ {call} }}}}"), &[("lang", "de")]).is_err());
            render(&format!("{{{{ {call} }}}}"), &[("lang", "fr")]).unwrap();
        }
        // A component has the page's language only when it asks for it.
        let call = r#"{{ t(k="mail-greeting", name="Zoë") }}"#;
        let component = format!("{{% component x() %}}{call}{{% endcomponent %}}{{{{ <x /> }}}}");
        assert!(render(&component, &[("lang", "fr")]).unwrap_err().contains("must declare `@lang`"));
        let component = format!("{{% component x(@lang) %}}{call}{{% endcomponent %}}{{{{ <x /> }}}}");
        assert_eq!(render(&component, &[("lang", "fr")]).unwrap(), "Bonjour Zoë,");
    }

    #[test]
    fn arguments_are_escaped_in_html() {
        let html = render(r#"{{ t(k="mail-greeting", name=name) }}"#, &[("lang", "en"), ("name", "<b>&\"")])
            .unwrap();
        assert!(html.contains("&lt;b&gt;&amp;&quot;") && !html.contains('<'), "{html}");
    }

    #[test]
    fn a_wrong_instant_zone_or_key_is_an_error() {
        for call in [
            r#"date(at="tomorrow", zone="Europe/Paris")"#,
            r#"date(at="2026-11-24T09:15:00Z", zone="Mars/Base")"#,
            r#"date(at="2026-11-24T09:15:00Z")"#,
            r#"date(date="2026-02-30")"#,
            r"weekday(weekday=8)",
            r#"weekday(weekday=1, width="thin")"#,
            r#"number(value="many")"#,
            r#"t(k="nonsense")"#,
            r#"t(k="mail-greeting")"#,
            r#"t(k="mail-greeting", name=1.5)"#,
        ] {
            assert!(render(&format!("{{{{ {call} }}}}"), &[("lang", "fr")]).is_err(), "{call}");
        }
    }

    #[test]
    fn dates_and_numbers_can_be_told_in_a_template() {
        for (call, fr, en) in [
            (r#"short_date(date="2026-11-24")"#, "mar. 24 nov.", "Tue 24 Nov"),
            (r#"short_date(at="2026-11-24T23:15:00Z", zone="Europe/Paris")"#, "mer. 25 nov.", "Wed 25 Nov"),
            (r#"month(date="2026-11-24", capital=true)"#, "Novembre 2026", "November 2026"),
            (r"weekday(weekday=7)", "dimanche", "Sunday"),
            (r#"weekday(date="2026-11-24", width="narrow")"#, "M", "T"),
            (r#"relative_day(date="2026-11-24", today="2026-11-23", capital=true)"#, "Demain", "Tomorrow"),
            (
                r#"day_range(from="2026-12-24", to="2026-12-26")"#,
                "du 24 au 26 décembre 2026",
                "24–26 December 2026",
            ),
            (
                r#"time_range(from="2026-11-24T09:15:00Z", to="2026-11-24T10:00:00Z", zone="Europe/Paris")"#,
                "10:15–11:00",
                "10:15–11:00",
            ),
            (r"number(value=12345)", "12\u{202f}345", "12,345"),
            (r"number(value=0.5)", "0,5", "0.5"),
            (r#"percent(value="12.5")"#, "12,5\u{202f}%", "12.5%"),
            (r"bytes(value=3200000)", "3,2\u{a0}Mo", "3.2\u{a0}MB"),
        ] {
            let template = format!("{{{{ {call} }}}}");
            assert_eq!(render(&template, &[("lang", "fr")]).unwrap(), fr);
            assert_eq!(render(&template, &[("lang", "en")]).unwrap(), en);
        }
    }
}
