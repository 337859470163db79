//! Numbers by which the law knows a company.

/// Why a number is refused; the sentence follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompanyError {
    #[error("must be a SIRET number: 14 digits, of which the last one proves the others")]
    Siret,
    #[error("must be a VAT number with its country, such as FR40303265045")]
    VatId,
}

/// La Poste's own: its many offices outgrew the usual proof (INSEE).
const LA_POSTE: &str = "356000000";

/// A SIRET number without spaces. Its digits are proven by the formula of Luhn.
pub fn siret(text: &str) -> Result<String, CompanyError> {
    let number = compact(text);
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let digits = digits.filter(|digits| digits.len() == 14).ok_or(CompanyError::Siret)?;
    let doubled = |(place, digit): (usize, &u32)| if place.is_multiple_of(2) { digit * 2 } else { *digit };
    let luhn: u32 = digits.iter().enumerate().map(doubled).map(|value| value / 10 + value % 10).sum();
    let is_a_post_office = number.starts_with(LA_POSTE) && digits.iter().sum::<u32>().is_multiple_of(5);
    if luhn.is_multiple_of(10) || is_a_post_office { Ok(number) } else { Err(CompanyError::Siret) }
}

/// A VAT number without spaces, in capitals: two letters of the country and what it gives out.
pub fn vat_id(text: &str) -> Result<String, CompanyError> {
    let number = compact(text).to_ascii_uppercase();
    let (country, rest) = number.split_at_checked(2).ok_or(CompanyError::VatId)?;
    let fits = country.bytes().all(|letter| letter.is_ascii_uppercase())
        && (2..=13).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().any(|byte| byte.is_ascii_digit());
    if fits { Ok(number) } else { Err(CompanyError::VatId) }
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_proves_itself() {
        assert_eq!(siret(" 732 829 320 00074 ").unwrap(), "73282932000074");
        assert_eq!(siret("35600000000048").unwrap(), "35600000000048");
        assert_eq!(siret("35600000049837").unwrap(), "35600000049837");
        for text in
            ["", "73282932000075", "7328293200007", "732829320000740", "7328293200007x", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"]
        {
            assert_eq!(siret(text), Err(CompanyError::Siret), "{text}");
        }
    }

    #[test]
    fn a_vat_number_names_its_country() {
        assert_eq!(vat_id("fr 40 303 265 045").unwrap(), "FR40303265045");
        assert_eq!(vat_id("ATU12345678").unwrap(), "ATU12345678");
        for text in ["", "F", "FR", "40303265045", "FRXX", "FR4030326504567890", "FR40<script>", "éa12345678"]
        {
            assert_eq!(vat_id(text), Err(CompanyError::VatId), "{text}");
        }
    }
}
