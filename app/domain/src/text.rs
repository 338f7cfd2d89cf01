//! Sanitising of untrusted text for display: blank text is detected, direction controls are removed, long text is cut.

use std::borrow::Cow;

/// Returns whether a text is invisible: white space, control characters, and characters that Unicode says to ignore.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|one| one.is_whitespace() || one.is_control() || is_ignorable(one))
}

/// Returns whether a character has Unicode's property `Default_Ignorable_Code_Point`, or is the empty Braille pattern,
/// which is as invisible.
fn is_ignorable(one: char) -> bool {
    matches!(
        one,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns whether a character changes the direction of the text after it: embeddings, overrides, isolates and their
/// ends. Direction marks (U+200E, U+200F, U+061C) do not affect what follows, and stay.
pub fn is_direction_control(one: char) -> bool {
    matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Removes direction controls, so that a text affects neither the words beside it on a page nor those after it in a
/// cell, a calendar or a window title, where it cannot be isolated.
pub fn without_direction(text: &str) -> Cow<'_, str> {
    if text.contains(is_direction_control) {
        Cow::Owned(text.replace(is_direction_control, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Cuts a text to this many characters, the last of them an ellipsis.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // Few bytes cannot be many characters, so most texts need no counting.
    if text.len() <= most || text.char_indices().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let kept = text.char_indices().nth(most.saturating_sub(1)).map_or(text, |(end, _)| &text[..end]);
    Cow::Owned(format!("{}…", kept.trim_end()))
}

/// Returns "1 day", "7 days", for words with a regular plural.
pub fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// Returns "1 item", "3 fields": the size of a list or an object, where its content is not shown.
pub fn size_in_words(size: usize, word: &str) -> String {
    counted(u64::try_from(size).unwrap_or(u64::MAX), word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_shows_nothing_is_blank() {
        for text in [
            "",
            " ",
            "\t\r\n",
            "\u{200b}",
            "\u{a0}\u{feff}\u{2060}",
            "\u{202e}\u{202c}",
            "\u{3164}",
            "\u{2800} \u{ad}",
            "\0",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " a ", "\u{200b}.\u{200b}", "é", "\u{fffd}", "👩\u{200d}💻", "אבג"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_cut_to_its_beginning_and_never_longer(text in any::<String>(), most in 1_usize..30) {
            let shown = cut(&text, most);
            prop_assert!(shown.chars().count() <= most);
            if text.chars().count() <= most {
                prop_assert_eq!(&*shown, text.as_str());
            } else {
                prop_assert!(shown.ends_with('…') && text.starts_with(shown.trim_end_matches('…').trim_end()));
            }
        }
    }
}
