//! The reader of a page and the current day, put into context by the server for every page.

use domain::account::{Person, Role};
use domain::query::moment::{AsOf, Moment};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Light, dark, or what the reader's system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The word in the cookie and in `<html data-theme>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Anything unknown is [`Theme::System`].
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// How the reader wants times shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// In the reader's own zone, where the browser can tell it.
    #[default]
    Local,
    /// In UTC.
    Utc,
}

impl Zone {
    /// The word in the cookie and in `<html data-zone>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
        }
    }

    /// Anything unknown is [`Zone::Local`].
    pub fn parse(text: &str) -> Self {
        if text == "utc" { Self::Utc } else { Self::Local }
    }
}

/// How many findings need a person: problems and warnings that hold now and that nobody dismissed, of the kinds the
/// viewer is told of. Put into context beside the [`Viewer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention(pub u64);

impl Attention {
    /// Counting stops here.
    pub const MANY: u64 = 1_000;
}

/// Everything about the request that a page may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// `None` on the sign-in pages only.
    pub person: Option<Person>,
    /// The theme chosen.
    pub theme: Theme,
    /// The zone chosen.
    pub zone: Zone,
    /// The instant against which the page tells: now, by the server's injected clock, or the moment it is asked about.
    pub now: Timestamp,
    /// The moment in the past the page is asked about.
    pub as_of: Option<AsOf>,
}

impl Viewer {
    /// Today in UTC: the day against which "ending", "completed" and "in 4 days" are told.
    pub fn today(&self) -> Date {
        jiff::tz::TimeZone::UTC.to_datetime(self.now).date()
    }

    /// The same viewer, told of a moment in the past where one is asked for.
    #[must_use]
    pub fn at(self, as_of: Option<AsOf>) -> Self {
        let moment = Moment::new(self.now, as_of);
        Self { now: moment.at(), as_of: moment.as_of, ..self }
    }

    /// What to ask the read model for.
    pub fn moment(&self) -> Moment {
        Moment { now: self.now, as_of: self.as_of }
    }

    /// Whether raw deliveries may be shown.
    pub fn is_admin(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.role == Role::Admin)
    }
}
