//! The conditions of the delivery list in SQL.

use crate::store::statement::Statement;
use domain::event::{EventType, Mode, sample};
use domain::query::outcome::Outcome;
use domain::query::search::{Conditions, Pattern};
use domain::timeline::{LATE_MILLISECONDS, TimeOrigin};

/// The filter of the delivery list.
#[derive(Clone, Debug, Default)]
pub struct DeliveryQuery {
    /// Only messages of one of these types.
    pub event_types: Option<Vec<String>>,
    /// Only arrivals at this instant or later.
    pub from: Option<i64>,
    /// Only arrivals before this instant.
    pub until: Option<i64>,
    /// Only requests with this outcome.
    pub outcome: Option<Outcome>,
    /// What a search asks besides.
    pub conditions: Conditions,
    /// Only requests to this endpoint.
    pub endpoint: Option<String>,
    /// Only messages of this mode; without a stated mode they count as live.
    pub mode: Option<Mode>,
    /// Only late messages, by [`LATE_MILLISECONDS`].
    pub is_late: bool,
    /// Only genuine requests that carried one of these messages, by the sequence numbers of first attempts.
    pub messages: Option<Vec<i64>>,
    /// Each message once, at its first arrival; with an endpoint, at its first arrival there.
    pub once: bool,
    /// The cursor of keyset pagination: arrival and sequence number of the previous row.
    pub before: Option<(i64, i64)>,
    /// Only requests with one of these sequence numbers.
    pub only: Option<Vec<i64>>,
    /// Only requests after this sequence number, oldest first.
    pub since: Option<i64>,
    /// Only requests up to this sequence number. One list takes several statements, each of which sees its own
    /// snapshot; with a head that was read first, all see the same log.
    pub head: i64,
    /// Maximum number of rows.
    pub limit: i64,
}

impl DeliveryQuery {
    /// Adds conditions on messages. `message` is the table's alias, with its full stop.
    pub(super) fn of_messages(&self, select: &mut Statement, message: &'static str, endpoints: &[String]) {
        if let Some(messages) = &self.messages {
            select.push(" and ").push(message).push("seq").push_in(messages.iter().copied());
        }
        if let Some(types) = &self.event_types {
            select.push(" and ").push(message).push("event_type in ").push_values(types);
        }
        if let Some(families) = &self.conditions.families {
            let is_of = |event: &&EventType| event.family().is_some_and(|family| families.contains(&family));
            let types = EventType::KNOWN.iter().filter(is_of).map(EventType::as_str);
            select.push(" and ").push(message).push("event_type in ").push_values(types);
        }
        if let Some(types) = &self.conditions.types {
            of_types(select, message, types);
        }
        for modes in [self.mode.as_ref().map(std::slice::from_ref), self.conditions.modes.as_deref()] {
            let Some(modes) = modes else { continue };
            for (place, mode) in modes.iter().enumerate() {
                of_mode(select.push(if place == 0 { " and (" } else { " or " }), message, *mode);
            }
            select.push(")");
        }
        if self.is_late {
            select.push(" and ").push(message).push("occurred_from = ").bind(TimeOrigin::MessageId.as_str());
            select.push(" and r.received_at - ").push(message).push("occurred_at >= ").bind(LATE_MILLISECONDS.start);
            select.push(" and r.received_at - ").push(message).push("occurred_at < ").bind(LATE_MILLISECONDS.end);
        }
        if self.once && self.endpoint.is_none() && endpoints.len() > 1 {
            select.push(" and not exists (select 1 from messages o where o.endpoint in ").push_values(endpoints);
            select.push(" and o.message_id = r.message_id and o.seq < r.seq)");
        }
        let Some(ids) = &self.conditions.ids else { return };
        select
            .push(" and ")
            .push(message)
            .push("seq in (select seq from mentions where subject_id in ")
            .push_values(ids);
        select.push(" and kind in ('contractor', 'contract', 'requisition', 'hirer')");
        if !endpoints.is_empty() {
            // With the endpoints listed, the index on (endpoint, message_id) is used.
            select.push(" union all select seq from messages where endpoint in ").push_values(endpoints);
            select.push(" and message_id in ").push_values(ids);
        }
        select.push(")");
    }

    /// Returns whether a list of possible values is empty.
    pub(super) fn is_impossible(&self) -> bool {
        let Conditions { types, families, endpoints, modes, ids, .. } = &self.conditions;
        let lengths = [
            self.event_types.as_ref().map(Vec::len),
            types.as_ref().map(Vec::len),
            families.as_ref().map(Vec::len),
            endpoints.as_ref().map(Vec::len),
            modes.as_ref().map(Vec::len),
            ids.as_ref().map(Vec::len),
        ];
        lengths.contains(&Some(0))
    }

    pub(super) fn admits(&self, outcome: Outcome) -> bool {
        self.outcome.is_none_or(|only| only == outcome)
            && self.conditions.outcomes.as_ref().is_none_or(|some| some.contains(&outcome))
    }

    /// Returns whether the names of all endpoints are needed.
    pub(super) fn spans_endpoints(&self) -> bool {
        self.conditions.ids.is_some() || self.once && self.endpoint.is_none()
    }

    pub(super) fn of_requests(&self, select: &mut Statement) {
        select.push(" and r.seq <= ").bind(self.head);
        if let Some(seqs) = &self.only {
            select.push(" and r.seq").push_in(seqs.iter().copied());
        }
        if let Some(endpoint) = &self.endpoint {
            select.push(" and r.endpoint = ").bind(endpoint);
        }
        if let Some(endpoints) = &self.conditions.endpoints {
            select.push(" and r.endpoint in ").push_values(endpoints);
        }
        if let Some(after) = self.conditions.after {
            select.push(" and r.received_at >= ").bind(after.as_millisecond());
        }
        if let Some(before) = self.conditions.before {
            // Instants are stored in whole milliseconds, and the bound may lie between two.
            select.push(" and r.received_at <= ").bind(before.as_millisecond());
        }
        if let Some(from) = self.from {
            select.push(" and r.received_at >= ").bind(from);
        }
        if let Some(until) = self.until {
            select.push(" and r.received_at < ").bind(until);
        }
        if let Some((at, seq)) = self.before {
            select.push(" and (r.received_at, r.seq) < (").bind(at).push(", ").bind(seq).push(")");
        }
        if let Some(since) = self.since {
            select.push(" and r.seq > ").bind(since).push(" order by r.seq limit ").bind(self.limit);
        } else {
            select.push(" order by r.received_at desc, r.seq desc limit ").bind(self.limit);
        }
    }
}

/// Adds a condition on the mode. Samples that an earlier version stored as live count as samples.
fn of_mode(select: &mut Statement, message: &'static str, mode: Mode) {
    let sampled = |select: &mut Statement, operator: &'static str| {
        select.push(message).push(operator).push(" (select seq from mentions where is_own = ").bind(true);
        select.push(" and kind in ('contractor', 'contract', 'requisition') and subject_id in ");
        select.push_values(sample::subject_ids()).push(")");
    };
    match mode {
        Mode::Live => {
            select.push("(").push(message).push("mode is null or ").push(message).push("mode = 'live') and ");
            sampled(select, "seq not in");
        }
        Mode::Test => {
            select.push(message).push("mode = 'test'");
        }
        Mode::Sample => {
            select.push("(").push(message).push("mode = 'sample' or ").push(message).push("mode = 'live' and ");
            sampled(select, "seq in");
            select.push(")");
        }
    }
}

/// Adds a condition on the event type, with or without its `client.`.
fn of_types(select: &mut Statement, message: &'static str, types: &[Pattern]) {
    let names = types
        .iter()
        .flat_map(|one| [(one.is_prefix, one.text.clone()), (one.is_prefix, format!("client.{}", one.text))]);
    for (place, (is_prefix, name)) in names.enumerate() {
        select.push(if place == 0 { " and (" } else { " or " });
        if is_prefix {
            select.push("instr(").push(message).push("event_type, ").bind(&name).push(") = 1");
        } else {
            select.push(message).push("event_type = ").bind(&name);
        }
    }
    select.push(")");
}
