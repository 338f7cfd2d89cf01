//! Text measurement for labels, estimated generously so that no label is cut, whatever the font.

/// Font size of labels.
const EM: u32 = 11;

/// Returns an upper estimate of a text's width.
pub fn width(text: &str) -> i64 {
    let hundredths: u32 = text.chars().map(advance).sum();
    i64::from((hundredths * EM).div_ceil(100))
}

/// Returns the advance width in hundredths of the font size, as in wide sans-serif fonts.
fn advance(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '’' | '.' | ',' | ':' | ';' | '|' | '!' | '·' | 'I' => 34,
        ' ' | '\u{a0}' | 'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 41,
        'm' | 'w' | 'M' | 'W' | '→' | '←' | '%' | '@' => 98,
        'A'..='Z' => 74,
        // Full-width scripts.
        '\u{1100}'.. => 105,
        _ => 64,
    }
}

/// Returns the first text that fits; the longest comes first.
pub fn longest_that_fits(texts: &[String], room: i64) -> Option<&String> {
    texts.iter().find(|text| width(text) <= room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_text_is_chosen_only_where_it_fits() {
        let texts = ["1 Sep – 28 Nov · completed", "1 Sep – 28 Nov", "28 Nov"].map(str::to_owned);
        assert_eq!(longest_that_fits(&texts, 400), Some(&texts[0]));
        assert_eq!(longest_that_fits(&texts, 100), Some(&texts[1]));
        assert_eq!(longest_that_fits(&texts, 10), None);
        assert!(width("mmmm") > width("iiii"));
        assert_eq!(width(""), 0);
    }
}
