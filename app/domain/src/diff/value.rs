//! Values as readable text.

use super::place::{Item, Place};
use crate::event::changes::is_personal;
use crate::event::contract::Rate;
use crate::event::spend::AmountType;
use crate::event::{decimal, is_no_end};
use crate::money::{Currency, Money};
use crate::text::counted;
use crate::text::{is_blank, without_direction};
use crate::timeline::words::date_in_words;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// Maximum length of a text; longer ones are cut to the part that differs.
const MAX_LENGTH: usize = 160;
/// Length of the equal text kept before that part.
const LEAD: usize = 40;

/// Returns whether a value is empty: null, blank text, an empty list or object.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns a value as text, in full.
pub(super) fn shown(value: &Value, at: &Place) -> String {
    let key = at.pattern.rsplit('.').next().unwrap_or_default();
    if is_personal(key) {
        return "not shown".to_owned();
    }
    match (value, key) {
        (Value::String(_) | Value::Number(_), "percentage") => {
            decimal(value).map_or_else(|| plain(value), |share| format!("{}%", share.normalize()))
        }
        (Value::String(_) | Value::Number(_), "notice_period_days") => {
            whole(value).map_or_else(|| plain(value), |days| counted(days, "day"))
        }
        (Value::String(_) | Value::Number(_), "minutes_in_working_day") => {
            whole(value).map_or_else(|| plain(value), minutes)
        }
        (Value::String(text), "end_date" | "actual_end_date") if day(text).is_some_and(is_no_end) => {
            "no end given".to_owned()
        }
        (Value::String(word), "work_location" | "work_time_type" | "unit" | "amount_type") => words(word),
        (Value::String(word), key) if key.ends_with("_state") => words(word),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => day(text).map_or_else(|| text.trim().to_owned(), date_in_words),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "nothing".to_owned(),
        // Never JSON: the fields of an object are compared one by one wherever both sides are objects.
        Value::Array(items) => counted(count(items.len()), "item"),
        Value::Object(map) => named(map).unwrap_or_else(|| counted(count(map.len()), "field")),
    }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

fn words(sent: &str) -> String {
    sent.replace('_', " ").to_lowercase()
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn minutes(of: u64) -> String {
    match (of / 60, of % 60) {
        (0, minutes) => counted(minutes, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, minutes) => format!("{} {}", counted(hours, "hour"), counted(minutes, "minute")),
    }
}

/// Parses a date, also with a time of midnight.
pub(super) fn day(text: &str) -> Option<Date> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    let is_midnight = rest.is_empty() || rest.get(1..).is_some_and(|time| time.starts_with("00:00:00"));
    if is_midnight { day.parse().ok() } else { None }
}

/// Fields of one object that are shown as one value.
pub(super) struct Together {
    /// The keys of these fields.
    pub(super) keys: &'static [&'static str],
    /// The key they are shown under; `None` when the object's own name is enough.
    pub(super) field: Option<&'static str>,
    say: fn(&Map<String, Value>) -> Option<String>,
}

impl Together {
    /// Returns the text; `None` where all fields are empty.
    pub(super) fn say(&self, of: &Map<String, Value>) -> Result<Option<String>, Unsaid> {
        let is_empty = self.keys.iter().all(|key| of.get(*key).is_none_or(is_nothing));
        if is_empty { Ok(None) } else { (self.say)(of).map(Some).ok_or(Unsaid) }
    }
}

/// The fields have an unexpected form, and cannot be shown as one.
pub(super) struct Unsaid;

/// Returns the fields of the object at this path that are shown as one.
pub(super) fn together(pattern: &str, is_requisition: bool) -> Option<Together> {
    const NAMES: [&str; 3] = ["first_name", "full_name", "last_name"];
    Some(match pattern {
        "rate" => Together { keys: &["currency", "unit", "value"], field: None, say: rate },
        "fee_schedule.periods[].total_fees" | "fee_schedule.periods[].total_cost" | "fee_schedule.periods[].fees[]" => {
            Together { keys: &["currency", "value"], field: None, say: money }
        }
        "freelancer" | "hirers[]" => Together { keys: &NAMES, field: Some("full_name"), say: full_name },
        _ if pattern.ends_with("_jurisdiction") => {
            Together { keys: &["country_code", "name"], field: None, say: country }
        }
        "" if is_requisition => REQUISITION,
        "spend_request" => REQUISITION,
        _ => return None,
    })
}

const REQUISITION: Together =
    Together { keys: &["amount", "amount_type", "currency"], field: Some("amount"), say: amount };

fn text<'a>(of: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    of.get(key)?.as_str().map(str::trim).filter(|text| !is_blank(text))
}

fn money_in(of: &Map<String, Value>, key: &str) -> Option<Money> {
    Some(Money { amount: decimal(of.get(key)?)?, currency: Currency::parse(text(of, "currency")?)? })
}

fn money(of: &Map<String, Value>) -> Option<String> {
    money_in(of, "value").map(|money| money.to_string())
}

fn rate(of: &Map<String, Value>) -> Option<String> {
    let Money { amount, currency } = money_in(of, "value")?;
    let unit = text(of, "unit").map(str::to_owned);
    Rate { amount: Some(amount), currency: Some(currency), unit }.in_words()
}

fn amount(of: &Map<String, Value>) -> Option<String> {
    let money = money_in(of, "amount")?;
    Some(match text(of, "amount_type") {
        Some(kind) => format!("{money} {}", AmountType::from(kind.to_owned()).in_words()),
        None => money.to_string(),
    })
}

fn country(of: &Map<String, Value>) -> Option<String> {
    text(of, "name").or_else(|| text(of, "country_code")).map(str::to_owned)
}

fn full_name(of: &Map<String, Value>) -> Option<String> {
    text(of, "full_name").map(str::to_owned).or_else(|| {
        let parts: Vec<&str> = ["first_name", "last_name"].into_iter().filter_map(|key| text(of, key)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

/// Returns the name of an object.
fn named(of: &Map<String, Value>) -> Option<String> {
    full_name(of)
        .or_else(|| ["title", "name", "label", "email"].into_iter().find_map(|key| text(of, key)).map(str::to_owned))
}

/// The same at a path: a person is named by documented fields only.
fn named_at(of: &Map<String, Value>, at: &Place) -> Option<String> {
    if !at.is_of_person() {
        return named(of);
    }
    let known: Map<String, Value> = of
        .iter()
        .filter(|(key, _)| !at.field(key).is_undescribed())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    named(&known)
}

/// Summarises an added or removed object in one line; `None` where its fields should be listed one by one.
pub(super) fn summary(of: &Map<String, Value>, at: &Place) -> Option<String> {
    let pattern = at.pattern.as_str();
    if pattern.ends_with("custom_fields[]") {
        return Some(of.get("value").filter(|value| !is_nothing(value)).map_or_else(|| "empty".to_owned(), plain));
    }
    match pattern {
        "rate" => rate(of),
        "hirers[]" => named_at(of, at).or_else(|| text(of, "hirer_id").map(str::to_owned)),
        "spend_request" => text(of, "title").or_else(|| text(of, "external_id")).map(str::to_owned),
        "fee_schedule.periods[]" => {
            let total = of.get("total_cost")?.as_object().and_then(money)?;
            Some(format!("{total} with the rate"))
        }
        "fee_schedule.periods[].fees[]" => {
            let share = of.get("percentage").and_then(decimal).map(|share| format!("{}%", share.normalize()));
            let parts: Vec<String> = share.into_iter().chain(money(of)).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        _ if pattern.ends_with("total_fees") || pattern.ends_with("total_cost") => money(of),
        _ if pattern.ends_with("_jurisdiction") => country(of),
        _ => named_at(of, at),
    }
}

/// Returns the identity of an item in this list; `None` where nothing identifies it.
pub(super) fn identity(item: &Value, list: &str) -> Option<String> {
    let item = item.as_object()?;
    let key = match list {
        "hirers" => "hirer_id",
        "fee_schedule.periods" => "effective_from",
        "fee_schedule.periods[].fees" => "name",
        _ if list.ends_with("custom_fields") => "name",
        _ => ["id", "uuid", "key", "name"]
            .into_iter()
            .find(|key| text(item, key).is_some())
            .or_else(|| item.keys().map(String::as_str).filter(|key| key.ends_with("_id")).min())?,
    };
    match item.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the name of an item for the labels of its fields, if both sides agree on it.
pub(super) fn item_name(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    list: &Place,
    key: &str,
) -> Option<String> {
    let one = list.item(Item { key, name: None });
    let list = list.pattern.as_str();
    if list.ends_with("custom_fields") {
        return Some(format!("Custom field {}", super::label::readable(key)));
    }
    match list {
        "hirers" => Some(match named_at(after, &one) {
            Some(name) if named_at(before, &one).as_ref() == Some(&name) => format!("Hirer {name}"),
            _ => "Hirer".to_owned(),
        }),
        "fee_schedule.periods" => Some(format!("Fees from {}", day(key).map_or_else(|| key.to_owned(), date_in_words))),
        "fee_schedule.periods[].fees" => Some(key.to_owned()),
        _ => None,
    }
}

/// Cuts both texts of a change to a line or two such that they still differ, and removes direction controls, which
/// would affect the other one.
pub(super) fn cut_pair(before: Option<String>, after: Option<String>) -> (Option<String>, Option<String>) {
    let plain = |text: Option<String>| text.map(|text| without_direction(&text).into_owned());
    let (before, after) = (plain(before), plain(after));
    let is_short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.chars().count() <= MAX_LENGTH);
    if is_short(&before) && is_short(&after) {
        return (before, after);
    }
    let same = match (&before, &after) {
        (Some(one), Some(other)) => one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    let start = if same > MAX_LENGTH - LEAD { same - LEAD } else { 0 };
    let cut = |text: String| {
        let length = text.chars().count();
        let kept: String = text.chars().skip(start).take(MAX_LENGTH).collect();
        let head = if start > 0 { "…" } else { "" };
        let tail = if length > start + MAX_LENGTH { "…" } else { "" };
        format!("{head}{kept}{tail}")
    };
    (before.map(cut), after.map(cut))
}
