//! What templates can call: words, amounts, dates. The language comes from the page; without it they fail.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fluent_bundle::{FluentArgs, FluentValue};
use tera::{Kwargs, State, Tera, TeraResult};

use crate::mail::monogram;
use crate::{Locale, Texts, format, money};

type Format = fn(Locale, DateTime<Utc>, Tz) -> String;

/// - `t(k="key", name=value, …)`: the text `key` with its arguments
/// - `money(minor=…, currency=…)`
/// - `duration(minutes=…)`, `monogram(name=…)`, `initials(name=…)`, `icon(name=…, class=…)`
/// - `date(at=…, zone=…)`, `day(…)`, `time(…)`, `datetime(…)`, `zone(…)`: an RFC 3339 instant, an IANA zone
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
    tera.register_function("icon", Icons(crate::embedded::icons().into_iter().collect()));
    let formats: [(&str, Format); 5] = [
        ("date", format::date),
        ("day", format::day),
        ("time", format::time),
        ("datetime", format::datetime),
        ("zone", format::zone),
    ];
    for (name, format) in formats {
        tera.register_function(name, move |kwargs: Kwargs, state: &State<'_>| {
            let (at, zone) = instant(&kwargs)?;
            Ok::<_, tera::Error>(format(lang(state)?, at, zone))
        });
    }
}

/// `icon(name="check", class="i star")`: a drawing of Lucide's, inside of the page, seen by eyes alone.
struct Icons(HashMap<String, String>);

impl tera::Function<TeraResult<String>> for Icons {
    fn call(&self, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
        let name = kwargs.must_get::<&str>("name")?;
        let class = kwargs.get::<&str>("class")?.unwrap_or("i");
        let drawing = self.0.get(name).ok_or_else(|| tera::Error::message(format!("there is no icon `{name}`")))?;
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

fn instant(kwargs: &Kwargs) -> TeraResult<(DateTime<Utc>, Tz)> {
    let (at, zone) = (kwargs.must_get::<&str>("at")?, kwargs.must_get::<&str>("zone")?);
    let at =
        DateTime::parse_from_rfc3339(at).map_err(|error| tera::Error::message(format!("`at`: {error}")))?;
    let zone = zone.parse().map_err(|error| tera::Error::message(format!("`zone`: {error}")))?;
    Ok((at.to_utc(), zone))
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
            r#"t(k="nonsense")"#,
            r#"t(k="mail-greeting")"#,
            r#"t(k="mail-greeting", name=1.5)"#,
        ] {
            assert!(render(&format!("{{{{ {call} }}}}"), &[("lang", "fr")]).is_err(), "{call}");
        }
    }
}
