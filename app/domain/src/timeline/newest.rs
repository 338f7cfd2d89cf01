//! Merges snapshots: each field is taken from the newest snapshot that carried it.

use super::order::Turn;
use crate::event::contact::{Cleared, Client, CustomField, Person};
use crate::event::contract::{Contract, FeePeriod, Rate};
use crate::event::spend::Requisition;
use crate::id::{ContractId, RequisitionId};

/// The first value found, where `snapshots` come newest first.
pub(super) fn newest<'a, T, R: Clone + 'a>(snapshots: &[&'a T], pick: impl Fn(&'a T) -> Option<&'a R>) -> Option<R> {
    snapshots.iter().find_map(|snapshot| pick(snapshot)).cloned()
}

/// A list that is empty may be empty or left out; the reading does not tell. A snapshot that carries a required field
/// beside it (`is_whole`) is taken at its word, so removing the last field of a list shows; a bare reference is not.
pub(super) fn newest_list<'a, T, R: Clone + 'a>(
    snapshots: &[&'a T],
    is_whole: impl Fn(&'a T) -> bool,
    pick: impl Fn(&'a T) -> &'a Vec<R>,
) -> Vec<R> {
    let found = snapshots.iter().find(|snapshot| is_whole(snapshot) || !pick(snapshot).is_empty());
    found.map(|snapshot| pick(snapshot).clone()).unwrap_or_default()
}

/// What a unit of work pays and costs. Both come from one snapshot, the newest that says what it pays: an older period
/// holds another rate, unit or currency, and a sum of both would be one that nobody agreed on. Where that snapshot has no
/// period, its rate stands alone. Periods without a rate count nothing, as they do not say what unit they are for; they
/// are kept only where no snapshot says what it pays.
fn terms(snapshots: &[&Contract]) -> (Option<Rate>, Vec<FeePeriod>) {
    let says = |rate: &Rate| rate.amount.is_some() || rate.currency.is_some() || rate.unit.is_some();
    let priced = snapshots.iter().find(|snapshot| snapshot.rate.as_ref().is_some_and(says));
    let found = priced.or_else(|| snapshots.iter().find(|snapshot| !snapshot.fee_periods.is_empty()));
    found.map(|snapshot| (snapshot.rate.clone(), snapshot.fee_periods.clone())).unwrap_or_default()
}

pub(super) fn person<'a, T>(snapshots: &[&'a T], pick: impl Fn(&'a T) -> &'a Person) -> Person {
    Person {
        name: newest(snapshots, |snapshot| pick(snapshot).name.as_ref()),
        first_name: newest(snapshots, |snapshot| pick(snapshot).first_name.as_ref()),
        email: newest(snapshots, |snapshot| pick(snapshot).email.as_ref()),
    }
}

pub(super) fn client<'a, T>(snapshots: &[&'a T], pick: impl Fn(&'a T) -> Option<&'a Client>) -> Option<Client> {
    let id = newest(snapshots, |snapshot| pick(snapshot)?.id.as_ref());
    let name = newest(snapshots, |snapshot| pick(snapshot)?.name.as_ref());
    (id.is_some() || name.is_some()).then_some(Client { id, name })
}

/// The first value found, unless a newer snapshot says that there is none. Only for fields that may be null by the
/// documentation: elsewhere a null is a slip, and a hole that older snapshots fill.
fn newest_unless<'a, T, R: Clone + 'a>(
    snapshots: &[&'a T],
    is_cleared: impl Fn(&'a T) -> bool,
    pick: impl Fn(&'a T) -> Option<&'a R>,
) -> Option<R> {
    let found = snapshots.iter().find(|snapshot| pick(snapshot).is_some() || is_cleared(snapshot))?;
    pick(found).cloned()
}

/// Custom fields as they are in the end: as the newest snapshot has them that carries any, and what was said to have
/// changed since. `turns` come oldest first.
pub(super) fn custom_fields<'a>(
    turns: &[&Turn<'a>],
    carried: impl Fn(&Turn<'a>) -> Option<&'a [CustomField]>,
) -> Vec<CustomField> {
    let place = turns.iter().rposition(|turn| carried(turn).is_some());
    let mut fields = place.and_then(|place| carried(turns[place])).unwrap_or_default().to_vec();
    for turn in turns.iter().skip(place.map_or(0, |place| place + 1)) {
        change(&mut fields, &turn.event.changes);
    }
    fields
}

/// Puts what changed in its place.
pub(super) fn change(fields: &mut Vec<CustomField>, changes: &[CustomField]) {
    for now in changes {
        match fields.iter_mut().find(|field| field.name == now.name) {
            Some(field) => field.value.clone_from(&now.value),
            None => fields.push(now.clone()),
        }
    }
}

/// The facts of a contract; `snapshots` come newest first and may be none.
pub(super) fn contract(id: ContractId, snapshots: &[&Contract], custom_fields: Vec<CustomField>) -> Contract {
    fn of<'a, R: Clone + 'a>(
        all: &[&'a Contract],
        key: &str,
        pick: impl Fn(&'a Contract) -> Option<&'a R>,
    ) -> Option<R> {
        newest_unless(all, |snapshot| snapshot.clears(key), pick)
    }
    let all = snapshots;
    let (rate, fee_periods) = terms(all);
    Contract {
        id,
        contractor_id: newest(all, |c| c.contractor_id.as_ref()),
        person: person(all, |c| &c.person),
        client: client(all, |c| c.client.as_ref()),
        hirers: newest_list(all, Contract::is_whole, |c| &c.hirers),
        title: newest(all, |c| c.title.as_ref()),
        job_title: newest(all, |c| c.job_title.as_ref()),
        description: newest(all, |c| c.description.as_ref()),
        start_on: newest(all, |c| c.start_on.as_ref()),
        end_on: of(all, "end_date", |c| c.end_on.as_ref()),
        actual_end_on: of(all, "actual_end_date", |c| c.actual_end_on.as_ref()),
        rate,
        fee_periods,
        work_time_type: newest(all, |c| c.work_time_type.as_ref()),
        work_location: newest(all, |c| c.work_location.as_ref()),
        notice_period_days: newest(all, |c| c.notice_period_days.as_ref()),
        minutes_in_working_day: newest(all, |c| c.minutes_in_working_day.as_ref()),
        operating_jurisdiction: of(all, "freelancer_operating_jurisdiction", |c| c.operating_jurisdiction.as_ref()),
        tax_jurisdiction: of(all, "freelancer_personal_tax_jurisdiction", |c| c.tax_jurisdiction.as_ref()),
        custom_fields,
        requisition: of(all, "spend_request", |c| c.requisition.as_ref()),
        renewal_ids: newest_list(all, Contract::is_whole, |c| &c.renewal_ids),
        has_previously_accepted_contract: newest(all, |c| c.has_previously_accepted_contract.as_ref()),
        url: newest(all, |c| c.url.as_ref()),
        cleared: Cleared::default(),
    }
}

/// The facts of a requisition; `snapshots` come newest first and may be none.
pub(super) fn requisition(id: RequisitionId, snapshots: &[&Requisition]) -> Requisition {
    fn of<'a, R: Clone + 'a>(
        all: &[&'a Requisition],
        key: &str,
        pick: impl Fn(&'a Requisition) -> Option<&'a R>,
    ) -> Option<R> {
        newest_unless(all, |snapshot| snapshot.clears(key), pick)
    }
    let all = snapshots;
    // An amount is of one currency and for one thing: both come with it, from one snapshot.
    let priced = all.iter().find(|snapshot| snapshot.amount.is_some());
    let priced: &[&Requisition] = priced.map_or(all, std::slice::from_ref);
    Requisition {
        id,
        external_id: of(all, "external_id", |r| r.external_id.as_ref()),
        title: newest(all, |r| r.title.as_ref()),
        description: newest(all, |r| r.description.as_ref()),
        amount: newest(priced, |r| r.amount.as_ref()),
        currency: newest(priced, |r| r.currency.as_ref()),
        amount_type: newest(priced, |r| r.amount_type.as_ref()),
        custom_fields: newest_list(all, Requisition::is_whole, |r| &r.custom_fields),
        url: of(all, "url", |r| r.url.as_ref()),
        cleared: Cleared::default(),
    }
}
