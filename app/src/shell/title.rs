//! Titles of documents, escaped.

use domain::text::{cut, without_direction};

/// Longer titles are cut: no tab and no bookmark shows more.
const MAX_LENGTH: usize = 150;

/// The content of `<title>`, escaped: whoever writes it into the document writes it as it stands. One line, not too long,
/// without controls of direction.
pub fn escaped(text: &str) -> String {
    let words = cut(text, MAX_LENGTH).replace(char::is_control, " ");
    html_escape::encode_text(&without_direction(&words)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_of_a_document_is_escaped_cut_and_turned_by_nothing() {
        let planted = "</title><meta http-equiv=refresh content=\"0;url=/x\">\u{202e}\n&";
        let title = escaped(planted);
        assert!(!title.contains(['<', '>', '\u{202e}', '\n']), "{title}");
        assert!(title.starts_with("&lt;") && title.ends_with("&amp;"), "{title}");
        assert_eq!(escaped("Brand refresh · Junoscope"), "Brand refresh · Junoscope");
        assert_eq!(escaped(&"long ".repeat(1_000)).chars().count(), MAX_LENGTH);
    }

    proptest! {
        #[test]
        fn no_title_of_a_document_holds_markup(text in any::<String>()) {
            prop_assert!(!escaped(&text).contains(['<', '>']));
        }
    }
}
