//! Charts of what became of runs: the drawing, its axes, its legend, and the same as a table.

use chrono::{DateTime, Utc};
use domain::job::quantile;
use domain::locale::Locale;
use serde::Serialize;
use store::console::{Slice, Span};
use templates::chart::{self, Plot, Series, Words};
use templates::{Text, count, span};

use crate::console::range::Range;
use crate::problem::{Result, failed};

/// A chart, ready for its template.
#[derive(Serialize)]
pub struct Chart {
    id: &'static str,
    title: String,
    svg: String,
    /// Of the vertical axis, from above.
    ticks: Vec<String>,
    legend: Vec<Key>,
    /// The first, the middle and the last time of the horizontal axis.
    times: [String; 3],
    /// What of the table is not nothing: the time and a figure for each of the legend.
    rows: Vec<(String, Vec<String>)>,
}

/// One of what a chart shows.
#[derive(Serialize)]
struct Key {
    class: &'static str,
    label: String,
}

/// A layer of bars or a curve with its words.
struct Told {
    class: &'static str,
    key: &'static str,
    values: Vec<Option<f64>>,
}

/// What charts of one page have in common.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    pub text: Text<'a>,
    pub range: Range,
    pub span: Span,
    pub slices: &'a [Slice],
}

/// The class, the words and the figure of an outcome.
type Outcome = (&'static str, &'static str, fn(&Slice) -> i64);

/// Runs of a slice by their outcome, the most welcome first.
const OUTCOMES: [Outcome; 4] = [
    ("s-done", "ops-outcome-done", |slice| slice.done),
    ("s-dropped", "ops-outcome-dropped", |slice| slice.dropped),
    ("s-again", "ops-outcome-again", |slice| slice.again),
    ("s-dead", "ops-outcome-dead", |slice| slice.dead),
];

/// How many of a thousand runs stayed below.
const QUANTILES: [(&str, &str, u32); 3] =
    [("s-p50", "ops-p50", 500), ("s-p95", "ops-p95", 950), ("s-p99", "ops-p99", 990)];

impl Draft<'_> {
    /// How many runs ended how.
    pub fn throughput(&self) -> Result<Chart> {
        let told = OUTCOMES.map(|(class, key, of)| Told {
            class,
            key,
            values: self.slices.iter().map(|slice| Some(float(of(slice)))).collect(),
        });
        let number = |lang, value: f64| count(lang, whole(value));
        self.chart(("throughput", "ops-chart-throughput"), &told, chart::bars, number)
    }

    /// How long jobs waited for a worker.
    pub fn waited(&self) -> Result<Chart> {
        self.times(("waited", "ops-chart-waited"), |slice| &slice.waited)
    }

    /// How long runs took.
    pub fn ran(&self) -> Result<Chart> {
        self.times(("ran", "ops-chart-ran"), |slice| &slice.ran)
    }

    fn times(&self, named: (&'static str, &'static str), of: impl Fn(&Slice) -> &Vec<i64>) -> Result<Chart> {
        let told = QUANTILES.map(|(class, key, share)| Told {
            class,
            key,
            values: self.slices.iter().map(|slice| quantile(of(slice), share).map(float)).collect(),
        });
        self.chart(named, &told, chart::lines, |lang, ms| span(lang, whole(ms)))
    }

    /// The same in a card's corner, by its outcome alone.
    pub fn spark(&self, id: &str) -> Result<String> {
        let label = |key| self.text.t(key).map_err(|error| failed(&error));
        let good = |slice: &Slice| slice.done + slice.dropped;
        let bad = |slice: &Slice| slice.again + slice.dead;
        let series = [
            Series {
                class: "s-done",
                values: self.slices.iter().map(|slice| Some(float(good(slice)))).collect(),
            },
            Series {
                class: "s-dead",
                values: self.slices.iter().map(|slice| Some(float(bad(slice)))).collect(),
            },
        ];
        let lang = self.text.lang();
        let titles: Vec<String> = self
            .span
            .starts()
            .into_iter()
            .zip(self.slices)
            .map(|(at, slice)| format!("{} · {}", self.time(at), count(lang, slice.runs())))
            .collect();
        let all = count(lang, self.slices.iter().map(Slice::runs).sum());
        let (title, text) = (label("ops-chart-spark")?, format!("{all} · {}", label("ops-range-1h")?));
        Ok(chart::spark(&series, Words { id, title: &title, text: &text, places: &titles }))
    }

    fn chart(
        &self,
        (id, title): (&'static str, &'static str),
        told: &[Told],
        draw: impl Fn(&[Series], Words<'_>) -> Plot,
        figure: impl Fn(Locale, f64) -> String,
    ) -> Result<Chart> {
        let (lang, label) = (self.text.lang(), |key: &str| self.text.t(key).map_err(|error| failed(&error)));
        let mut legend = Vec::with_capacity(told.len());
        for one in told {
            legend.push(Key { class: one.class, label: label(one.key)? });
        }
        let starts = self.span.starts();
        let mut rows = Vec::new();
        let mut titles = Vec::with_capacity(starts.len());
        for (place, at) in starts.iter().enumerate() {
            let value = |one: &Told| one.values.get(place).copied().flatten();
            let cells: Vec<String> = told
                .iter()
                .map(|one| value(one).map_or_else(|| "–".to_owned(), |it| figure(lang, it)))
                .collect();
            let known =
                legend.iter().zip(&cells).zip(told).filter(|(_, one)| value(one).is_some_and(|it| it > 0.0));
            let words: Vec<String> = known.map(|((key, cell), _)| format!("{} {cell}", key.label)).collect();
            let time = self.time(*at);
            titles.push(if words.is_empty() {
                time.clone()
            } else {
                format!("{time} · {}", words.join(", "))
            });
            if !words.is_empty() {
                rows.push((time, cells));
            }
        }
        let series: Vec<Series> =
            told.iter().map(|one| Series { class: one.class, values: one.values.clone() }).collect();
        let title = label(title)?;
        let text = label(match self.range {
            Range::Hour => "ops-range-1h",
            Range::Day => "ops-range-24h",
            Range::Week => "ops-range-7d",
        })?;
        let plot = draw(&series, Words { id, title: &title, text: &text, places: &titles });
        let time = |place: usize| starts.get(place).map(|at| self.time(*at)).unwrap_or_default();
        let times = [time(0), time(starts.len() / 2), self.time(self.span.end())];
        let ticks = plot.ticks.iter().rev().map(|tick| figure(lang, *tick)).collect();
        Ok(Chart { id, title, svg: plot.svg, ticks, legend, times, rows })
    }

    /// In UTC, as all times of the console.
    fn time(&self, at: DateTime<Utc>) -> String {
        let format = if self.range == Range::Week { "%d/%m %H:%M" } else { "%H:%M" };
        at.format(format).to_string()
    }
}

/// As exact as a drawing needs it.
fn float(value: i64) -> f64 {
    f64::from(i32::try_from(value).unwrap_or(i32::MAX))
}

/// What is told of times and counts has no fractions.
fn whole(value: f64) -> i64 {
    let text = format!("{:.0}", value.clamp(0.0, 1e15));
    text.parse().unwrap_or(i64::MAX)
}
