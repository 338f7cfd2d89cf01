//! Negotiation of the content coding by `Accept-Encoding`, as RFC 9110, section 12.5.3 defines it.

use axum::http::{HeaderMap, header};

/// A content coding, the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Compressed with brotli.
    Brotli,
    /// Compressed with gzip: what browsers ask for over plain http.
    Gzip,
    /// Uncompressed.
    Identity,
}

impl Coding {
    /// Returns the name of the coding in headers.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    fn is_named(self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.as_str()) || self == Self::Gzip && name.eq_ignore_ascii_case("x-gzip")
    }
}

/// Chooses among the available codings, best first: the one with the highest weight, and of equal ones the first. If
/// the browser accepts none, the file is sent uncompressed, which is better than 406.
pub(super) fn choose(headers: &HeaderMap, there: impl IntoIterator<Item = Coding>) -> Coding {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let wishes: Vec<(&str, u16)> = values.flat_map(|value| value.split(',')).filter_map(wish).collect();
    let mut best = (Coding::Identity, 0);
    for coding in there {
        let weight = weight(&wishes, coding);
        if weight > best.1 {
            best = (coding, weight);
        }
    }
    best.0
}

/// Returns the browser's weight of a coding, in thousandths; 0 where it is refused.
fn weight(wishes: &[(&str, u16)], coding: Coding) -> u16 {
    let named = |wanted: &dyn Fn(&str) -> bool| wishes.iter().find(|(name, _)| wanted(name)).map(|(_, weight)| *weight);
    let own = named(&|name| coding.is_named(name)).or_else(|| named(&|name| name == "*"));
    // The identity coding is acceptable unless refused, and comes last where it was not named.
    own.unwrap_or(u16::from(coding == Coding::Identity))
}

/// Parses one entry: a name, and its weight in thousandths. Entries with an invalid weight are skipped.
fn wish(entry: &str) -> Option<(&str, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    Some((name, weight.map_or(Some(1000), thousandths)?))
}

/// Parses a weight, such as `0`, `0.5` or `1.000`: at most three decimals, and no more than 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || rest.len() > 3 || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let weight = format!("{whole}{rest:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    const ALL: [Coding; 3] = [Coding::Brotli, Coding::Gzip, Coding::Identity];

    fn chosen(value: &str) -> Coding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        choose(&headers, ALL)
    }

    #[test]
    fn the_smallest_form_that_is_taken_is_sent() {
        for (value, coding) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, deflate", Coding::Gzip),
            ("GZIP", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("deflate", Coding::Identity),
            ("", Coding::Identity),
            ("*", Coding::Brotli),
            ("*;q=0.1, gzip;q=0.2", Coding::Gzip),
            ("br;q=0, *", Coding::Gzip),
            ("br;q=0.5, gzip", Coding::Gzip),
            ("br;q=0.5, gzip;q=0.5", Coding::Brotli),
            ("br ; q = 1.0 , gzip;q=0.9", Coding::Brotli),
            ("br;q=0", Coding::Identity),
            ("br;q=0.000, gzip;q=0.00", Coding::Identity),
            ("br;q=0.001, identity", Coding::Identity),
            ("br;q=2, gzip", Coding::Gzip),
            ("br;q=abc", Coding::Identity),
            ("identity;q=0", Coding::Identity),
            ("identity;q=0, gzip", Coding::Gzip),
        ] {
            assert_eq!(chosen(value), coding, "{value}");
        }
        assert_eq!(choose(&HeaderMap::new(), ALL), Coding::Identity);
    }

    #[test]
    fn a_form_that_was_not_made_is_not_sent() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"));
        assert_eq!(choose(&headers, [Coding::Gzip, Coding::Identity]), Coding::Gzip);
        assert_eq!(choose(&headers, [Coding::Identity]), Coding::Identity);
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(value in "[ -~]{0,60}") {
            let _ = chosen(&value);
        }
    }
}
