-- The list row of each contract from every event on, so that a list can be asked about the past: as it happened
-- (is_known is false, from_at is when the event happened) or as it was known (from_at is when it arrived). The version in
-- force is the newest that began by then. Projections are folded again from the log after this.

create table contract_versions (
    is_known boolean not null,
    from_at bigint not null,
    id text collate "C" not null,
    contractor_id text collate "C",
    contractor_name text,
    title text not null,
    job_title text,
    client text,
    state text not null,
    start_on text collate "C",
    ends_on text collate "C",
    planned_end_on text collate "C",
    rate_amount text,
    rate_currency text,
    rate_unit text,
    requisition_id text collate "C",
    renewal_ids text not null,
    findings bigint not null,
    is_test boolean not null,
    last_at bigint not null,
    search text not null,
    primary key (is_known, id, from_at)
);
create index contract_versions_by_last on contract_versions (is_known, is_test, last_at, id);
create index contract_versions_by_contractor on contract_versions (is_known, contractor_id);
create index contract_versions_by_requisition on contract_versions (is_known, requisition_id);

-- Lists of the past go through live and test rows alike: which of the two a subject was may have changed since.
create index contractors_by_name_in_any_mode on contractors (sort_key, id);
create index requisitions_by_last_in_any_mode on requisitions (last_at, id);

delete from mentions;
delete from contractors;
delete from contracts;
delete from requisitions;
delete from tallies;
delete from arrivals;
delete from hirers;
update projector set position = 0 where id = 1;
