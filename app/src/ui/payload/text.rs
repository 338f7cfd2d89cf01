//! A text in parts of bounded size.

use super::{cost, legible};
use serde_json::Value;
use std::io;

/// Maximum length of an indented text, in bytes: deeply nested JSON grows a hundredfold.
const LONGEST: usize = 4 << 20;

/// One part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// The text of this part.
    pub text: String,
    /// The number of this part, from 1.
    pub number: usize,
    /// The number of parts.
    pub parts: usize,
}

/// Returns JSON indented by two spaces; `None` for other text, and where it would be too long.
pub fn indented(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut room = Room(Vec::new());
    serde_json::to_writer_pretty(&mut room, &value).ok()?;
    String::from_utf8(room.0).ok()
}

/// A buffer that refuses more than [`LONGEST`].
struct Room(Vec<u8>);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns a part of a text, counted from 1, the last one where there are fewer. A part takes at most `budget` bytes of
/// HTML, and ends with a line where one ends in its second half.
pub fn text_part(text: &str, part: usize, budget: usize) -> TextPart {
    let (mut number, mut parts, mut shown) = (1, 0, "");
    let mut rest = text;
    loop {
        let (first, after) = split(rest, budget);
        parts += 1;
        if parts <= part.max(1) {
            (number, shown) = (parts, first);
        }
        rest = after;
        if rest.is_empty() {
            return TextPart { text: legible(shown), number, parts };
        }
    }
}

fn split(text: &str, budget: usize) -> (&str, &str) {
    let (mut spent, mut line_end) = (0, None);
    for (place, one) in text.char_indices() {
        spent += cost::of_char(one);
        if spent > budget && place > 0 {
            return text.split_at(line_end.unwrap_or(place));
        }
        if one == '\n' && spent > budget / 2 {
            line_end = Some(place + 1);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn json_is_indented_unless_that_would_be_too_long() {
        assert_eq!(indented("{\"a\":[1.10]}").unwrap(), "{\n  \"a\": [\n    1.10\n  ]\n}");
        assert_eq!(indented("no JSON"), None);
        let deep = format!("[{}1]", format!("{}{},", "[".repeat(100), "]".repeat(100)).repeat(2_000));
        assert_eq!(indented(&deep), None);
    }

    #[test]
    fn what_turns_text_round_is_written_out() {
        assert_eq!(text_part("[\"\u{202e}\"]", 1, 100).text, "[\"\\u202e\"]");
    }

    #[test]
    fn a_part_ends_with_a_line_where_it_can() {
        let lines = "0123456789\n".repeat(10);
        assert_eq!(text_part(&lines, 1, 40).text, "0123456789\n".repeat(3));
        assert_eq!(text_part("", 7, 40), TextPart { text: String::new(), number: 1, parts: 1 });
    }

    proptest! {
        #[test]
        fn parts_are_the_whole_text_and_never_too_long(text in "[a-z<&\"é\n]{0,300}", budget in 10_usize..60) {
            let parts = text_part(&text, 1, budget).parts;
            let mut all = String::new();
            for number in 1..=parts {
                let part = text_part(&text, number, budget);
                prop_assert_eq!((part.number, part.parts), (number, parts));
                prop_assert!(cost::of_text(&part.text) <= budget);
                all.push_str(&part.text);
            }
            prop_assert_eq!(all, text.clone());
            prop_assert_eq!(text_part(&text, parts + 5, budget), text_part(&text, parts, budget));
        }
    }
}
