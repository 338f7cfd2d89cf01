-- Who may read. Tokens are stored as SHA-256 of what the person holds: a stolen table signs nobody in.

create table people (
    id text primary key,
    email text not null unique,
    name text not null,
    role text not null,
    password_hash text,
    created_at integer not null,
    disabled_at integer
) strict;

create table sign_in_links (
    token_hash text primary key,
    person_id text not null references people (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict;
create index sign_in_links_by_person on sign_in_links (person_id);

create table sessions (
    token_hash text primary key,
    person_id text not null references people (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict;
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);
