-- Whatever anything was ever found by stands among the names, contracts' too, with an index of the three characters that
-- begin at each place of it, one a kind: a search among very many, now or in the past, looks there first. What contracts
-- were found by is taken from their versions; a rebuild takes it from the events.

alter table names rename to names_before;

create table names (
    n integer primary key,
    kind text not null,
    subject_id text not null,
    name text not null,
    unique (kind, subject_id, name)
) strict;

create virtual table contractor_grams using fts5 (
    name, content = 'names', content_rowid = 'n', tokenize = 'trigram case_sensitive 1', detail = 'none', columnsize = 0
);
create virtual table contract_grams using fts5 (
    name, content = 'names', content_rowid = 'n', tokenize = 'trigram case_sensitive 1', detail = 'none', columnsize = 0
);
create virtual table requisition_grams using fts5 (
    name, content = 'names', content_rowid = 'n', tokenize = 'trigram case_sensitive 1', detail = 'none', columnsize = 0
);

create trigger names_of_contractors after insert on names when new.kind = 'contractor' begin
    insert into contractor_grams (rowid, name) values (new.n, new.name);
end;
create trigger names_of_contracts after insert on names when new.kind = 'contract' begin
    insert into contract_grams (rowid, name) values (new.n, new.name);
end;
create trigger names_of_requisitions after insert on names when new.kind = 'requisition' begin
    insert into requisition_grams (rowid, name) values (new.n, new.name);
end;

insert into names (kind, subject_id, name)
select kind, subject_id, name from names_before union all select distinct 'contract', id, search from contract_versions;
drop table names_before;

drop index contracts_by_search;
drop index contractors_by_search;
