//! A tenant's colour, made safe to print into styles and to write on.

/// Harmony's own, for tenants that chose none or one we can't read.
const DEFAULT: &str = "#1f5f4f";

/// A background and the text colour that can be read on it, both `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accent {
    pub color: String,
    pub on_color: &'static str,
}

/// Takes `#rgb` and `#rrggbb`. Nothing else gets into a style: a colour is something people type.
pub fn accent(color: Option<&str>) -> Accent {
    let parsed = color.and_then(parse);
    let [r, g, b] = parsed.or_else(|| parse(DEFAULT)).unwrap_or_default();
    Accent { color: format!("#{r:02x}{g:02x}{b:02x}"), on_color: readable_on([r, g, b]) }
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let digits: Vec<u8> = text
        .strip_prefix('#')?
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect::<Option<_>>()?;
    match *digits.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r1, r0, g1, g0, b1, b0] => Some([r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0]),
        _ => None,
    }
}

/// White or black, whichever has more contrast: at least 4.58 on any colour, and WCAG 2.2 asks for 4.5.
#[expect(clippy::float_arithmetic, reason = "luminance is a real number")]
fn readable_on([r, g, b]: [u8; 3]) -> &'static str {
    // Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 { "#ffffff" } else { "#000000" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read_on_any_colour() {
        for (color, on) in [
            ("#000", "#ffffff"),
            ("#fff", "#000000"),
            ("#ffd400", "#000000"),
            ("#7c3aed", "#ffffff"),
            ("#B4235A", "#ffffff"),
        ] {
            assert_eq!(accent(Some(color)).on_color, on, "{color}");
        }
    }

    #[test]
    fn only_colours_get_into_a_style() {
        assert_eq!(accent(Some("#ABC")).color, "#aabbcc");
        for text in ["", "#", "red", "#12", "#1234567", "#ggg", "#fff;}body{x", "url(x)", "#ﬀf", "fff"] {
            assert_eq!(accent(Some(text)).color, DEFAULT, "{text}");
        }
        assert_eq!(accent(None).color, DEFAULT);
    }
}
