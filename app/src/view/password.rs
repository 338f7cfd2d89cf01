//! Reasons why a new password is refused, in words. The query string carries short codes for them, so that no text of a
//! URL is shown on a page.

/// Minimum length of a password, in characters.
pub const MIN_LENGTH: usize = 12;

/// Returns the sentence of an error code.
pub fn error_in_words(error: &str) -> &'static str {
    match error {
        "short" => "That password is too short: at least 12 characters.",
        "mismatch" => "The two passwords differ.",
        "guessable" => "That password is too easy to guess.",
        "same" => "That is the password you have already. Choose another.",
        "old" => "The old password is not the right one. Nothing was changed.",
        "limited" => "Too many attempts. Wait a few minutes, then try again.",
        _ => "That did not work. Try again.",
    }
}

/// Advice by the codes of `advice=` in the query string.
const ADVICE: [(&str, &str); 26] = [
    ("rows", "Straight rows of keys are easy to guess."),
    ("keys", "Short patterns on the keyboard are easy to guess."),
    ("repeats", "Repeated characters such as “aaa” are easy to guess."),
    ("repeated-parts", "Repeats such as “abcabcabc” are hardly harder to guess than “abc”."),
    ("top-10", "It is one of the ten most common passwords."),
    ("top-100", "It is one of the hundred most common passwords."),
    ("common", "It is a very common password."),
    ("similar", "It is similar to a common password."),
    ("sequences", "Sequences such as “abc” or “6543” are easy to guess."),
    ("recent-years", "Recent years are easy to guess."),
    ("one-word", "A word by itself is easy to guess."),
    ("dates", "Dates are often easy to guess."),
    ("names", "Names by themselves are easy to guess."),
    ("common-names", "Common names are easy to guess."),
    ("use-words", "Use a few words, and no common phrase."),
    ("no-symbols", "Symbols, digits and capital letters are not needed."),
    ("add-words", "Add another word or two, uncommon ones."),
    ("capitals", "Capital letters do not help much."),
    ("all-capitals", "All capital letters are almost as easy to guess as all small ones."),
    ("reversed", "Words spelt backwards are hardly harder to guess."),
    ("substitutions", "Predictable substitutions such as “@” for “a” do not help much."),
    ("longer-pattern", "Use a longer pattern on the keyboard with more turns."),
    ("avoid-repeats", "Avoid repeated words and characters."),
    ("avoid-sequences", "Avoid sequences."),
    ("avoid-years", "Avoid years, above all recent ones and those that have to do with you."),
    ("yours", "Your name, your address and the name of this site are the first that anybody would try."),
];

/// Returns the sentences of these comma-separated codes. Unknown ones are skipped.
pub fn advice_in_words(names: &str) -> Vec<&'static str> {
    let sentence = |name: &str| ADVICE.iter().find(|(known, _)| *known == name).map(|(_, sentence)| *sentence);
    names.split(',').take(ADVICE.len()).filter_map(sentence).collect()
}
