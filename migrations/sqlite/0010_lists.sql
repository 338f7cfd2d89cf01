-- What lists are narrowed and put in order by. Keys are made to be compared as text: see `projector::row`.

alter table contractors add column client_id text;
alter table contractors add column custom_fields text not null default '[]';
create index contractors_by_last on contractors (is_test, last_at, id);
create index contractors_by_client on contractors (client_id, is_test);
-- A search looks at every name there is: here they lie close together.
create index contractors_by_search on contractors (is_test, search, id);

alter table contracts add column client_id text;
alter table contracts add column hirers text not null default '[]';
alter table contracts add column custom_fields text not null default '[]';
alter table contracts add column notice_on text;
alter table contracts add column title_key text not null default '';
alter table contracts add column rate_key text not null default '';
create index contracts_by_title on contracts (is_test, title_key, id);
create index contracts_by_rate on contracts (is_test, rate_key, id);
-- Contracts without the day come last, on either database.
create index contracts_by_start on contracts (is_test, coalesce(start_on, '9999'), id);
create index contracts_by_last_day on contracts (is_test, coalesce(ends_on, '9999'), id);
create index contracts_by_notice on contracts (is_test, notice_on) where notice_on is not null;
create index contracts_by_search on contracts (is_test, search, id);
create index contracts_by_client on contracts (client_id, is_test);
create index contracts_by_currency on contracts (rate_currency, is_test);
-- Everything the list of contractors asks of a contractor's contracts, so that it is read from the index alone.
drop index contracts_by_contractor;
create index contracts_by_contractor on contracts (contractor_id, is_test, state, ends_on, start_on, rate_currency);
drop index contracts_by_end;
create index contracts_by_end on contracts (is_test, state, ends_on, start_on, contractor_id, id);

alter table contract_versions add column client_id text;
alter table contract_versions add column hirers text not null default '[]';
alter table contract_versions add column custom_fields text not null default '[]';
alter table contract_versions add column notice_on text;
alter table contract_versions add column title_key text not null default '';
alter table contract_versions add column rate_key text not null default '';

alter table requisitions add column custom_fields text not null default '[]';
alter table requisitions add column title_key text not null default '';
alter table requisitions add column amount_key text not null default '';
drop index contracts_by_requisition;
create index contracts_by_requisition on contracts (requisition_id, is_test, client_id);
create index requisitions_by_title on requisitions (is_test, title_key, id);
create index requisitions_by_amount on requisitions (is_test, amount_key, id);

-- An index into what the columns `hirers` and `custom_fields` hold: which subjects have this value?
create table facets (
    kind text not null,
    facet text not null,
    value text not null,
    subject_id text not null,
    primary key (kind, facet, value, subject_id)
) strict, without rowid;
create index facets_by_subject on facets (kind, subject_id);

-- What a filter can be set to. The newest event decides about the name.
create table choices (
    facet text not null,
    value text not null,
    name text not null,
    search text not null,
    named_at integer not null,
    message_id text not null,
    primary key (facet, value)
) strict, without rowid;

-- Calendars that other programs fetch without a session. The link is a secret, kept as its hash like any other token.
create table feeds (
    id text primary key,
    token_hash text not null unique,
    person_id text not null references people (id) on delete cascade,
    name text not null,
    query text not null,
    created_at integer not null,
    used_at integer
) strict;
create index feeds_by_person on feeds (person_id);

-- Everything is read again, now with the new columns.
update projector set position = 0 where id = 1;
delete from mentions;
delete from contractors;
delete from contracts;
delete from contract_versions;
delete from requisitions;
delete from tallies;
delete from arrivals;
delete from hirers;
