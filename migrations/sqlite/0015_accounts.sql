-- What a person is shown of their sessions, and the browsers they signed in from before. A session is ended by its id,
-- which opens nothing. expires_at is the earlier of the absolute limit and the idle limit, and moves with use.

alter table sessions add column id text not null default '';
alter table sessions add column device text not null default '';
alter table sessions add column address text;
alter table sessions add column last_seen_at integer not null default 0;
update sessions set
    id = 'session_' || lower(hex(randomblob(16))),
    last_seen_at = cast(strftime('%s', 'now') as integer) * 1000;
create unique index sessions_by_id on sessions (id);

create table devices (
    token_hash text primary key,
    person_id text not null references people (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict;
create index devices_by_person on devices (person_id, created_at);
