-- Who may read. Tokens are stored as SHA-256 of what the person holds: a stolen table signs nobody in.

create table people (
    id text collate "C" primary key,
    email text collate "C" not null unique,
    name text not null,
    role text not null,
    password_hash text,
    created_at bigint not null,
    disabled_at bigint
);

create table sign_in_links (
    token_hash text collate "C" primary key,
    person_id text collate "C" not null references people (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index sign_in_links_by_person on sign_in_links (person_id);

create table sessions (
    token_hash text collate "C" primary key,
    person_id text collate "C" not null references people (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);
