//! The columns of each table that the projector fills, and the values of a row in the same order.

use crate::store::projections::row::{
    ContractRow, ContractVersion, ContractorRow, FindingRow, Mention, RequisitionRow,
};
use crate::store::projections::statement::Value;

pub(super) const MENTION: &str = "kind, subject_id, is_own, is_live, occurred_at, received_at, message_id, seq";

pub(super) fn mention(row: &Mention) -> Vec<Value> {
    vec![
        (&row.kind).into(),
        (&row.subject_id).into(),
        row.is_own.into(),
        row.is_live.into(),
        row.occurred_at.into(),
        row.received_at.into(),
        (&row.message_id).into(),
        row.seq.into(),
    ]
}

pub(super) const CONTRACTOR: &str = "id, name, email, client, state, bookability, findings, is_test, last_at, sort_key, client_id, \
    custom_fields";

pub(super) fn contractor(row: &ContractorRow) -> Vec<Value> {
    vec![
        (&row.id).into(),
        (&row.name).into(),
        (&row.email).into(),
        (&row.client).into(),
        (&row.state).into(),
        (&row.bookability).into(),
        row.findings.into(),
        row.is_test.into(),
        row.last_at.into(),
        (&row.sort_key).into(),
        (&row.client_id).into(),
        (&row.custom_fields).into(),
    ]
}

pub(super) const REQUISITION: &str = "id, title, external_id, amount, currency, amount_type, state, versions, findings, is_test, last_at, \
    custom_fields, title_key, amount_key, approved_amount, approved_currency, approved_type";

pub(super) fn requisition(row: &RequisitionRow) -> Vec<Value> {
    vec![
        (&row.id).into(),
        (&row.title).into(),
        (&row.external_id).into(),
        (&row.amount).into(),
        (&row.currency).into(),
        (&row.amount_type).into(),
        (&row.state).into(),
        row.versions.into(),
        row.findings.into(),
        row.is_test.into(),
        row.last_at.into(),
        (&row.custom_fields).into(),
        (&row.title_key).into(),
        (&row.amount_key).into(),
        (&row.approved_amount).into(),
        (&row.approved_currency).into(),
        (&row.approved_type).into(),
    ]
}

pub(super) const FINDING: &str = "key, subject_kind, subject_id, title, contractor_name, kind, rule, severity, seq, event_type, \
    sentence, advice, from_at, until_at, is_met, is_test, at, is_offered, aging";

pub(super) fn finding(row: &FindingRow) -> Vec<Value> {
    vec![
        (&row.key).into(),
        (&row.subject_kind).into(),
        (&row.subject_id).into(),
        (&row.title).into(),
        (&row.contractor_name).into(),
        (&row.kind).into(),
        (&row.rule).into(),
        row.severity.into(),
        row.seq.into(),
        (&row.event_type).into(),
        (&row.sentence).into(),
        (&row.advice).into(),
        row.from_at.into(),
        row.until_at.into(),
        row.is_met.into(),
        row.is_test.into(),
        row.at.into(),
        row.is_offered.into(),
        (&row.aging).into(),
    ]
}

pub(super) const CONTRACT: &str = "id, contractor_id, contractor_name, title, job_title, client, state, start_on, ends_on, \
    planned_end_on, rate_amount, rate_currency, rate_unit, requisition_id, renewal_ids, findings, \
    is_test, last_at, standing, commitment_amount, commitment_per_day, commitment_currency, \
    client_id, hirers, custom_fields, notice_on, title_key, rate_key";

pub(super) fn contract(row: &ContractRow) -> Vec<Value> {
    vec![
        (&row.id).into(),
        (&row.contractor_id).into(),
        (&row.contractor_name).into(),
        (&row.title).into(),
        (&row.job_title).into(),
        (&row.client).into(),
        (&row.state).into(),
        (&row.start_on).into(),
        (&row.ends_on).into(),
        (&row.planned_end_on).into(),
        (&row.rate_amount).into(),
        (&row.rate_currency).into(),
        (&row.rate_unit).into(),
        (&row.requisition_id).into(),
        (&row.renewal_ids).into(),
        row.findings.into(),
        row.is_test.into(),
        row.last_at.into(),
        (&row.standing).into(),
        (&row.commitment_amount).into(),
        (&row.commitment_per_day).into(),
        (&row.commitment_currency).into(),
        (&row.client_id).into(),
        (&row.hirers).into(),
        (&row.custom_fields).into(),
        (&row.notice_on).into(),
        (&row.title_key).into(),
        (&row.rate_key).into(),
    ]
}

pub(super) const VERSION: &str = "is_known, from_at, id, contractor_id, contractor_name, title, job_title, client, state, start_on, \
    ends_on, planned_end_on, rate_amount, rate_currency, rate_unit, requisition_id, renewal_ids, \
    findings, is_test, last_at, standing, commitment_amount, commitment_per_day, \
    commitment_currency, client_id, hirers, custom_fields, notice_on, title_key, rate_key";

pub(super) fn version(version: &ContractVersion) -> Vec<Value> {
    let mut values = vec![version.is_known.into(), version.from_at.into()];
    values.extend(contract(&version.row));
    values
}
