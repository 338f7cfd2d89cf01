-- What is wrong with each subject, folded out of the log like the lists. A finding is named by its rule, its subject and
-- its event, so that what people said of it holds after a rebuild. Severities are 0 to 2, the gravest last. It holds from
-- from_at until until_at (0 and the largest number where that is no matter of the clock), and not while is_met: then
-- another contract renews the one that ends.

create table findings (
    key text collate "C" primary key,
    subject_kind text not null,
    subject_id text collate "C" not null,
    title text not null,
    contractor_name text,
    kind text not null,
    rule text not null,
    severity bigint not null,
    seq bigint not null,
    event_type text not null,
    sentence text not null,
    advice text not null,
    from_at bigint not null,
    until_at bigint not null,
    is_met boolean not null,
    is_test boolean not null,
    at bigint not null,
    search text not null
);
create index findings_by_subject on findings (subject_kind, subject_id);
create index findings_by_severity on findings (is_test, is_met, severity, at, key);

-- What people said of findings: no projection, and never taken away.
create table dismissals (
    finding_key text collate "C" not null,
    at bigint not null,
    reason text not null,
    by_name text not null,
    by_email text not null,
    undone_at bigint,
    undone_by text,
    primary key (finding_key, at)
);
create unique index dismissals_in_force on dismissals (finding_key) where undone_at is null;

-- The few repeats that said something else are looked for by their place in the log.
create index attempts_altered on attempts (seq) where not same_body;

delete from mentions;
delete from contractors;
delete from contracts;
delete from contract_versions;
delete from requisitions;
delete from tallies;
delete from arrivals;
delete from hirers;
update projector set position = 0 where id = 1;
