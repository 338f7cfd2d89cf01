-- Names are searched and put in order as Unicode's root collation has it, and each says since when: a search looks among
-- the names alone, of now or of the past, and rows keep no text to be searched. All is folded again.
drop table choices;
create table choices (
    facet text not null,
    value text not null,
    name text not null,
    search text not null,
    sort_key text not null,
    named_at integer not null,
    message_id text not null,
    first_at integer not null,
    known_at integer not null,
    primary key (facet, value, name)
) strict, without rowid;
create index choices_in_order on choices (facet, sort_key, value);

alter table contractors drop column search;
alter table contracts drop column search;
alter table contract_versions drop column search;
alter table requisitions drop column search;
alter table findings drop column search;

delete from names;
alter table names add column first_at integer not null default 0;
alter table names add column known_at integer not null default 0;

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
insert into contractor_grams (contractor_grams) values ('delete-all');
insert into contract_grams (contract_grams) values ('delete-all');
insert into requisition_grams (requisition_grams) values ('delete-all');
