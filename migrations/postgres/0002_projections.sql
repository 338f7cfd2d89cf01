-- What lists are read from: folded out of the log by the projector, and rebuilt from nothing at any time.
-- Dates are 'YYYY-MM-DD' text, which sorts as dates do on both databases. Money is text: exact decimals.

create table projector (
    id bigint primary key check (id = 1),
    position bigint not null
);
insert into projector (id, position) values (1, 0);

-- Which message names what. is_own: the event belongs to the subject, rather than naming it in passing. The key is in
-- the order in which the newest live events of a subject are asked for.
create table mentions (
    kind text not null,
    subject_id text collate "C" not null,
    is_own boolean not null,
    is_live boolean not null,
    occurred_at bigint not null,
    message_id text collate "C" not null,
    seq bigint not null,
    primary key (kind, subject_id, is_own, is_live, occurred_at, message_id, seq)
);
create index mentions_by_seq on mentions (seq);

create table contractors (
    id text collate "C" primary key,
    name text not null,
    email text,
    client text,
    state text not null,
    bookability text,
    findings bigint not null,
    is_test boolean not null,
    last_at bigint not null,
    sort_key text collate "C" not null,
    search text not null
);
create index contractors_by_name on contractors (is_test, sort_key, id);

create table contracts (
    id text collate "C" primary key,
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
    search text not null
);
create index contracts_by_last on contracts (is_test, last_at, id);
create index contracts_by_state on contracts (state, is_test, last_at, id);
-- Every column the count of running contracts needs, so that it is read from the index alone.
create index contracts_by_end on contracts (is_test, state, ends_on, start_on, id);
create index contracts_with_findings on contracts (is_test, last_at, id) where findings > 0;
create index contracts_by_contractor on contracts (contractor_id, start_on);
create index contracts_by_requisition on contracts (requisition_id);

create table requisitions (
    id text collate "C" primary key,
    title text not null,
    external_id text,
    amount text,
    currency text,
    amount_type text,
    state text not null,
    versions bigint not null,
    findings bigint not null,
    is_test boolean not null,
    last_at bigint not null,
    search text not null
);
create index requisitions_by_last on requisitions (is_test, last_at, id);

create table tallies (
    event_type text collate "C" not null,
    mode text not null,
    count bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    primary key (event_type, mode)
);

-- How much arrived in each minute, so that a day is added up from at most 1,441 rows and not from its messages.
create table arrivals (
    minute bigint primary key,
    live bigint not null,
    unreadable bigint not null,
    late bigint not null
);

-- The newest name seen of each hirer.
create table hirers (
    id text collate "C" primary key,
    name text not null,
    named_at bigint not null,
    message_id text collate "C" not null
);
