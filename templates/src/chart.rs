//! Charts, drawn by the server: bars and curves as SVG without a script, a style or a word of their own.
//!
//! A drawing is stretched to the box it stands in, on a phone as on a desk, so nothing in it may be text: what stands on
//! its axes is told beside it, by [`Plot::ticks`]. What is drawn in which colour is told by classes.
#![expect(clippy::float_arithmetic, reason = "a drawing is made of real numbers")]

use std::fmt::Write;

/// Width of one place of the horizontal axis, and height of all, in units of the drawing.
const STEP: f64 = 10.0;
const HEIGHT: f64 = 100.0;

/// One layer of bars, or one curve.
#[derive(Clone, Debug)]
pub struct Series {
    /// The class it is drawn with.
    pub class: &'static str,
    /// One for each place; `None`: nothing is known.
    pub values: Vec<Option<f64>>,
}

/// A drawing, and what stands on its vertical axis at equal distances, from below.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub svg: String,
    pub ticks: Vec<f64>,
}

/// What a chart is called and says, for whoever does not see it; and of each place what is told when one points at it.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Unique in its page.
    pub id: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    pub places: &'a [String],
}

/// Bars that stand on one another, the first series below, on a scale from 0.
pub fn bars(series: &[Series], words: Words<'_>) -> Plot {
    let places = words.places.len();
    let value = |one: &Series, place: usize| one.values.get(place).copied().flatten().unwrap_or(0.0);
    let sum = |place| series.iter().map(|one| value(one, place)).sum::<f64>();
    let top = round_up((0..places).map(sum).fold(0.0, f64::max));
    // Of one run there is no half.
    let half = top / 2.0;
    let ticks = if half.fract() > 0.0 { vec![0.0, top] } else { vec![0.0, half, top] };
    let mut inside = grid(places, ticks.len());
    for (place, title) in words.places.iter().enumerate() {
        let x = at(place);
        let mut base = 0.0;
        let mut group = hit(x, title);
        for one in series {
            let height = value(one, place) / top * HEIGHT;
            if height > 0.0 {
                // Rare is not nothing: it can be seen.
                let height = height.max(1.5);
                let _infallible = write!(
                    group,
                    r#"<rect class="{}" x="{:.1}" y="{:.2}" width="{:.1}" height="{height:.2}"/>"#,
                    one.class,
                    x + 1.0,
                    HEIGHT - base - height,
                    STEP - 2.0,
                );
                base += height;
            }
        }
        let _infallible = write!(inside, "<g>{group}</g>");
    }
    Plot { svg: drawing(words, places, &inside), ticks }
}

/// Curves on a scale of powers of ten.
pub fn lines(series: &[Series], words: Words<'_>) -> Plot {
    let places = words.places.len();
    let known = || series.iter().flat_map(|one| one.values.iter().flatten().copied());
    let least = known().fold(f64::INFINITY, f64::min).clamp(1.0, 1e9).log10().floor();
    let most = known().fold(1.0, f64::max).max(1.0).log10().ceil();
    let low = if least.is_finite() { least.min(most - 1.0).max(0.0) } else { 0.0 };
    let high = most.max(low + 1.0);
    let mut ticks = Vec::new();
    let mut power = low;
    while power <= high {
        ticks.push(10_f64.powf(power));
        power += 1.0;
    }
    let y = |value: f64| {
        let height = (value.max(1.0).log10() - low) / (high - low);
        HEIGHT - height.clamp(0.0, 1.0) * HEIGHT
    };
    let mut inside = grid(places, ticks.len());
    for one in series {
        let mut path = String::new();
        let mut is_down = false;
        for (place, value) in one.values.iter().enumerate().take(places) {
            let Some(value) = value else {
                is_down = false;
                continue;
            };
            // The first point after a gap is drawn even if it stays alone.
            let (pen, dot) = if is_down { ("L", "") } else { ("M", "h.01") };
            let _infallible = write!(path, "{pen}{:.1} {:.2}{dot}", at(place) + STEP / 2.0, y(*value));
            is_down = true;
        }
        if !path.is_empty() {
            let _infallible = write!(
                inside,
                r#"<path class="{}" vector-effect="non-scaling-stroke" d="{path}"/>"#,
                one.class
            );
        }
    }
    for (place, title) in words.places.iter().enumerate() {
        let _infallible = write!(inside, "<g>{}</g>", hit(at(place), title));
    }
    Plot { svg: drawing(words, places, &inside), ticks }
}

/// Bars without anything around them, for a glance.
pub fn spark(series: &[Series], words: Words<'_>) -> String {
    bars(series, words).svg.replacen("class=\"plot\"", "class=\"plot spark\"", 1)
}

fn at(place: usize) -> f64 {
    f64::from(u32::try_from(place).unwrap_or(u32::MAX)) * STEP
}

/// A column that tells its words to whoever points at it.
fn hit(x: f64, title: &str) -> String {
    format!(
        r#"<title>{}</title><rect class="hit" x="{x:.1}" y="0" width="{STEP}" height="{HEIGHT}"/>"#,
        escape(title)
    )
}

fn grid(places: usize, ticks: usize) -> String {
    let gaps = f64::from(u32::try_from(ticks.max(2) - 1).unwrap_or(1));
    let mut path = String::new();
    for tick in 0..ticks {
        let y = HEIGHT - HEIGHT * f64::from(u32::try_from(tick).unwrap_or(0)) / gaps;
        let _infallible = write!(path, "M0 {y:.2}H{}", at(places));
    }
    format!(r#"<path class="grid" vector-effect="non-scaling-stroke" d="{path}"/>"#)
}

fn drawing(words: Words<'_>, places: usize, inside: &str) -> String {
    let Words { id, title, text, .. } = words;
    format!(
        r#"<svg class="plot" role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {} {HEIGHT}" preserveAspectRatio="none"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{inside}</svg>"#,
        at(places.max(1)),
        escape(title),
        escape(text),
    )
}

/// The next of 1, 2, 5, 10, 20, …
fn round_up(value: f64) -> f64 {
    let mut scale = 1.0;
    loop {
        for step in [1.0, 2.0, 5.0] {
            if value <= step * scale {
                return step * scale;
            }
        }
        scale *= 10.0;
        // What has no end is no number.
        if scale > 1e18 {
            return scale;
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(places: &[String]) -> Words<'_> {
        Words { id: "x", title: "Runs <of> email", text: "By the \"minute\"", places }
    }

    fn series(class: &'static str, values: &[Option<f64>]) -> Series {
        Series { class, values: values.to_vec() }
    }

    #[test]
    fn bars_stand_on_one_another_and_the_scale_ends_at_a_round_number() {
        let places = ["08:00: 30", "08:01: 0"].map(str::to_owned);
        let plot = bars(
            &[series("s-ok", &[Some(30.0), Some(0.0)]), series("s-bad", &[Some(3.0), None])],
            words(&places),
        );
        assert_eq!(plot.ticks, [0.0, 25.0, 50.0]);
        assert!(
            plot.svg.contains(r#"class="s-ok" x="1.0" y="40.00" width="8.0" height="60.00""#),
            "{}",
            plot.svg
        );
        assert!(
            plot.svg.contains(r#"class="s-bad" x="1.0" y="34.00" width="8.0" height="6.00""#),
            "{}",
            plot.svg
        );
        assert_eq!(plot.svg.matches("<rect class=\"s-").count(), 2);
        assert!(plot.svg.contains("Runs &lt;of&gt; email") && plot.svg.contains("&quot;minute&quot;"));
        assert_eq!(bars(&[], words(&[])).ticks, [0.0, 1.0]);
        assert!(spark(&[], words(&[])).contains("plot spark"));
    }

    #[test]
    fn curves_break_where_nothing_is_known() {
        let places: Vec<String> = (0..4).map(|place| place.to_string()).collect();
        let plot = lines(&[series("s-p50", &[Some(12.0), Some(100.0), None, Some(1_000.0)])], words(&places));
        assert_eq!(plot.ticks, [10.0, 100.0, 1_000.0]);
        assert!(plot.svg.contains("M5.0 96.04h.01L15.0 50.00M35.0 0.00h.01"), "{}", plot.svg);
        // Nothing at all, or less than a millisecond: a scale all the same.
        assert_eq!(lines(&[series("s", &[])], words(&places)).ticks, [1.0, 10.0]);
        assert_eq!(lines(&[series("s", &[Some(0.3)])], words(&places)).ticks, [1.0, 10.0]);
    }

    #[test]
    fn scales_end_at_one_two_or_five() {
        for (value, end) in
            [(0.0, 1.0), (1.0, 1.0), (1.5, 2.0), (33.0, 50.0), (51.0, 100.0), (1_001.0, 2_000.0)]
        {
            assert!((round_up(value) - end).abs() < f64::EPSILON, "{value}");
        }
        assert!(round_up(f64::INFINITY).is_finite());
    }
}
