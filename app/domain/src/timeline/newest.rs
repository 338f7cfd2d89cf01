//! Merges snapshots: each field is taken from the newest snapshot that carried it.

use super::order::OrderedEvent;
use crate::event::contact::{Client, ContractorPerson, CustomField, NulledFields};
use crate::event::contract::{Contract, FeePeriod, Rate};
use crate::event::spend::Requisition;
use crate::id::{ContractId, RequisitionId};

/// Returns the first value found; `snapshots` are newest first.
pub(super) fn newest<'a, T, R: Clone + 'a>(snapshots: &[&'a T], pick: impl Fn(&'a T) -> Option<&'a R>) -> Option<R> {
    snapshots.iter().find_map(|snapshot| pick(snapshot)).cloned()
}

/// Returns the newest list. The parsed form does not distinguish an empty list from an absent one, so an empty list
/// counts only in a snapshot that is more than a reference (`is_whole`).
pub(super) fn newest_list<'a, T, R: Clone + 'a>(
    snapshots: &[&'a T],
    is_whole: impl Fn(&'a T) -> bool,
    pick: impl Fn(&'a T) -> &'a Vec<R>,
) -> Vec<R> {
    let found = snapshots.iter().find(|snapshot| is_whole(snapshot) || !pick(snapshot).is_empty());
    found.map(|snapshot| pick(snapshot).clone()).unwrap_or_default()
}

/// Returns rate and fee periods of the newest snapshot with a rate, as a mixture of snapshots would be terms nobody
/// agreed on. Without periods in that snapshot, its rate stands alone. Periods without a rate have no known unit; they
/// are kept only if no snapshot has a rate.
fn terms(snapshots: &[&Contract]) -> (Option<Rate>, Vec<FeePeriod>) {
    let says = |rate: &Rate| rate.amount.is_some() || rate.currency.is_some() || rate.unit.is_some();
    let priced = snapshots.iter().find(|snapshot| snapshot.rate.as_ref().is_some_and(says));
    let found = priced.or_else(|| snapshots.iter().find(|snapshot| !snapshot.fee_periods.is_empty()));
    found.map(|snapshot| (snapshot.rate.clone(), snapshot.fee_periods.clone())).unwrap_or_default()
}

pub(super) fn person<'a, T>(snapshots: &[&'a T], pick: impl Fn(&'a T) -> &'a ContractorPerson) -> ContractorPerson {
    ContractorPerson {
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

/// Returns the first value found, unless a newer snapshot has null. Only for fields documented as nullable: elsewhere a
/// null is an error, and older snapshots fill it.
fn newest_unless<'a, T, R: Clone + 'a>(
    snapshots: &[&'a T],
    is_cleared: impl Fn(&'a T) -> bool,
    pick: impl Fn(&'a T) -> Option<&'a R>,
) -> Option<R> {
    let found = snapshots.iter().find(|snapshot| pick(snapshot).is_some() || is_cleared(snapshot))?;
    pick(found).cloned()
}

/// Returns the current custom fields: those of the newest snapshot that has any, with the changes stated since.
/// `ordered` are oldest first.
pub(super) fn custom_fields<'a>(
    ordered: &[&OrderedEvent<'a>],
    carried: impl Fn(&OrderedEvent<'a>) -> Option<&'a [CustomField]>,
) -> Vec<CustomField> {
    let place = ordered.iter().rposition(|item| carried(item).is_some());
    let mut fields = place.and_then(|place| carried(ordered[place])).unwrap_or_default().to_vec();
    for item in ordered.iter().skip(place.map_or(0, |place| place + 1)) {
        change(&mut fields, &item.event.changes);
    }
    fields
}

/// Applies changes to custom fields.
pub(super) fn change(fields: &mut Vec<CustomField>, changes: &[CustomField]) {
    for now in changes {
        match fields.iter_mut().find(|field| field.name == now.name) {
            Some(field) => field.value.clone_from(&now.value),
            None => fields.push(now.clone()),
        }
    }
}

/// Returns the facts of a contract; `snapshots` are newest first and may be empty.
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
        cleared: NulledFields::default(),
    }
}

/// Returns the facts of a requisition; `snapshots` are newest first and may be empty.
pub(super) fn requisition(id: RequisitionId, snapshots: &[&Requisition]) -> Requisition {
    fn of<'a, R: Clone + 'a>(
        all: &[&'a Requisition],
        key: &str,
        pick: impl Fn(&'a Requisition) -> Option<&'a R>,
    ) -> Option<R> {
        newest_unless(all, |snapshot| snapshot.clears(key), pick)
    }
    let all = snapshots;
    // Amount, currency and type belong together, so they come from one snapshot.
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
        cleared: NulledFields::default(),
    }
}
