-- What lists are read from, in a file of its own beside the log's: who writes lists never keeps a request waiting, and
-- what a power cut takes from them is folded out of the log again. Every table here can be deleted and comes back; what
-- people did (dismissals, feeds, sessions) and what was received is in the other file. Both are read as one database.

-- The number of the last message that is in the lists.
create table projector (
    id integer primary key check (id = 1),
    position integer not null
) strict;
insert into projector (id, position) values (1, 0);

create table mentions (
    kind text not null,
    subject_id text not null,
    is_own integer not null,
    is_live integer not null,
    occurred_at integer not null,
    received_at integer not null,
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
    search text not null,
    client_id text,
    custom_fields text not null default '[]'
) strict;
create index contractors_by_name on contractors (is_test, sort_key, id);
create index contractors_by_name_in_any_mode on contractors (sort_key, id);
create index contractors_by_last on contractors (is_test, last_at, id);
create index contractors_by_client on contractors (client_id, is_test);
create index contractors_by_search on contractors (is_test, search, id);

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
    search text not null,
    standing text not null default 'nothing',
    commitment_amount text,
    commitment_per_day text,
    commitment_currency text,
    client_id text,
    hirers text not null default '[]',
    custom_fields text not null default '[]',
    notice_on text,
    title_key text not null default '',
    rate_key text not null default ''
) strict;
create index contracts_by_last on contracts (is_test, last_at, id);
create index contracts_by_state on contracts (state, is_test, last_at, id);
create index contracts_with_findings on contracts (is_test, last_at, id) where findings > 0;
create index contracts_by_title on contracts (is_test, title_key, id);
create index contracts_by_rate on contracts (is_test, rate_key, id);
create index contracts_by_start on contracts (is_test, coalesce(start_on, '9999'), id);
create index contracts_by_last_day on contracts (is_test, coalesce(ends_on, '9999'), id);
create index contracts_by_notice on contracts (is_test, notice_on) where notice_on is not null;
create index contracts_by_search on contracts (is_test, search, id);
create index contracts_by_client on contracts (client_id, is_test);
create index contracts_by_currency on contracts (rate_currency, is_test);
create index contracts_by_contractor on contracts (contractor_id, is_test, state, ends_on, start_on, rate_currency);
create index contracts_by_end on contracts (is_test, state, ends_on, start_on, contractor_id, id);
create index contracts_by_requisition on contracts (requisition_id, is_test, client_id);

-- The two versions of a moment, on either line of time, lie side by side: most events write both.
create table contract_versions (
    is_known integer not null,
    from_at integer not null,
    id text not null,
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
    search text not null,
    standing text not null default 'nothing',
    commitment_amount text,
    commitment_per_day text,
    commitment_currency text,
    client_id text,
    hirers text not null default '[]',
    custom_fields text not null default '[]',
    notice_on text,
    title_key text not null default '',
    rate_key text not null default '',
    primary key (id, is_known, from_at)
) strict, without rowid;
create index contract_versions_by_last on contract_versions (is_known, is_test, last_at, id);
create index contract_versions_by_contractor on contract_versions (contractor_id, is_known);
create index contract_versions_by_requisition on contract_versions (requisition_id, is_known);

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
    search text not null,
    custom_fields text not null default '[]',
    title_key text not null default '',
    amount_key text not null default ''
) strict;
create index requisitions_by_last on requisitions (is_test, last_at, id);
create index requisitions_by_last_in_any_mode on requisitions (last_at, id);
create index requisitions_by_title on requisitions (is_test, title_key, id);
create index requisitions_by_amount on requisitions (is_test, amount_key, id);

create table facets (
    kind text not null,
    facet text not null,
    value text not null,
    subject_id text not null,
    primary key (kind, facet, value, subject_id)
) strict, without rowid;
create index facets_by_subject on facets (kind, subject_id);

create table choices (
    facet text not null,
    value text not null,
    name text not null,
    search text not null,
    named_at integer not null,
    message_id text not null,
    primary key (facet, value)
) strict, without rowid;

create table tallies (
    event_type text not null,
    mode text not null,
    count integer not null,
    first_at integer not null,
    last_at integer not null,
    primary key (event_type, mode)
) strict, without rowid;

create table arrivals (
    minute integer primary key,
    live integer not null,
    unreadable integer not null,
    late integer not null
) strict;

create table hirers (
    id text primary key,
    name text not null,
    named_at integer not null,
    message_id text not null
) strict;

create table findings (
    key text primary key,
    subject_kind text not null,
    subject_id text not null,
    title text not null,
    contractor_name text,
    kind text not null,
    rule text not null,
    severity integer not null,
    seq integer not null,
    event_type text not null,
    sentence text not null,
    advice text not null,
    from_at integer not null,
    until_at integer not null,
    is_met integer not null,
    is_test integer not null,
    at integer not null,
    search text not null
) strict;
create index findings_by_subject on findings (subject_kind, subject_id);
create index findings_by_severity on findings (is_test, is_met, severity, at, key);
