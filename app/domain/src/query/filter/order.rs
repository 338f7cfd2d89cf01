//! The sort orders of lists.

use super::get;
use serde::{Deserialize, Serialize};

/// What rows can be put in order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// A contractor's name.
    Name,
    /// How many of a contractor's contracts run.
    Active,
    /// The next last day among a contractor's running contracts.
    NextEnd,
    /// When the last event happened.
    Last,
    /// A title.
    Title,
    /// First day.
    Start,
    /// Last day.
    End,
    /// What a unit of work pays, currency by currency.
    Rate,
    /// How much was asked for, currency by currency.
    Amount,
}

impl SortKey {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Active,
        Self::NextEnd,
        Self::Last,
        Self::Title,
        Self::Start,
        Self::End,
        Self::Rate,
        Self::Amount,
    ];

    /// The word in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Active => "active",
            Self::NextEnd => "next_end",
            Self::Last => "last",
            Self::Title => "title",
            Self::Start => "start",
            Self::End => "end",
            Self::Rate => "rate",
            Self::Amount => "amount",
        }
    }

    /// Whether what a reader wants first comes last in ascending order: the newest, the dearest, the most.
    pub fn is_descending_first(self) -> bool {
        matches!(self, Self::Active | Self::Last | Self::Rate | Self::Amount)
    }
}

/// A sort key with its direction; `title` or `-title` in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// By what.
    pub by: SortKey,
    /// Greatest first.
    pub descending: bool,
}

impl Order {
    /// The order a reader expects who chooses this key.
    pub fn first(by: SortKey) -> Self {
        Self { by, descending: by.is_descending_first() }
    }

    /// The same key, the other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// `-` stands before a descending one.
    pub fn to_text(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.as_str())
    }

    /// Only keys this list has; `None` for its own order.
    pub(super) fn read(pairs: &[(String, String)], keys: &[SortKey]) -> Option<Self> {
        let text = get(pairs, "sort")?;
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let by = keys.iter().copied().find(|key| key.as_str() == word)?;
        let order = Self { by, descending };
        // The list's own order needs no saying, so that one list has one address.
        (Some(order) != keys.first().map(|own| Self::first(*own))).then_some(order)
    }
}
