-- Names are searched and put in order as Unicode's root collation has it, and each says since when: a search looks among
-- the names alone, of now or of the past, and rows keep no text to be searched. All is folded again.
drop table choices;
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
create index choices_in_order on choices (facet, sort_key, value);

alter table contractors drop column search;
alter table contracts drop column search;
alter table contract_versions drop column search;
alter table requisitions drop column search;
alter table findings drop column search;

delete from names;
alter table names add column first_at bigint not null default 0;
alter table names add column known_at bigint not null default 0;

update projector set position = 0 where id = 1;
delete from mentions;
delete from contractors;
delete from contracts;
delete from facets;
delete from contract_versions;
delete from requisitions;
delete from findings;
delete from tallies;
delete from arrivals;
delete from endpoint_arrivals;
delete from hirers;
