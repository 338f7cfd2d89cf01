-- What lists are read from: folded out of the log by the projector, and made anew at any time. Whoever changes this file
-- changes the version of the lists: the next start makes them beside those of other versions. What must not be lost does
-- not belong here.
-- Counting from an index alone takes pages that were vacuumed since they last changed: hence the scale factors.
-- Dates are 'YYYY-MM-DD' text, which sorts as dates do on both databases. Money is text: exact decimals.

-- How far the log is folded, and with which days. While the lists are being made, `target` is the end of the log when
-- that began, and the rate is told from what was folded after `made_from` since `began_at`.
create table projector (
    id bigint primary key check (id = 1),
    position bigint not null,
    offer_days bigint,
    ending_days bigint,
    unused_days bigint,
    target bigint not null,
    made_from bigint not null,
    began_at bigint,
    is_made boolean not null
);
insert into projector (id, position, target, made_from, is_made) values (1, 0, 0, 0, false);

-- Which message names what, and when each happened and arrived. is_own: the event belongs to the subject, rather than
-- naming it in passing. The key is in the order in which the newest live events of a subject are asked for.
create table mentions (
    kind text not null,
    subject_id text collate "C" not null,
    is_own boolean not null,
    is_live boolean not null,
    occurred_at bigint not null,
    received_at bigint not null,
    message_id text collate "C" not null,
    seq bigint not null,
    primary key (kind, subject_id, is_own, is_live, occurred_at, message_id, seq)
);
create index mentions_by_seq on mentions (seq);

-- Keys that rows are put in order by are made to be compared as text: see `stories::row`.
create table contractors (
    id text collate "C" primary key,
    name text not null,
    email text,
    client text,
    state text not null,
    bookability text,
    is_test boolean not null,
    last_at bigint not null,
    sort_key text collate "C" not null,
    client_id text collate "C",
    custom_fields text not null
) with (autovacuum_vacuum_scale_factor = 0.05);

-- The standing and the commitment are estimates of the present state, so that lists need not fold events: null where
-- they cannot be made, and where nothing is committed. Per day is the dearest working day. A last day that is not known
-- comes after all others, so that what runs today is one stretch of an index.
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
    standing text not null,
    commitment_amount text,
    commitment_per_day text,
    commitment_currency text,
    client_id text collate "C",
    hirers text not null,
    custom_fields text not null,
    notice_on text collate "C",
    title_key text collate "C" not null,
    rate_key text collate "C" not null,
    last_day text collate "C" generated always as (coalesce(ends_on, '9999')) stored
) with (autovacuum_vacuum_scale_factor = 0.05);
-- Everything the list of contractors asks of a contractor's contracts, so that it is read from the index alone.
create index contracts_by_contractor on contracts (contractor_id, is_test, state, last_day, start_on, rate_currency);
create index contracts_by_requisition on contracts (requisition_id, is_test, client_id);

-- The list row of each contract from every event on, so that a list can be asked about the past: as it happened
-- (is_known is false, from_at is when the event happened) or as it was known (from_at is when it arrived). The version in
-- force is the newest that began by then. The two versions of a moment lie side by side: most events write both.
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
    standing text not null,
    commitment_amount text,
    commitment_per_day text,
    commitment_currency text,
    client_id text collate "C",
    hirers text not null,
    custom_fields text not null,
    notice_on text collate "C",
    title_key text collate "C" not null,
    rate_key text collate "C" not null,
    last_day text collate "C" generated always as (coalesce(ends_on, '9999')) stored,
    primary key (id, is_known, from_at)
);

-- The cost each contract committed over time: the event that exceeded a requisition is found from these, without folding
-- every event of every contract that draws on it.
create table commitments (
    id text collate "C" primary key not null,
    history text collate "C" not null
);

-- What was approved may be another amount than the one it is for now.
create table requisitions (
    id text collate "C" primary key,
    title text not null,
    external_id text,
    amount text,
    currency text,
    amount_type text,
    state text not null,
    versions bigint not null,
    is_test boolean not null,
    last_at bigint not null,
    custom_fields text not null,
    title_key text collate "C" not null,
    amount_key text collate "C" not null,
    approved_amount text,
    approved_currency text,
    approved_type text
);

-- An index into what the columns `hirers` and `custom_fields` hold: which subjects have this value.
create table facets (
    kind text collate "C" not null,
    facet text collate "C" not null,
    value text collate "C" not null,
    subject_id text collate "C" not null,
    primary key (kind, facet, value, subject_id)
);
create index facets_by_subject on facets (kind, subject_id);

-- Every name that a value of a filter ever had, and since when: a row is found by the name it shows, and the past offers
-- nothing that was told later.
create table choices (
    facet text collate "C" not null,
    value text collate "C" not null,
    name text collate "C" not null,
    search text collate "C" not null,
    sort_key text collate "C" not null,
    named_at bigint not null,
    message_id text collate "C" not null,
    first_at bigint not null,
    known_at bigint not null,
    primary key (facet, value, name)
);

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

-- How many live messages arrived at each endpoint, minute by minute (span 1) and hour by hour (span 60): what is usual at
-- an hour of the week is told from a few rows. Both count in minutes since 1970-01-01 UTC.
create table endpoint_arrivals (
    endpoint text collate "C" not null,
    span bigint not null,
    start bigint not null,
    live bigint not null,
    last_at bigint not null,
    primary key (endpoint, span, start)
);

-- How many genuine requests of each kind arrived, repeats included, in each hour, day and month of UTC: time is counted in
-- hours since 1970-01-01. A long time is added up from days and months, and bars of hours from few rows.
create table volume (
    span text collate "C" not null,
    start bigint not null,
    endpoint text collate "C" not null,
    event_type text collate "C" not null,
    mode text collate "C" not null,
    outcome text collate "C" not null,
    count bigint not null,
    primary key (span, start, endpoint, event_type, mode, outcome)
);

-- The newest name seen of each hirer.
create table hirers (
    id text collate "C" primary key,
    name text not null,
    named_at bigint not null,
    message_id text collate "C" not null
);

-- What is wrong with each subject. A finding is named by its rule, its subject and its event, so that what people said of
-- it holds when the log is folded again. Severities are 0 to 2, the gravest last. It holds from from_at until until_at (0
-- and the largest number where that is no matter of the clock), and not while is_met: then another contract renews the
-- one that ends; is_offered says that one would. Since when something lasts that is told with its age is in `aging`.
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
    is_offered boolean not null,
    aging text
) with (autovacuum_vacuum_scale_factor = 0.05);
create index findings_by_subject on findings (subject_kind, subject_id);

-- Whatever a subject was ever found by, in search form, and since when. Where `pg_trgm` can be had, indexes of the three
-- characters that begin at each place of it are made as well: see `store::projections::trigrams`.
create table names (
    n bigint generated by default as identity primary key,
    kind text collate "C" not null,
    subject_id text collate "C" not null,
    name text collate "C" not null,
    first_at bigint not null,
    known_at bigint not null,
    unique (kind, subject_id, name)
);

-- The index of the search of deliveries: see `src/index.rs`. A segment covers sequence numbers of the log without a gap to
-- the one before it, and arrivals within these moments; its terms are in blocks.
create table search_segments (
    level bigint not null,
    number bigint not null,
    from_at bigint not null,
    until_at bigint not null,
    primary key (level, number)
);
create table search_blocks (
    level bigint not null,
    block bigint not null,
    number bigint not null,
    terms bytea not null,
    primary key (level, block, number)
);
-- The bytes are dense, and compressing them would be in vain.
alter table search_blocks alter column terms set storage external;

-- Indexes made once the log is folded.
-- Kept up row by row they cause most of the writes, scattered over the disk, and made at the end they are sorted once. The
-- fold reads none of them.

create index if not exists contractors_by_name on contractors (is_test, sort_key, id);
-- Lists of the past go through live and test rows alike: which of the two a subject was may have changed since.
create index if not exists contractors_by_name_in_any_mode on contractors (sort_key, id);
create index if not exists contractors_by_last on contractors (is_test, last_at, id);
create index if not exists contractors_by_client on contractors (client_id, is_test);

create index if not exists contracts_by_last on contracts (is_test, last_at, id);
create index if not exists contracts_by_state on contracts (state, is_test, last_at, id);
-- Every column the count of running contracts needs, so that it is read from the index alone.
create index if not exists contracts_by_end on contracts (is_test, state, last_day, start_on, contractor_id, id);
create index if not exists contracts_by_title on contracts (is_test, title_key, id);
create index if not exists contracts_by_rate on contracts (is_test, rate_key, id);
-- Contracts without the day come last, on either database.
create index if not exists contracts_by_start on contracts (is_test, coalesce(start_on, '9999'), id);
create index if not exists contracts_by_last_day on contracts (is_test, coalesce(ends_on, '9999'), id);
create index if not exists contracts_by_notice on contracts (is_test, notice_on) where notice_on is not null;
create index if not exists contracts_by_client on contracts (client_id, is_test);
create index if not exists contracts_by_currency on contracts (rate_currency, is_test);

create index if not exists contract_versions_by_last on contract_versions (is_known, is_test, last_at, id);
-- Which contracts somebody had at a moment of the past is told by the index alone.
create index if not exists contract_versions_by_contractor on contract_versions (contractor_id, is_known, id, from_at);
create index if not exists contract_versions_by_requisition on contract_versions (requisition_id, is_known);

create index if not exists requisitions_by_last on requisitions (is_test, last_at, id);
create index if not exists requisitions_by_title on requisitions (is_test, title_key, id);
create index if not exists requisitions_by_amount on requisitions (is_test, amount_key, id);
-- The list of spend in the past stands in order of titles: by last events, every event would move what a shared link shows.
create index if not exists requisitions_by_title_in_any_mode on requisitions (title_key, id);

-- What filters offer stands in the order it is offered in.
create index if not exists choices_in_order on choices (facet, sort_key, value);

create index if not exists findings_by_severity on findings (is_test, is_met, severity, at, key);
-- Every page says how many findings need a person: those of today stand together, and the index alone tells.
create index if not exists findings_open on findings (is_test, is_met, until_at, from_at, severity, key);
