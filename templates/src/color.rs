//! Colours as people type them, as eyes see them and as the web has them.
#![expect(clippy::float_arithmetic, reason = "a colour is made of real numbers")]

/// Harmony's own, for tenants that chose none or one we can't read. The style sheets have it too.
pub const HARMONY: &str = "#1f6f5c";
pub(crate) const WHITE: Rgb = Rgb([255, 255, 255]);

/// Printed as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) [u8; 3]);

/// Lightness from 0 to 1, chroma from 0 (grey) to about 0.3, hue in radians: OKLCH, where a step of lightness is the
/// same step for every hue. <https://bottosson.github.io/posts/oklab/>
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lch {
    pub(crate) lightness: f64,
    pub(crate) chroma: f64,
    pub(crate) hue: f64,
}

impl Rgb {
    /// As it was chosen, or Harmony's own.
    pub(crate) fn or_own(chosen: Option<&str>) -> Self {
        chosen.and_then(Self::parse).or_else(|| Self::parse(HARMONY)).unwrap_or(WHITE)
    }

    /// Takes `#rgb` and `#rrggbb`. Nothing else gets into a style: a colour is something people type.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .strip_prefix('#')?
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
            .collect::<Option<_>>()?;
        match *digits.as_slice() {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [r1, r0, g1, g0, b1, b0] => Some(Self([r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0])),
            _ => None,
        }
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Relative luminance, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    pub(crate) fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// From 1 to 21. WCAG 2.2 asks for 4.5 between text and what it stands on.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    pub(crate) fn lch(self) -> Lch {
        let [r, g, b] = self.linear();
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let medium = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short;
        let green_red = 1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short;
        let blue_yellow = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short;
        Lch { lightness, chroma: green_red.hypot(blue_yellow), hue: blue_yellow.atan2(green_red) }
    }
}

impl Lch {
    pub(crate) fn with_lightness(self, lightness: f64) -> Self {
        Self { lightness, ..self }
    }

    pub(crate) fn with_chroma_up_to(self, most: f64) -> Self {
        Self { chroma: self.chroma.min(most), ..self }
    }

    /// The nearest colour that a screen can show: the same lightness and hue, and as much chroma as there is.
    pub(crate) fn rgb(self) -> Rgb {
        let mut chroma = self.chroma;
        loop {
            let channels = Self { chroma, ..self }.linear();
            if channels.iter().all(|channel| (-0.0005..1.0005).contains(channel)) || chroma < 0.002 {
                return Rgb(channels.map(encoded));
            }
            chroma *= 0.94;
        }
    }

    fn linear(self) -> [f64; 3] {
        let (green_red, blue_yellow) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let long = (self.lightness + 0.396_337_777_4 * green_red + 0.215_803_757_3 * blue_yellow).powi(3);
        let medium = (self.lightness - 0.105_561_345_8 * green_red - 0.063_854_172_8 * blue_yellow).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * green_red - 1.291_485_548 * blue_yellow).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
        ]
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 255, and whole"
)]
fn encoded(linear: f64) -> u8 {
    let share = linear.clamp(0.0, 1.0);
    let encoded = if share <= 0.003_130_8 { 12.92 * share } else { 1.055 * share.powf(1.0 / 2.4) - 0.055 };
    (255.0 * encoded).round() as u8
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_itself_again_after_both_ways() {
        for text in ["#000000", "#ffffff", HARMONY, "#b4235a", "#ffd400", "#0000ff", "#808080"] {
            let color = Rgb::parse(text).expect("a colour");
            assert_eq!(color.lch().rgb().to_string(), text);
        }
    }

    #[test]
    fn the_pages_wear_the_same_green_as_the_mails() {
        let (sheet, layout) =
            (include_str!("../../assets/css/core.css"), include_str!("../layouts/base.html"));
        assert!(sheet.contains(&format!("--accent: light-dark({HARMONY},")), "core.css");
        assert!(layout.contains(&format!("fill='{}'", HARMONY.replace('#', "%23"))), "the icon of base.html");
        assert_eq!(Rgb::or_own(None).to_string(), HARMONY);
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let black = Rgb([0, 0, 0]);
        assert!((black.contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((WHITE.contrast(Rgb([0x76, 0x76, 0x76])) - 4.54).abs() < 0.01);
    }
}
