//! Paths of values within a payload, and their labels.

use super::label;
use crate::event::Family;
use crate::event::catalog::{Field, fields};
use crate::event::changes::PERSONS;

/// A path below `data.object`.
#[derive(Clone, Debug)]
pub(super) struct Place {
    family: Option<Family>,
    /// The path, such as `hirers[hp_1].email`.
    pub(super) path: String,
    /// The path as in the catalog's tables, such as `hirers[].email`.
    pub(super) pattern: String,
    words: Vec<String>,
}

/// The identity of a list's item.
pub(super) struct Item<'a> {
    /// Its key in the path.
    pub(super) key: &'a str,
    /// Its name in labels; `None` where its list's name is enough.
    pub(super) name: Option<String>,
}

impl Place {
    pub(super) fn top(family: Option<Family>) -> Self {
        Self { family, path: String::new(), pattern: String::new(), words: Vec::new() }
    }

    /// Returns the path of a field in this object.
    pub(super) fn field(&self, key: &str) -> Self {
        let join = |to: &str| if to.is_empty() { key.to_owned() } else { format!("{to}.{key}") };
        let mut place = Self { path: join(&self.path), pattern: join(&self.pattern), ..self.clone() };
        place.words.extend(label::of_key(key, &self.pattern));
        place
    }

    /// Returns the path of an item in this list.
    pub(super) fn item(&self, item: Item<'_>) -> Self {
        let mut place = Self {
            path: format!("{}[{}]", self.path, item.key),
            pattern: format!("{}[]", self.pattern),
            ..self.clone()
        };
        if let Some(name) = item.name {
            // The name includes the list's: "Hirer Priya Raman" needs no "Hirers" before it.
            place.words.pop();
            place.words.push(name);
        }
        place
    }

    /// Returns the label.
    pub(super) fn called(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        label::joined(&words)
    }

    /// Returns the catalog's entry.
    pub(super) fn documented(&self) -> Option<&'static Field> {
        self.family.and_then(|family| look_up(family, &self.pattern))
    }

    /// Returns whether it is within the data of a person: the contractor, their record at the client, or a hirer.
    pub(super) fn is_of_person(&self) -> bool {
        // By prefix: a sibling such as `freelancer_bank_account` is about the contractor as well.
        self.family == Some(Family::Contact) || PERSONS.iter().any(|person| self.pattern.starts_with(person))
    }

    /// Returns whether it is an undocumented field of a person.
    pub(super) fn is_undescribed(&self) -> bool {
        self.is_of_person() && !self.is_listed()
    }

    /// Returns whether the catalog documents it: by a row of its own, as an item of a list, or within an object that a
    /// table leaves open.
    fn is_listed(&self) -> bool {
        // In a body of unknown family, every field of a person is undocumented.
        let Some(family) = self.family else { return false };
        let is_list = |pattern: &str| look_up(family, pattern).is_some_and(|field| field.kind.ends_with("list"));
        let is_open = |field: &Field| {
            let open = below_object(field).and_then(|path| path.strip_suffix('*'));
            open.is_some_and(|open| self.pattern.starts_with(open))
        };
        self.pattern.is_empty()
            || look_up(family, &self.pattern).is_some()
            || self.pattern.strip_suffix("[]").is_some_and(is_list)
            || fields(family).iter().any(is_open)
    }

    /// Returns its position in the order of the tables: its own, or that of its nearest documented parent.
    pub(super) fn rank(&self) -> usize {
        let Some(family) = self.family else { return usize::MAX };
        let mut pattern = self.pattern.as_str();
        loop {
            let rank = fields(family).iter().position(|field| below_object(field) == Some(pattern));
            match (rank, pattern.rsplit_once(['.', '['])) {
                (Some(rank), _) => return rank,
                (None, Some((parent, _))) => pattern = parent,
                (None, None) => return usize::MAX,
            }
        }
    }
}

fn below_object(field: &Field) -> Option<&'static str> {
    field.path.strip_prefix("data.object.")
}

fn look_up(family: Family, pattern: &str) -> Option<&'static Field> {
    fields(family).iter().find(|field| below_object(field) == Some(pattern))
}
