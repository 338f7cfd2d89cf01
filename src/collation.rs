//! Unicode root collation for names: the sort key, and the folded form that searches compare.
//!
//! Both come from the same data, so a list and a search agree on which letters belong together. Sorting uses all three
//! levels of the collation (letter, accent, case); searching uses the first alone.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Names longer than this are sorted and searched by their beginning, in characters.
const CHARACTERS: usize = 200;

/// Sort keys longer than this are cut, in bytes of text: PostgreSQL refuses index entries above some 2,700.
const KEY_BYTES: usize = 1_024;

/// Its alphabet is in the order of its bytes, so encoded keys compare as the keys do.
const ORDERED: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::CRYPT, NO_PAD);

static BY_LETTER: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| root(Strength::Primary));
static BY_ALL: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| root(Strength::Tertiary));
static LETTERS: LazyLock<Letters> = LazyLock::new(Letters::new);

fn root(strength: Strength) -> CollatorBorrowed<'static> {
    let mut options = CollatorOptions::default();
    options.strength = Some(strength);
    #[expect(clippy::expect_used, reason = "the data of the root collation is compiled into the program")]
    Collator::try_new(CollatorPreferences::default(), options).expect("the root collation is built in")
}

fn key(collator: &CollatorBorrowed<'static>, text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let Ok(()) = collator.write_sort_key_to(text, &mut key);
    key
}

/// The key a name is put in order by: ASCII text that compares byte by byte as the names do in the root collation.
pub(crate) fn sort_key(name: &str) -> String {
    let beginning: String = name.chars().take(CHARACTERS).collect();
    let mut key = ORDERED.encode(key(&BY_ALL, &beginning));
    key.truncate(KEY_BYTES);
    key
}

/// The form in which a text is searched: composed and decomposed forms, accents, case, widths and apostrophes of every
/// kind make no difference, and letters that the root collation tells apart by their stroke alone (`ø`, `ł`, `ß`) are
/// the letters they are sorted with. The dotless `ı` counts as `i`, as few keyboards have it.
pub(crate) fn search_form(text: &str) -> String {
    let beginning = text.chars().take(CHARACTERS);
    if text.is_ascii() {
        return beginning.filter(|letter| !is_apostrophe(*letter)).map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let mut form = String::with_capacity(text.len());
    for letter in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(beginning) {
        LETTERS.push(letter, &mut form);
    }
    form
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '＇' | 'ꞌ')
}

/// Marks that stand above, below or through a letter. The few that have a weight of their own on the first level, such as
/// the iota below, are dropped as the others are: their order among several marks is not fixed.
fn is_mark(letter: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(letter) != 0
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Below this, the form of a letter is looked up; above it are mostly ideographs, which stand for themselves.
const LOOKED_UP: u32 = 0x3100;

/// What each letter is in a search, after its compatibility decomposition.
struct Letters {
    /// By code point; `None` where it stands for itself.
    forms: Vec<Option<Box<str>>>,
}

impl Letters {
    /// Takes from the collation which letters are one and the same: each is written as the ASCII letters with its
    /// primary weights where there are such, otherwise as the first letter that has them.
    fn new() -> Self {
        let ascii = || ('a'..='z').chain('0'..='9');
        let pairs = ascii().flat_map(|one| ascii().map(move |two| format!("{one}{two}")));
        let mut same: HashMap<Vec<u8>, String> =
            ascii().map(String::from).chain(pairs).map(|text| (key(&BY_LETTER, &text), text)).collect();
        let mut forms = Vec::new();
        for letter in (0..LOOKED_UP).map(char::from_u32) {
            forms.push(letter.and_then(|letter| {
                let form = Self::form(letter, &mut same);
                (form != letter.to_string()).then(|| form.into_boxed_str())
            }));
        }
        Self { forms }
    }

    fn form(letter: char, same: &mut HashMap<Vec<u8>, String>) -> String {
        if letter.is_whitespace() {
            return if letter == '\n' { "\n" } else { " " }.to_owned();
        }
        if is_apostrophe(letter) {
            return String::new();
        }
        if is_hyphen(letter) {
            return "-".to_owned();
        }
        let small: String = letter.to_lowercase().collect();
        let is_composed = !DecomposingNormalizerBorrowed::new_nfkd().is_normalized(&small);
        if letter.is_ascii() || is_composed {
            return small;
        }
        if letter == 'ı' {
            return "i".to_owned();
        }
        if is_mark(letter) {
            return String::new();
        }
        match key(&BY_LETTER, &small) {
            // Joiners, marks of direction: nothing on the first level.
            ignored if ignored.is_empty() => String::new(),
            key if letter.is_alphanumeric() => same.entry(key).or_insert(small).clone(),
            _ => small,
        }
    }

    fn push(&self, letter: char, form: &mut String) {
        let known = usize::try_from(u32::from(letter)).ok().and_then(|place| self.forms.get(place));
        match known {
            Some(Some(text)) => form.push_str(text),
            Some(None) => form.push(letter),
            None => {
                if !is_mark(letter) && !key(&BY_LETTER, letter.encode_utf8(&mut [0; 4])).is_empty() {
                    form.extend(letter.to_lowercase());
                }
            }
        }
    }
}

/// The words of a search text, each in [`search_form`]. A row is found when it holds all of them, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// Words of `text`, the longest first, as that one is the rarest. Words in quotation marks are one, with the spaces
    /// between them. What is part of another word asks for nothing more.
    pub(crate) fn of(text: &str) -> Self {
        let form = search_form(text);
        let mut all = BTreeSet::<String>::new();
        for (place, piece) in form.split(['"', '“', '”', '„', '«', '»']).enumerate() {
            let words = piece.split_whitespace();
            if place % 2 == 1 {
                all.insert(words.collect::<Vec<_>>().join(" "));
            } else {
                // A list of names is often typed with commas, or pasted with brackets around it.
                all.extend(words.map(|word| word.trim_matches([',', ';', '(', ')', '[', ']']).to_owned()));
            }
        }
        all.remove("");
        let is_part = |word: &&String| all.iter().any(|other| other != *word && other.contains(word.as_str()));
        let mut words: Vec<String> = all.iter().filter(|word| !is_part(word)).cloned().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        Self(words)
    }

    /// The longest first; none when the text has nothing to search for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is nothing to search for: then nothing is found by it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text in [`search_form`] holds all words: what the store asks in SQL.
    #[cfg(test)]
    pub(crate) fn are_in(&self, form: &str) -> bool {
        !self.is_empty() && self.iter().all(|word| form.contains(word))
    }
}

#[cfg(test)]
mod tests;
