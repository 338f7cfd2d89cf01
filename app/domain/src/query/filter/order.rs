//! The sort orders of lists.

use super::get;
use serde::{Deserialize, Serialize};

/// A sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// A contractor's name.
    Name,
    /// The number of a contractor's running contracts.
    Active,
    /// The earliest last day among a contractor's signed contracts.
    NextEnd,
    /// Time of the last event.
    Last,
    /// A title.
    Title,
    /// First day.
    Start,
    /// Last day.
    End,
    /// The rate, by currency.
    Rate,
    /// The amount, by currency.
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

    /// Returns the value in URLs.
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

    /// Returns whether descending order is the natural one: newest, most expensive or most first.
    pub fn is_descending_first(self) -> bool {
        match self {
            Self::Active | Self::Last | Self::Rate | Self::Amount => true,
            Self::Name | Self::NextEnd | Self::Title | Self::Start | Self::End => false,
        }
    }

    /// Returns whether lists are put in its order by a number, rather than by a text.
    pub fn is_number(self) -> bool {
        match self {
            Self::Active | Self::Last => true,
            Self::Name | Self::NextEnd | Self::Title | Self::Start | Self::End | Self::Rate | Self::Amount => false,
        }
    }
}

/// A sort key with its direction; `title` or `-title` in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// The sort key.
    pub by: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Order {
    /// Returns the natural order of a key.
    pub fn first(by: SortKey) -> Self {
        Self { by, descending: by.is_descending_first() }
    }

    /// Returns the reverse order.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// Returns the value in URLs; `-` marks a descending order.
    pub fn to_text(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.as_str())
    }

    /// Parses one of this list's keys; `None` for its default order.
    pub(super) fn read(pairs: &[(String, String)], keys: &[SortKey]) -> Option<Self> {
        let text = get(pairs, "sort")?;
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let by = keys.iter().copied().find(|key| key.as_str() == word)?;
        let order = Self { by, descending };
        // The default order is omitted, so that one list has one URL.
        (Some(order) != keys.first().map(|own| Self::first(*own))).then_some(order)
    }
}
