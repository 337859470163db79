//! Pictures that people upload: judged by what they are, turned upright, freed of everything but what is seen, made
//! small. What comes out was encoded here: no byte of what was sent is kept.

use std::io::Cursor;

use domain::image::{Format, widths};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, RgbImage,
};

/// Most bytes of a picture as it is sent.
pub const MOST_BYTES: usize = 10_000_000;
/// Most pixels of a picture as it is sent: what a telephone makes, and not what a bomb unfolds to.
const MOST_PIXELS: u64 = 40_000_000;
/// Most bytes that a decoder may ask for.
const MOST_MEMORY: u64 = 330_000_000;
const QUALITY: u8 = 80;

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Stands small, and may be seen through.
    Logo,
    /// Fills its place.
    Photo,
}

impl Purpose {
    /// The largest width and height that are kept.
    const fn frame(self) -> (u32, u32) {
        match self {
            Self::Logo => (480, 480),
            Self::Photo => (1_280, 1_600),
        }
    }
}

/// A picture that is ready to be kept.
#[derive(Clone, Debug)]
pub struct Picture {
    pub format: Format,
    /// Of the largest variant.
    pub width: u32,
    pub height: u32,
    /// One for each of [`widths`].
    pub variants: Vec<Variant>,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub width: u32,
    pub bytes: Vec<u8>,
}

impl Picture {
    pub fn size(&self) -> usize {
        self.variants.iter().map(|variant| variant.bytes.len()).sum()
    }
}

/// Why a picture is refused; the sentence follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("must be a JPEG, PNG, WebP or GIF picture")]
    Unknown,
    #[error("must have at most 10 MB")]
    TooManyBytes,
    #[error("must have at most 40 million pixels")]
    TooManyPixels,
    #[error("must have at least 16 pixels on each side, and one at most 12 times as long as the other")]
    Shape,
    #[error("is damaged, or was not sent to its end")]
    Broken,
}

impl ImageError {
    /// Its stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "NO_PICTURE",
            Self::TooManyBytes => "PICTURE_TOO_LARGE",
            Self::TooManyPixels => "PICTURE_TOO_MANY_PIXELS",
            Self::Shape => "PICTURE_SHAPE",
            Self::Broken => "PICTURE_BROKEN",
        }
    }
}

/// Judges a picture by its content, and makes of it what is kept. Takes up to some seconds of computing.
pub fn prepare(bytes: &[u8], purpose: Purpose) -> Result<Picture, ImageError> {
    if bytes.len() > MOST_BYTES {
        return Err(ImageError::TooManyBytes);
    }
    keep(decode(bytes)?, purpose)
}

/// Makes of a picture what is kept.
pub fn keep(picture: DynamicImage, purpose: Purpose) -> Result<Picture, ImageError> {
    let (width, height) = fitting(picture.dimensions(), purpose.frame());
    let is_seen_through = picture.color().has_alpha() && has_holes(&picture);
    let (picture, format) = match purpose {
        Purpose::Logo if is_seen_through => (picture, Format::Png),
        _ if is_seen_through => (on_white(&picture), Format::Jpeg),
        _ => (DynamicImage::ImageRgb8(picture.into_rgb8()), Format::Jpeg),
    };
    let mut source = picture;
    let mut variants = Vec::new();
    // Each from the next larger one.
    for variant in widths(width).into_iter().rev() {
        source = scaled(source, variant, fitting((width, height), (variant, height)).1);
        variants.push(Variant { width: variant, bytes: encode(&source, format)? });
    }
    variants.reverse();
    Ok(Picture { format, width, height, variants })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let format = image::guess_format(bytes).map_err(|_unknown| ImageError::Unknown)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(ImageError::Unknown);
    }
    // Its decoder paints what is missing.
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(ImageError::Broken);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    // Before anything of that size is asked for.
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(ImageError::TooManyPixels);
    }
    if width.min(height) < 16 || width.max(height) / width.min(height) >= 12 {
        return Err(ImageError::Shape);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether a JPEG comes to its end: its segments lead to the marker of it (ITU-T T.81, B.1.1).
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let is_marker = |pair: &[u8]| matches!(pair, [0xff, kind] if !matches!(kind, 0 | 1 | 0xd0..=0xd7 | 0xff));
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some(at) = rest.windows(2).position(is_marker) {
        let Some([_, kind, after @ ..]) = rest.get(at..) else { return false };
        if *kind == END {
            return true;
        }
        // A segment tells its length; the coded picture after the start of a scan has no markers but those passed over.
        let [high, low, ..] = after else { return false };
        rest = after.get(usize::from(u16::from_be_bytes([*high, *low]))..).unwrap_or_default();
    }
    false
}

fn refusal(error: &image::ImageError) -> ImageError {
    match error {
        image::ImageError::Limits(_) => ImageError::TooManyPixels,
        _ => ImageError::Broken,
    }
}

/// The size that fits into `frame`, in the same shape; what fits already stays.
fn fitting((width, height): (u32, u32), (most_width, most_height): (u32, u32)) -> (u32, u32) {
    if width <= most_width && height <= most_height {
        return (width, height);
    }
    let part = |of: u32, by: u32, whole: u32| {
        let (of, by, whole) = (u64::from(of), u64::from(by), u64::from(whole.max(1)));
        u32::try_from((of * by + whole / 2) / whole).unwrap_or(u32::MAX).max(1)
    };
    let by_width = (most_width, part(height, most_width, width));
    if by_width.1 <= most_height { by_width } else { (part(width, most_height, height), most_height) }
}

fn scaled(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    let is_much_larger = |size: (u32, u32)| size.0 / 2 > width.saturating_mul(2);
    if picture.dimensions() == (width, height) {
        return picture;
    }
    // A fast rough step first: the fine one is slow on many pixels.
    let picture = if is_much_larger(picture.dimensions()) {
        picture.thumbnail_exact(width.saturating_mul(2), height.saturating_mul(2))
    } else {
        picture
    };
    picture.resize_exact(width, height, FilterType::CatmullRom)
}

fn has_holes(picture: &DynamicImage) -> bool {
    picture.pixels().any(|(_, _, pixel)| pixel.0.last().is_some_and(|alpha| *alpha < u8::MAX))
}

fn on_white(picture: &DynamicImage) -> DynamicImage {
    let pixels = picture.to_rgba8();
    let mut flat = RgbImage::new(pixels.width(), pixels.height());
    for (to, from) in flat.pixels_mut().zip(pixels.pixels()) {
        let [red, green, blue, alpha] = from.0;
        to.0 = [red, green, blue].map(|value| {
            let mixed = (u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        });
    }
    DynamicImage::ImageRgb8(flat)
}

/// A picture as a file, of nothing but its pixels.
fn encode(picture: &DynamicImage, format: Format) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    let written = match format {
        Format::Jpeg => {
            let pixels = picture.to_rgb8();
            let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            encoder.write_image(&pixels, width, height, image::ExtendedColorType::Rgb8)
        }
        Format::Png => {
            let pixels = picture.to_rgba8();
            let encoder =
                PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
            encoder.write_image(&pixels, width, height, image::ExtendedColorType::Rgba8)
        }
    };
    written.map_err(|error| refusal(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, Rgba, RgbaImage};

    fn photo(width: u32, height: u32) -> DynamicImage {
        let color =
            |x: u32, y: u32| Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90]);
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, color))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG with what a camera notes: upright only after a quarter turn to the right, and where it was taken.
    fn from_a_camera(picture: &DynamicImage) -> Vec<u8> {
        let jpeg = written(picture, ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend(b"48.8566N 2.3522E");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn every_kind_that_browsers_send_is_kept_in_steps() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let kept = prepare(&written(&photo(700, 350), format), Purpose::Photo).unwrap();
            assert_eq!((kept.format, kept.width, kept.height), (Format::Jpeg, 700, 350), "{format:?}");
            let sizes: Vec<_> = kept
                .variants
                .iter()
                .map(|variant| (variant.width, image::load_from_memory(&variant.bytes).unwrap().dimensions()))
                .collect();
            assert_eq!(sizes, [(160, (160, 80)), (320, (320, 160)), (640, (640, 320)), (700, (700, 350))]);
        }
    }

    #[test]
    fn a_large_one_is_made_to_fit_its_frame() {
        let kept = prepare(&written(&photo(1_000, 2_000), ImageFormat::Jpeg), Purpose::Photo).unwrap();
        assert_eq!((kept.width, kept.height), (800, 1_600));
        let kept = prepare(&written(&photo(2_000, 1_000), ImageFormat::Jpeg), Purpose::Logo).unwrap();
        assert_eq!((kept.width, kept.height), (480, 240));
    }

    #[test]
    fn a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken() {
        let sent = from_a_camera(&photo(400, 200));
        assert!(sent.windows(8).any(|part| part == b"48.8566N"));
        let kept = prepare(&sent, Purpose::Photo).unwrap();
        assert_eq!((kept.width, kept.height), (200, 400));
        for variant in kept.variants {
            assert!(!variant.bytes.windows(4).any(|part| part == b"Exif"));
            assert!(!variant.bytes.windows(8).any(|part| part == b"48.8566N"));
        }
    }

    #[test]
    fn a_logo_may_be_seen_through_and_a_photo_stands_on_white() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(64, 64, Rgba([255, 0, 0, 0])));
        let sent = written(&clear, ImageFormat::Png);
        let logo = prepare(&sent, Purpose::Logo).unwrap();
        assert_eq!(logo.format, Format::Png);
        assert_eq!(
            image::load_from_memory(&logo.variants[0].bytes).unwrap().to_rgba8().get_pixel(9, 9)[3],
            0
        );
        let photo = prepare(&sent, Purpose::Photo).unwrap();
        assert_eq!(photo.format, Format::Jpeg);
        assert!(
            image::load_from_memory(&photo.variants[0].bytes).unwrap().to_rgb8().get_pixel(9, 9)[1] > 250
        );
    }

    #[test]
    fn what_only_pretends_to_be_a_picture_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bytes in
            [&b""[..], b"x", b"<!doctype html><script>alert(1)</script>", svg, b"%PDF-1.7", b"BM\0\0\0\0"]
        {
            assert_eq!(prepare(bytes, Purpose::Photo).unwrap_err(), ImageError::Unknown, "{bytes:?}");
        }
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let whole = written(&photo(300, 300), format);
            let refused = prepare(&whole[..whole.len() / 8], Purpose::Photo).map(|_kept| ());
            assert_eq!(refused, Err(ImageError::Broken), "{format:?}");
        }
    }

    #[test]
    fn a_page_hidden_in_a_picture_does_not_come_out_of_it() {
        let hidden = b"<script>alert(1)</script>";
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif] {
            let sent = [&written(&photo(300, 300), format)[..], hidden].concat();
            for variant in prepare(&sent, Purpose::Photo).unwrap().variants {
                assert!(!variant.bytes.windows(8).any(|part| part == b"<script>"));
            }
        }
    }

    #[test]
    fn a_bomb_is_known_by_its_header() {
        // A PNG of 30,000 by 30,000 pixels that says so and has no more: it is refused before any is asked for.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend(30_000_u32.to_be_bytes());
        bomb.extend(30_000_u32.to_be_bytes());
        bomb.extend(b"\x08\x06\0\0\0");
        let crc = crc(&bomb[12..]);
        bomb.extend(crc.to_be_bytes());
        bomb.extend(b"\0\0\0\x10IDAT0123456789abcdef\0\0\0\0");
        assert_eq!(prepare(&bomb, Purpose::Photo).unwrap_err(), ImageError::TooManyPixels);
        assert_eq!(prepare(&vec![0; MOST_BYTES + 1], Purpose::Photo).unwrap_err(), ImageError::TooManyBytes);
        let thin = written(&photo(16, 400), ImageFormat::Png);
        assert_eq!(prepare(&thin, Purpose::Photo).unwrap_err(), ImageError::Shape);
        let tiny = written(&photo(8, 8), ImageFormat::Png);
        assert_eq!(prepare(&tiny, Purpose::Photo).unwrap_err(), ImageError::Shape);
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        !crc
    }
}
