//! The keys and forms of the search language, with an explanation and an example of each.

/// A key of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `type:`
    Type,
    /// `family:`
    Family,
    /// `outcome:`
    Outcome,
    /// `endpoint:`
    Endpoint,
    /// `mode:`
    Mode,
    /// `id:`
    Id,
    /// `contractor:`
    Contractor,
    /// `contract:`
    Contract,
    /// `requisition:`
    Requisition,
    /// `after:`
    After,
    /// `before:`
    Before,
    /// `attempts:`
    Attempts,
    /// `late:`
    Late,
    /// `reason:`
    Reason,
    /// `header:`
    Header,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHelp {
    /// The key.
    pub key: Key,
    /// Its name, without the colon.
    pub name: &'static str,
    /// What it finds, as the end of a sentence that begins with "Deliveries".
    pub what: &'static str,
    /// A search with it.
    pub example: &'static str,
    /// All its values, where they are few.
    pub values: &'static [&'static str],
}

const fn help(key: Key, name: &'static str, what: &'static str, example: &'static str) -> KeyHelp {
    KeyHelp { key, name, what, example, values: &[] }
}

const fn choice(
    key: Key,
    name: &'static str,
    what: &'static str,
    example: &'static str,
    values: &'static [&'static str],
) -> KeyHelp {
    KeyHelp { key, name, what, example, values }
}

/// Every key, in the order of the help.
pub const KEYS: [KeyHelp; 15] = [
    help(
        Key::Type,
        "type",
        "of an event type, with or without its client., or of all types that begin so",
        "type:contract.*",
    ),
    choice(
        Key::Family,
        "family",
        "of all event types about one kind of subject",
        "family:(contract or spend)",
        &["contact", "contract", "spend"],
    ),
    choice(
        Key::Outcome,
        "outcome",
        "by what became of the request",
        "outcome:(refused or unreadable)",
        &["stored", "unreadable", "repeat", "refused"],
    ),
    help(Key::Endpoint, "endpoint", "that came to an endpoint", "endpoint:staging"),
    choice(
        Key::Mode,
        "mode",
        "that are live, tests, or samples of the documentation",
        "mode:test",
        &["live", "test", "sample"],
    ),
    help(
        Key::Id,
        "id",
        "with exactly this message id, or about the subject with this id",
        "id:ct_c3j7xl4ev7gf2goxh7di2icq1",
    ),
    help(
        Key::Contractor,
        "contractor",
        "about a contractor, by id or by words of the name",
        "contractor:\"amara okoye\"",
    ),
    help(Key::Contract, "contract", "about a contract, by id or by words of its title", "contract:\"autumn camp\"*"),
    help(
        Key::Requisition,
        "requisition",
        "about a spend requisition, by id or by words of its title",
        "requisition:budget",
    ),
    help(
        Key::After,
        "after",
        "that arrived on a day or later, at an instant or later, or within a time up to now",
        "after:3d",
    ),
    help(
        Key::Before,
        "before",
        "that arrived before a day or an instant, or longer ago than a time",
        "before:2026-03-01",
    ),
    help(Key::Attempts, "attempts", "by the number of attempts of their message", "attempts:>1"),
    help(
        Key::Late,
        "late",
        "by the time from the event to its arrival, at least as long unless a sign is given",
        "late:>5m",
    ),
    help(
        Key::Reason,
        "reason",
        "by words of the reason why they were refused or could not be read",
        "reason:signature",
    ),
    help(Key::Header, "header", "with a header, or with words in a header", "header:user-agent=svix*"),
];

/// A form besides the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// A search in this form.
    pub example: &'static str,
    /// What it finds.
    pub what: &'static str,
}

const fn form(example: &'static str, what: &'static str) -> Form {
    Form { example, what }
}

/// Every form besides the keys, in the order of the help.
pub const FORMS: [Form; 14] = [
    form(
        "amara okoye",
        "both words in the payload, the message id, the event type or an id, in any case and without accents",
    ),
    form("\"amara okoye\"", "both words in this order in one value"),
    form("camp*", "a word that begins so"),
    form("rate.currency = GBP", "a field of data.object with this text, in any case, or this number, day or instant"),
    form("rate.value != 450", "a field with another value"),
    form("end_date > 2026-03-01", "a greater number, a later day or a later instant; >=, < and <= as well"),
    form("title ~ camp", "a field whose text contains this"),
    form("rate.unit in (DAY, HOUR)", "a field with one of these values"),
    form("spend_request exists", "a field that is there and not null"),
    form("hirers[].email ~ example", "the field in any element of a list"),
    form("api_version = 2024-04-10", "a field at the top of the body"),
    form("amara or priya", "either of two"),
    form("amara -priya", "one without the other; not means the same as -"),
    form("(amara or priya) outcome:stored", "brackets group"),
];

/// The words with a meaning of their own, unless in quotation marks.
const KEYWORDS: [&str; 5] = ["and", "or", "not", "in", "exists"];

/// Returns whether a word has a meaning of its own, in any case.
pub(super) fn is_keyword(text: &str) -> bool {
    KEYWORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

impl Key {
    /// Parses a name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        KEYS.iter().find(|help| help.name.eq_ignore_ascii_case(name)).map(|help| help.key)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        KEYS.iter().find(|help| help.key == self).map_or("", |help| help.name)
    }

    /// Returns the key whose name is closest, if at most two letters differ.
    pub fn nearest(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let distances = KEYS.iter().map(|help| (distance(&name, help.name), help.key));
        distances.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= 2).map(|(_, key)| key)
    }
}

/// Returns how many letters must be put in, left out or exchanged to make one word of another.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], place + 1);
        for (at, against) in other.bytes().enumerate() {
            let exchanged = diagonal + usize::from(letter != against);
            diagonal = row[at + 1];
            row[at + 1] = exchanged.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
