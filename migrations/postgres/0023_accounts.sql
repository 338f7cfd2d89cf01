-- What a person is shown of their sessions, and the browsers they signed in from before. A session is ended by its id,
-- which opens nothing. expires_at is the earlier of the absolute limit and the idle limit, and moves with use.

alter table sessions add column id text collate "C" not null default '';
alter table sessions add column device text not null default '';
alter table sessions add column address text;
alter table sessions add column last_seen_at bigint not null default 0;
update sessions set
    id = 'session_' || md5(random()::text || token_hash),
    last_seen_at = cast(extract(epoch from now()) as bigint) * 1000;
create unique index sessions_by_id on sessions (id);

create table devices (
    token_hash text collate "C" primary key,
    person_id text collate "C" not null references people (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index devices_by_person on devices (person_id, created_at);
