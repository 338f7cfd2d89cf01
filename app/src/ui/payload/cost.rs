//! How many bytes texts take in HTML, by which pages are kept small whatever they show.

use domain::text::is_direction_control;

/// Returns the bytes of a character in HTML, escaped.
pub fn of_char(one: char) -> usize {
    match one {
        '&' => 5,
        '<' | '>' => 4,
        '"' | '\'' => 6,
        one if is_direction_control(one) => 6,
        one => one.len_utf8(),
    }
}

/// Returns the bytes of a text in HTML, escaped.
pub fn of_text(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// Returns the bytes of a text in the query string of an address, at most.
pub fn in_query(text: &str) -> usize {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { 1 } else { 3 }).sum()
}
