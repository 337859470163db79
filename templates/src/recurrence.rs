//! Rules of what recurs, in plain words.

use chrono::{NaiveDateTime, Weekday};
use chrono_tz::Tz;
use domain::recurrence::{Ending, Pattern, Plain, Rule};
use fluent_bundle::FluentArgs;

use crate::{TemplateError, Text, days};

/// "Every week on Tuesday, until 30 June 2030"; of a rule without simple words, that it repeats.
pub fn describe(
    rule: &Rule,
    start: NaiveDateTime,
    zone: Tz,
    text: Text<'_>,
) -> Result<String, TemplateError> {
    let Some(Plain { every, pattern, ending }) = rule.plain(start, zone) else {
        return text.t("recurrence-other");
    };
    let mut args = FluentArgs::new();
    args.set("every", u32::from(every));
    let key = match pattern {
        Pattern::Days => "recurrence-days",
        Pattern::Weeks(weekdays) => {
            let names: Result<Vec<String>, _> = weekdays.iter().map(|day| weekday(*day, text)).collect();
            args.set("days", names?.join(", "));
            "recurrence-weeks"
        }
        Pattern::MonthsOn(-1) => "recurrence-months-last",
        Pattern::MonthsOn(day) => {
            args.set("day", i64::from(day));
            "recurrence-months"
        }
        Pattern::MonthsOnNth(nth, day) => {
            args.set("nth", nth.name());
            args.set("day", weekday(day, text)?);
            "recurrence-months-nth"
        }
        Pattern::Years => {
            args.set("day", days::date(text.lang(), start.date()));
            "recurrence-years"
        }
    };
    let rule = text.with_args(key, &args)?;
    match ending {
        Ending::Never => Ok(rule),
        Ending::Times(count) => {
            let mut args = FluentArgs::new();
            args.set("rule", rule);
            args.set("count", count);
            text.with_args("recurrence-times", &args)
        }
        Ending::On(date) => {
            text.t_with("recurrence-until", &[("rule", &rule), ("date", &days::date(text.lang(), date))])
        }
    }
}

fn weekday(day: Weekday, text: Text<'_>) -> Result<String, TemplateError> {
    let mut args = FluentArgs::new();
    args.set("day", day.number_from_monday());
    text.with_args("recurrence-day", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Locale, Texts};

    #[test]
    fn common_rules_are_told_in_both_languages() {
        let texts = Texts::load().unwrap();
        let start = "2030-03-05T18:00:00".parse().unwrap();
        let told = |rule: &str, lang| {
            describe(&rule.parse().unwrap(), start, chrono_tz::Europe::Paris, texts.of(lang)).unwrap()
        };
        for (rule, en, fr) in [
            ("FREQ=DAILY", "Every day", "Tous les jours"),
            ("FREQ=DAILY;INTERVAL=3;COUNT=5", "Every 3 days, 5 times", "Tous les 3 jours, 5 fois"),
            (
                "FREQ=WEEKLY;UNTIL=20300630",
                "Every week on Tuesday, until Sunday 30 June 2030",
                "Toutes les semaines le mardi, jusqu’au dimanche 30 juin 2030",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
                "Every 2 weeks on Tuesday, Thursday",
                "Toutes les 2 semaines le mardi, jeudi",
            ),
            ("FREQ=MONTHLY", "Every month on day 5", "Tous les mois le 5"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day", "Tous les mois le dernier jour"),
            (
                "FREQ=MONTHLY;BYDAY=-1FR",
                "Every month on the last Friday",
                "Tous les mois le dernier vendredi",
            ),
            ("FREQ=HOURLY", "Repeats", "Se répète"),
        ] {
            assert_eq!((told(rule, Locale::En).as_str(), told(rule, Locale::Fr).as_str()), (en, fr));
        }
    }
}
