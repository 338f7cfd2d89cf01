//! Text measurement for labels, estimated generously so that no label is cut, whatever the font.

/// Size of the words in a drawing.
const EM: u32 = 11;

/// About how wide a text is, at most.
pub fn width(text: &str) -> i64 {
    let hundredths: u32 = text.chars().map(advance).sum();
    i64::from((hundredths * EM).div_ceil(100))
}

/// Of a hundred parts of the size, as wide sans-serif faces have it.
fn advance(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '’' | '.' | ',' | ':' | ';' | '|' | '!' | '·' | 'I' => 34,
        ' ' | '\u{a0}' | 'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 41,
        'm' | 'w' | 'M' | 'W' | '→' | '←' | '%' | '@' => 98,
        'A'..='Z' => 74,
        // Scripts whose signs fill a square.
        '\u{1100}'.. => 105,
        _ => 64,
    }
}

/// The longest of these texts that fits; they come longest first.
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
