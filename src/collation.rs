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

/// Maximum length of the prefix by which a name is sorted and searched, in characters.
const CHARACTERS: usize = 200;

/// Maximum length of a sort key, in bytes of text: PostgreSQL refuses index entries above some 2,700.
const KEY_BYTES: usize = 1_024;

/// A base64 alphabet in byte order, so that encoded keys compare as the keys do.
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

/// Returns the sort key of a name: ASCII text whose byte order is the names' order in the root collation.
pub(crate) fn sort_key(name: &str) -> String {
    let beginning: String = name.chars().take(CHARACTERS).collect();
    let mut key = ORDERED.encode(key(&BY_ALL, &beginning));
    key.truncate(KEY_BYTES);
    key
}

/// Returns the folded form in which a text is searched. It ignores composition, accents, case, width, the kind of
/// apostrophe and the number of spaces; letters that the root collation tells apart by their stroke alone (`ø`, `ł`, `ß`) become the letters
/// they are sorted with. The dotless `ı` becomes `i`, as few keyboards have it.
///
/// Of a long text it is the form of its beginning; [`whole_search_form`] is that of all of it.
pub(crate) fn search_form(text: &str) -> String {
    form_of(text, text.chars().take(CHARACTERS))
}

/// Returns the part of a name by which it is found: its beginning.
pub(crate) fn searched_part(name: &str) -> &str {
    name.char_indices().nth(CHARACTERS).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}

/// Returns the form of a text of any length.
pub(crate) fn whole_search_form(text: &str) -> String {
    form_of(text, text.chars())
}

fn form_of(text: &str, letters: impl Iterator<Item = char>) -> String {
    let form = if text.is_ascii() {
        letters.filter(|letter| !is_apostrophe(*letter)).map(|letter| letter.to_ascii_lowercase()).collect()
    } else {
        let mut form = String::with_capacity(text.len());
        for letter in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(letters) {
            LETTERS.push(letter, &mut form);
        }
        form
    };
    if form.contains("  ") { with_single_spaces(&form) } else { form }
}

/// Joins spaces beside each other, as a phrase is searched by its words.
fn with_single_spaces(form: &str) -> String {
    let mut is_space = false;
    form.chars().filter(|letter| !(std::mem::replace(&mut is_space, *letter == ' ') && is_space)).collect()
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '＇' | 'ꞌ')
}

/// Returns whether a character is a combining mark. The few with a primary weight of their own, such as the iota below,
/// are dropped as well: their order among several marks is not fixed.
fn is_mark(letter: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(letter) != 0
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Code points below this have an entry in the table; above are mostly ideographs, which map to themselves.
const LOOKED_UP: u32 = 0x3100;

/// A table from each letter, after compatibility decomposition, to its search form.
struct Letters {
    /// By code point; `None` for a letter that maps to itself.
    forms: Vec<Option<Box<str>>>,
}

impl Letters {
    /// Builds the table from the collation: letters with equal primary weights get the same form, ASCII letters with
    /// these weights where there are any, otherwise the first letter that has them.
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
            // Joiners and direction marks have no primary weight.
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

/// The words of a search, each in [`search_form`]. A row matches when it contains all of them, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// Splits `text` into words, longest first, as the longest is the most selective. A quoted phrase is one word,
    /// spaces included. Words contained in another word are dropped.
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

    /// Iterates over the words, longest first; none when the text has nothing to search for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Returns whether there are no words, in which case nothing matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a text in [`search_form`] contains all words, as the SQL condition of the store does.
    #[cfg(test)]
    pub(crate) fn are_in(&self, form: &str) -> bool {
        !self.is_empty() && self.iter().all(|word| form.contains(word))
    }
}

#[cfg(test)]
mod tests;
