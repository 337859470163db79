//! A tenant's colour, made into six tones for light and dark pages: the hue stays, and what is written can be read.
#![expect(clippy::float_arithmetic, reason = "lightness is a real number")]

use std::fmt::Write as _;

use serde::Serialize;

use crate::color::{Lch, Rgb, WHITE};

/// What text needs at least, with a little room for what browsers make of a colour.
const READABLE: f64 = 4.6;

/// Both themes of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Palette {
    pub light: Tones,
    pub dark: Tones,
}

/// The tones of one theme, each `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tones {
    /// What buttons are filled with.
    pub accent: String,
    /// The same under a pointer.
    pub accent_hover: String,
    /// The ground of what is chosen.
    pub accent_soft: String,
    /// A quiet border.
    pub accent_line: String,
    /// Text, focus rings and borders that must be seen, on a surface or on the soft tone.
    pub accent_ink: String,
    /// Text on the accent.
    pub on_accent: String,
}

/// What tones are laid on.
struct Ground {
    is_dark: bool,
    /// `--surface` and `--surface-2` of core.css.
    surfaces: [Rgb; 2],
}

const LIGHT: Ground = Ground { is_dark: false, surfaces: [WHITE, Rgb([0xf4, 0xf3, 0xf0])] };
const DARK: Ground = Ground { is_dark: true, surfaces: [Rgb([0x1a, 0x1a, 0x18]), Rgb([0x23, 0x23, 0x20])] };

/// Takes `#rgb` and `#rrggbb`; for anything else, and for none, the tones are Harmony's own.
pub fn palette(color: Option<&str>) -> Palette {
    let brand = Rgb::or_own(color);
    Palette { light: tones(brand, &LIGHT), dark: tones(brand, &DARK) }
}

impl Palette {
    /// The style sheet that gives a page these tones. It holds nothing of what was typed but digits of colours.
    pub fn css(&self) -> String {
        let (light, dark) = (&self.light, &self.dark);
        let tokens = [
            ("accent", &light.accent, &dark.accent),
            ("accent-hover", &light.accent_hover, &dark.accent_hover),
            ("accent-soft", &light.accent_soft, &dark.accent_soft),
            ("accent-line", &light.accent_line, &dark.accent_line),
            ("accent-ink", &light.accent_ink, &dark.accent_ink),
            ("on-accent", &light.on_accent, &dark.on_accent),
        ];
        let mut css = String::from(":root{");
        for (name, light, dark) in tokens {
            // Writing into a String can't fail.
            let _ = write!(css, "--{name}:light-dark({light},{dark});");
        }
        css.push('}');
        css
    }
}

fn tones(brand: Rgb, ground: &Ground) -> Tones {
    let lch = brand.lch();
    let soft = lch
        .with_chroma_up_to(if ground.is_dark { 0.04 } else { 0.022 })
        .with_lightness(if ground.is_dark { 0.29 } else { 0.955 })
        .rgb();
    let line = lch.with_chroma_up_to(0.06).with_lightness(if ground.is_dark { 0.42 } else { 0.86 }).rgb();
    let (accent, on) = filled(brand, lch, ground);
    // Away from the text, so that it can be read the better.
    let hover_step = if on == WHITE { -0.05 } else { 0.05 };
    let hover = lch.with_lightness((accent.lch().lightness + hover_step).clamp(0.0, 1.0)).rgb();
    Tones {
        accent: accent.to_string(),
        accent_hover: hover.to_string(),
        accent_soft: soft.to_string(),
        accent_line: line.to_string(),
        accent_ink: ink(lch, soft, ground).to_string(),
        on_accent: on.to_string(),
    }
}

/// The accent and the text on it. On light pages the accent is the tenant's very colour if text can be read on it; on
/// dark ones it must not drown.
fn filled(brand: Rgb, lch: Lch, ground: &Ground) -> (Rgb, Rgb) {
    let (lightness, mut accent) = match lch.lightness {
        dark if ground.is_dark => (dark.max(0.62), lch.with_lightness(dark.max(0.62)).rgb()),
        pale if pale > 0.86 => (0.86, lch.with_lightness(0.86).rgb()),
        lightness => (lightness, brand),
    };
    let on_white = accent.contrast(WHITE);
    // A colour that is nearly dark enough for white text is made so: it looks more like itself than under black text.
    let takes_white = on_white >= READABLE || !ground.is_dark && on_white >= 3.4 && lightness < 0.64;
    let on = if takes_white { WHITE } else { lch.with_chroma_up_to(0.04).with_lightness(0.2).rgb() };
    let step = if takes_white { -0.006 } else { 0.006 };
    let mut lightness = lightness;
    while accent.contrast(on) < READABLE && (0.0..=1.0).contains(&lightness) {
        lightness += step;
        accent = lch.with_lightness(lightness).rgb();
    }
    (accent, on)
}

fn ink(lch: Lch, soft: Rgb, ground: &Ground) -> Rgb {
    let mut lightness = if ground.is_dark { lch.lightness.max(0.78) } else { lch.lightness.min(0.5) };
    loop {
        let ink = lch.with_lightness(lightness).rgb();
        let can_be_read = ink.contrast(soft) >= READABLE
            && ground.surfaces.iter().all(|surface| ink.contrast(*surface) >= READABLE);
        if can_be_read || !(0.05..=0.99).contains(&lightness) {
            return ink;
        }
        lightness += if ground.is_dark { 0.01 } else { -0.01 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(color: &str) -> Rgb {
        Rgb::parse(color).expect("a tone is a colour")
    }

    #[test]
    fn whatever_colour_a_tenant_chooses_what_is_written_can_be_read() {
        for digits in 0..0x1000 {
            let brand = format!("#{digits:03x}");
            let palette = palette(Some(&brand));
            for (theme, tones, ground) in [("light", &palette.light, LIGHT), ("dark", &palette.dark, DARK)] {
                let (on, ink) = (rgb(&tones.on_accent), rgb(&tones.accent_ink));
                let mut pairs = vec![
                    ("the accent", on, rgb(&tones.accent)),
                    ("the accent under a pointer", on, rgb(&tones.accent_hover)),
                    ("the soft tone", ink, rgb(&tones.accent_soft)),
                ];
                pairs.extend(ground.surfaces.map(|surface| ("a surface", ink, surface)));
                for (what, text, on) in pairs {
                    let contrast = text.contrast(on);
                    assert!(contrast >= 4.5, "{brand}, {theme}: {contrast:.2} on {what}: {tones:?}");
                }
            }
        }
    }

    #[test]
    fn a_button_is_seen_on_dark_pages_and_on_light_ones() {
        for digits in 0..0x1000 {
            let brand = format!("#{digits:03x}");
            let palette = palette(Some(&brand));
            assert!(rgb(&palette.dark.accent).contrast(DARK.surfaces[0]) >= 3.0, "{brand}");
            assert!(rgb(&palette.light.accent).contrast(WHITE) >= 1.2, "{brand}");
        }
    }

    #[test]
    fn a_colour_that_can_be_written_on_stays_as_it_was_chosen() {
        for brand in [crate::HARMONY, "#b4235a", "#7c3aed", "#0a5ad4", "#e0a800"] {
            assert_eq!(palette(Some(brand)).light.accent, brand);
        }
    }

    #[test]
    fn the_sheet_holds_six_tokens_and_nothing_that_was_typed() {
        let css = palette(Some("#b4235a")).css();
        assert!(css.starts_with(":root{--accent:light-dark(#b4235a,#"), "{css}");
        assert_eq!(css.matches(":light-dark(#").count(), 6);
        let own = palette(None);
        for text in ["", "red", "#12", "#fff;}body{x", "url(x)"] {
            assert_eq!(palette(Some(text)), own, "{text}");
        }
    }
}
