-- What lists are read from: folded out of the log by the projector, and rebuilt from nothing at any time.
-- Dates are 'YYYY-MM-DD' text, which sorts as dates do on both databases. Money is text: exact decimals.

create table projector (
    id integer primary key check (id = 1),
    position integer not null
) strict;
insert into projector (id, position) values (1, 0);

-- Which message names what. is_own: the event belongs to the subject, rather than naming it in passing. The key is in
-- the order in which the newest live events of a subject are asked for.
create table mentions (
    kind text not null,
    subject_id text not null,
    is_own integer not null,
    is_live integer not null,
    occurred_at integer not null,
    message_id text not null,
    seq integer not null,
    primary key (kind, subject_id, is_own, is_live, occurred_at, message_id, seq)
) strict, without rowid;
create index mentions_by_seq on mentions (seq);

create table contractors (
    id text primary key,
    name text not null,
    email text,
    client text,
    state text not null,
    bookability text,
    findings integer not null,
    is_test integer not null,
    last_at integer not null,
    sort_key text not null,
    search text not null
) strict;
create index contractors_by_name on contractors (is_test, sort_key, id);

create table contracts (
    id text primary key,
    contractor_id text,
    contractor_name text,
    title text not null,
    job_title text,
    client text,
    state text not null,
    start_on text,
    ends_on text,
    planned_end_on text,
    rate_amount text,
    rate_currency text,
    rate_unit text,
    requisition_id text,
    renewal_ids text not null,
    findings integer not null,
    is_test integer not null,
    last_at integer not null,
    search text not null
) strict;
create index contracts_by_last on contracts (is_test, last_at, id);
create index contracts_by_state on contracts (state, is_test, last_at, id);
-- Every column the count of running contracts needs, so that it is read from the index alone.
create index contracts_by_end on contracts (is_test, state, ends_on, start_on, id);
create index contracts_with_findings on contracts (is_test, last_at, id) where findings > 0;
create index contracts_by_contractor on contracts (contractor_id, start_on);
create index contracts_by_requisition on contracts (requisition_id);

create table requisitions (
    id text primary key,
    title text not null,
    external_id text,
    amount text,
    currency text,
    amount_type text,
    state text not null,
    versions integer not null,
    findings integer not null,
    is_test integer not null,
    last_at integer not null,
    search text not null
) strict;
create index requisitions_by_last on requisitions (is_test, last_at, id);

create table tallies (
    event_type text not null,
    mode text not null,
    count integer not null,
    first_at integer not null,
    last_at integer not null,
    primary key (event_type, mode)
) strict, without rowid;

-- How much arrived in each minute, so that a day is added up from at most 1,441 rows and not from its messages.
create table arrivals (
    minute integer primary key,
    live integer not null,
    unreadable integer not null,
    late integer not null
) strict;

-- The newest name seen of each hirer.
create table hirers (
    id text primary key,
    name text not null,
    named_at integer not null,
    message_id text not null
) strict;
