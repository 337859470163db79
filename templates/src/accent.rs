//! A tenant's colour for what has no themes, mails and documents: safe to print into styles and to write on.

use crate::color::{Rgb, WHITE};

/// A background and the text colour that can be read on it, both `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accent {
    pub color: String,
    pub on_color: &'static str,
}

/// Takes `#rgb` and `#rrggbb`; for anything else, and for none, the colour is Harmony's own.
pub fn accent(color: Option<&str>) -> Accent {
    let color = Rgb::or_own(color);
    // The better of the two: at least 4.58 on any colour, and WCAG 2.2 asks for 4.5.
    let black = Rgb([0, 0, 0]);
    let on_color = if color.contrast(WHITE) >= color.contrast(black) { "#ffffff" } else { "#000000" };
    Accent { color: color.to_string(), on_color }
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
        let own = crate::HARMONY;
        assert_eq!(accent(Some("#ABC")).color, "#aabbcc");
        for text in ["", "#", "red", "#12", "#1234567", "#ggg", "#fff;}body{x", "url(x)", "#ﬀf", "fff"] {
            assert_eq!(accent(Some(text)).color, own, "{text}");
        }
        assert_eq!(accent(None).color, own);
    }
}
