//! Pictures for the demo, drawn here: hair that falls, a lamp-lit room, a northern sky, lights over snow, three marks.

use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};

type Color = [u8; 3];

/// Between two colours: 0 is the first, 256 the second.
fn mix(from: Color, to: Color, part: i64) -> Color {
    let part = part.clamp(0, 256);
    let ([from_red, from_green, from_blue], [to_red, to_green, to_blue]) = (from, to);
    [(from_red, to_red), (from_green, to_green), (from_blue, to_blue)].map(|(from, to)| {
        let mixed = (i64::from(from) * (256 - part) + i64::from(to) * part) / 256;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}

/// A number that is always the same for `n` and looks like chance: 0..=256.
fn chance(n: i64) -> i64 {
    let n = n.wrapping_mul(0x9e37_79b9).rem_euclid(0x7fff_ffff);
    let n = (n ^ (n >> 15)).wrapping_mul(0x2c1b_3c6d).rem_euclid(0x7fff_ffff);
    (n ^ (n >> 12)) % 257
}

/// Chance that changes smoothly, from cell to cell: 0..=256.
fn smooth(at: i64, cell: i64) -> i64 {
    let (index, rest) = (at.div_euclid(cell), at.rem_euclid(cell));
    (chance(index * 31 + cell) * (cell - rest) + chance((index + 1) * 31 + cell) * rest) / cell
}

fn draw(width: u32, height: u32, color: impl Fn(i64, i64) -> Color) -> DynamicImage {
    let at = |value: u32, whole: u32| i64::from(value) * 1_000 / i64::from(whole.max(1));
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb(color(at(x, width) * i64::from(width) / i64::from(height.max(1)), at(y, height)))
    }))
}

/// Strands of hair with a sheen across; `bend` is how far they sweep to the side.
pub(super) fn hair(dark: Color, light: Color, bend: i64) -> DynamicImage {
    draw(640, 480, |x, y| {
        let sweep = y * y / 1_000 * bend / 1_000 + smooth(y + 500, 420) / 4;
        let strand = x * 2 + sweep * 2;
        let thickness = (smooth(strand, 90) * 3 + smooth(strand, 23) * 3 + smooth(strand, 7) * 2) / 8;
        let sheen = (256 - (y - 330 - smooth(x, 160) / 4).abs()).max(0);
        mix(dark, light, (thickness * (110 + sheen) / 256).min(256))
    })
}

/// A round light, soft at its edge, on what is there.
fn glow(below: Color, light: Color, distance_squared: i64, radius: i64) -> Color {
    let reach = radius * radius;
    mix(below, light, 200 * (reach - distance_squared).max(0) / reach)
}

/// A wall in evening light, an arched mirror and three lamps.
pub(super) fn salon() -> DynamicImage {
    draw(1_280, 640, |x, y| {
        let mut color = mix([250, 232, 226], [214, 148, 158], (x / 4 + y / 2) * 256 / 1_000);
        let is_floor = y > 800 + smooth(x, 700) / 64;
        if is_floor {
            color = mix([150, 92, 96], [116, 66, 78], (y - 800) * 256 / 200);
        }
        for (middle, lamp) in [(420, 110), (1_000, 90), (1_580, 120)] {
            let (dx, dy) = (x - middle, y - 470);
            let in_arch = if dy < 0 { dx * dx + dy * dy < 190 * 190 } else { dx.abs() < 190 && y < 830 };
            let in_frame = if dy < 0 { dx * dx + dy * dy < 204 * 204 } else { dx.abs() < 204 && y < 844 };
            if in_frame && !in_arch {
                color = [176, 120, 92];
            }
            if in_arch {
                let reflection = (dx + dy + 400) / 4 + smooth(dx * 2 + dy, 130) / 6;
                color = mix([255, 246, 240], [204, 150, 160], reflection * 256 / 280);
            }
            color = glow(color, [255, 236, 190], dx * dx + (y - lamp) * (y - lamp), 210);
            if dx * dx + (y - lamp) * (y - lamp) < 34 * 34 {
                color = [255, 250, 232];
            }
            if dx.abs() < 3 && y < lamp - 30 {
                color = [120, 78, 74];
            }
        }
        color
    })
}

/// Hills under a sky before the sun is up.
pub(super) fn dawn() -> DynamicImage {
    draw(1_280, 640, |x, y| {
        let mut color = mix([38, 28, 92], [246, 178, 150], y * 256 / 820);
        color = glow(color, [255, 226, 190], (x - 1_380) * (x - 1_380) + (y - 640) * (y - 640), 520);
        if y < 420 && chance(x / 3 * 7_919 + y / 3 * 104_729) > 255 {
            color = [236, 232, 255];
        }
        for (index, (height, from)) in
            [(560, [112, 84, 150]), (660, [84, 62, 128]), (770, [54, 40, 100]), (880, [30, 22, 66])]
                .into_iter()
                .enumerate()
        {
            let turn = i64::try_from(index).unwrap_or_default() * 977;
            let ridge = height - smooth(x + turn, 340) / 2 - smooth(x + turn, 110) / 8 + 90;
            if y > ridge {
                color = mix(from, [22, 16, 52], (y - ridge) * 256 / 900);
            }
        }
        color
    })
}

/// Lights of the north over a snowed-in shore.
pub(super) fn aurora() -> DynamicImage {
    draw(1_280, 640, |x, y| {
        let mut color = mix([6, 18, 44], [22, 60, 92], y * 256 / 800);
        if y < 560 && chance(x / 3 * 7_919 + y / 3 * 104_729) > 255 {
            color = [226, 240, 255];
        }
        for (turn, low, light) in
            [(0, 560, [64, 224, 170]), (3_301, 470, [72, 190, 220]), (7_717, 380, [150, 110, 220])]
        {
            let foot = low + smooth(x + turn, 420) / 2 - smooth(x + turn, 90) / 6;
            let rays = 90 + smooth(x * 3 + turn, 60) / 2;
            let above = foot - y;
            if (0..300).contains(&above) {
                color = mix(color, light, (300 - above) * rays / 330);
            } else if (-40..0).contains(&above) {
                color = mix(color, light, (40 + above) * rays / 44);
            }
        }
        let shore = 800 - smooth(x + 211, 500) / 5 - smooth(x, 120) / 20;
        if y > shore {
            color = mix([150, 186, 206], [232, 240, 248], (y - shore) * 256 / 200);
        }
        let tree = (x + 40).rem_euclid(92) - 46;
        let height = 60 + chance((x + 40).div_euclid(92) * 17) / 3;
        let up = shore + 14 - y;
        if (0..height).contains(&up) && tree.abs() < (height - up) * 22 / height + (up % 17) / 4 {
            color = mix([8, 26, 40], [30, 62, 74], up * 256 / height.max(1));
        }
        color
    })
}

fn mark(ground: Color, ink: Color, is_ink: impl Fn(i64, i64) -> bool) -> DynamicImage {
    const SIDE: i64 = 240;
    let side = u32::try_from(SIDE).unwrap_or_default();
    // Four looks at each pixel make round edges smooth.
    DynamicImage::ImageRgba8(RgbaImage::from_fn(side, side, |x, y| {
        let (mut on_disc, mut on_ink) = (0, 0);
        for (dx, dy) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            let (x, y) = (i64::from(x) * 4 + dx - SIDE * 2, i64::from(y) * 4 + dy - SIDE * 2);
            on_disc += i64::from(x * x + y * y < 476 * 476);
            on_ink += i64::from(is_ink(x, y));
        }
        let [red, green, blue] = mix(ground, ink, on_ink * 64);
        Rgba([red, green, blue, u8::try_from(on_disc * 255 / 4).unwrap_or(u8::MAX)])
    }))
}

/// A C of two arcs, as a comb draws it.
pub(super) fn letter() -> DynamicImage {
    mark([180, 67, 108], [255, 246, 240], |x, y| {
        let distance = x * x + y * y;
        let is_open = x > 0 && y.abs() * 10 < x * 7;
        ((210 * 210..290 * 290).contains(&distance) || (130 * 130..160 * 160).contains(&distance)) && !is_open
    })
}

/// A star of four points.
pub(super) fn star() -> DynamicImage {
    mark([109, 74, 255], [255, 255, 255], |x, y| {
        let (x, y) = (x.abs(), y.abs());
        x + y < 330 && (x + 22) * (y + 22) < 330 * 26
    })
}

/// The six blades of a shutter.
pub(super) fn shutter() -> DynamicImage {
    mark([14, 110, 110], [238, 252, 248], |x, y| {
        let distance = x * x + y * y;
        // Six edges, turned by 60° each; the sine and cosine in thousandths.
        let edges = [(1_000, 0), (500, 866), (-500, 866), (-1_000, 0), (-500, -866), (500, -866)];
        let inside = edges.iter().all(|(cos, sin)| x * cos + y * sin < 120_000);
        let on_edge = edges.iter().any(|(cos, sin)| {
            let (across, along) = (x * cos + y * sin, y * cos - x * sin);
            (across - 120_000).abs() < 11_000 && along > -70_000
        });
        distance < 330 * 330 && !inside && !on_edge
    })
}
