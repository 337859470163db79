//! A QR code as a drawing: one path of dark modules.

use qrcode::{Color, EcLevel, QrCode};

/// Of the quiet zone on each side: the page's own white around the drawing is the rest (ISO/IEC 18004, 9.1, wants 4).
const QUIET: usize = 2;

/// An `<svg>` of the text; nothing when it does not fit into a code.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                let [x, y, width] = [x + QUIET, y + QUIET, run.len()].map(|number| number.to_string());
                path.extend(["M", &x, " ", &y, "h", &width, "v1h-", &width, "z"]);
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        r##"<svg viewBox="0 0 {side} {side}" shape-rendering="crispEdges" aria-hidden="true"><path fill="#000" d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_the_dark_modules_of_its_code() {
        let svg = svg("https://harmony.example/manage/abc").unwrap();
        let code =
            QrCode::with_error_correction_level("https://harmony.example/manage/abc", EcLevel::L).unwrap();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        let drawn: usize = svg
            .split('M')
            .skip(1)
            .map(|part| part.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, dark);
        assert!(super::svg(&"x".repeat(5_000)).is_none());
    }
}
