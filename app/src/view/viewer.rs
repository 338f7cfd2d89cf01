//! The reader of a page and the current day, put into context by the server for every page.

use domain::account::{Person, Role};
use domain::policy::{Thing, sees};
use domain::query::moment::{AsOf, Moment};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Light, dark, or what the reader's system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// That of the reader's system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Returns the value in the cookie and in `<html data-theme>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses a value; unknown ones are [`Theme::System`].
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The time zone of displayed times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The reader's zone, if the browser knows it.
    #[default]
    Local,
    /// In UTC.
    Utc,
}

impl Zone {
    /// Returns the value in the cookie and in `<html data-zone>`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
        }
    }

    /// Parses a value; unknown ones are [`Zone::Local`].
    pub fn parse(text: &str) -> Self {
        if text == "utc" { Self::Utc } else { Self::Local }
    }
}

/// How many findings need a person: problems and warnings that hold now and that nobody dismissed, of the kinds the
/// viewer is told of. Put into context beside the [`Viewer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFindingCount(pub u64);

impl OpenFindingCount {
    /// Upper bound of the count.
    pub const MANY: u64 = 1_000;
}

/// The facts about a request that a page depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The signed-in person; `None` on the sign-in pages only.
    pub person: Option<Person>,
    /// The chosen theme.
    pub theme: Theme,
    /// The chosen zone.
    pub zone: Zone,
    /// The instant that the page shows: now, by the server's clock, or a past moment.
    pub now: Timestamp,
    /// The past moment, if one is shown.
    pub as_of: Option<AsOf>,
}

impl Viewer {
    /// Returns the UTC day for "ending", "completed" and "in 4 days".
    pub fn today(&self) -> Date {
        jiff::tz::TimeZone::UTC.to_datetime(self.now).date()
    }

    /// Returns the viewer at a past moment, if one is given.
    #[must_use]
    pub fn at(self, as_of: Option<AsOf>) -> Self {
        let moment = Moment::new(self.now, as_of);
        Self { now: moment.at(), as_of: moment.as_of, ..self }
    }

    /// Returns the moment for queries of the read model.
    pub fn moment(&self) -> Moment {
        Moment { now: self.now, as_of: self.as_of }
    }

    /// Returns the person's role; `None` for nobody.
    pub fn role(&self) -> Option<Role> {
        self.person.as_ref().map(|person| person.role)
    }

    /// Returns whether the person sees all of a thing.
    pub fn sees(&self, thing: Thing) -> bool {
        sees(self.role(), thing)
    }
}
