-- What was received, and what people did: everything that cannot be made again. What is folded out of it is in
-- `projections/postgres.sql`. Instants are milliseconds since 1970-01-01 UTC: both databases keep them without rounding.
-- Keys are compared byte by byte (collate "C"), as SQLite does, so that lists and their cursors sort alike.

-- One row. Taking a range of numbers locks it until the commit, so numbers are given in the order of commits,
-- across server instances too: a reader who has seen number n never sees a smaller one appear later.
create table log_head (
    id bigint primary key check (id = 1),
    seq bigint not null
);
insert into log_head (id, seq) values (1, 0);

-- Every genuine message with its exact bytes.
create table messages (
    seq bigint primary key,
    endpoint text collate "C" not null,
    message_id text collate "C" not null,
    received_at bigint not null,
    sent_at bigint not null,
    occurred_at bigint not null,
    occurred_from text not null,
    event_type text collate "C",
    mode text,
    outcome text not null,
    reason text,
    headers text not null,
    remote text,
    signed_with text,
    body bytea not null,
    unique (endpoint, message_id)
);
-- One index for the list of deliveries, narrowed or not: everything new lies together at its end, so that a batch writes
-- few pages before its requests are answered. A type is looked for along it, without reading the messages passed over.
create index messages_by_time on messages (received_at, seq, event_type, outcome);

-- Every further attempt to deliver a message; with its body where that differs from the first.
create table attempts (
    seq bigint primary key,
    endpoint text collate "C" not null,
    message_id text collate "C" not null,
    received_at bigint not null,
    sent_at bigint not null,
    same_body boolean not null,
    headers text not null,
    remote text,
    body bytea
);
create index attempts_by_message on attempts (endpoint, message_id, seq);
create index attempts_by_time on attempts (received_at, seq);
-- The few repeats that said something else are looked for by their place in the log.
create index attempts_altered on attempts (seq) where not same_body;

-- Refused requests, within bounds. At most the first 64 KiB of a body are kept: `body_length` says how long it was, or
-- was said to be; null where nobody said. `grade` says how much the request looked like the sender's: the least go first.
create table quarantine (
    seq bigint primary key,
    endpoint text collate "C" not null,
    received_at bigint not null,
    code text not null,
    reason text not null,
    message_id text collate "C",
    headers text not null,
    remote text,
    body bytea not null,
    size bigint not null,
    body_length bigint,
    grade bigint not null default 0
);
create index quarantine_by_time on quarantine (received_at, seq);
-- What to let go is found in the index alone.
create index quarantine_by_grade on quarantine (endpoint, grade, seq, size);
-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);

-- Refused requests are counted, whether or not they are kept: for good by what was wrong, and by minute for a week.
create table refusal_totals (
    endpoint text collate "C" not null,
    code text not null,
    count bigint not null,
    primary key (endpoint, code)
);
create table refusal_minutes (
    minute bigint not null,
    endpoint text collate "C" not null,
    count bigint not null,
    primary key (minute, endpoint)
);

-- Requests that look like webhooks and came to no endpoint, by minute for a week.
create table wrong_addresses (
    minute bigint primary key,
    count bigint not null,
    last_path text not null
);

-- A signing secret made here because none was given, kept so that the portal need not be told again.
create table kept_secrets (
    endpoint text collate "C" primary key,
    secret text not null,
    created_at bigint not null
);

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

-- A session is ended by its id, which opens nothing. expires_at is the earlier of the absolute limit and the idle limit,
-- and moves with use.
create table sessions (
    token_hash text collate "C" primary key,
    person_id text collate "C" not null references people (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null,
    id text collate "C" not null default '',
    device text not null default '',
    address text,
    last_seen_at bigint not null default 0
);
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);
create unique index sessions_by_id on sessions (id);

-- The browsers that a person signed in from before.
create table devices (
    token_hash text collate "C" primary key,
    person_id text collate "C" not null references people (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index devices_by_person on devices (person_id, created_at);

-- Calendars that other programs fetch without a session. The link is a secret, kept as its hash like any other token.
create table feeds (
    id text collate "C" primary key,
    token_hash text collate "C" not null unique,
    person_id text collate "C" not null references people (id) on delete cascade,
    name text not null,
    query text not null,
    created_at bigint not null,
    used_at bigint
);
create index feeds_by_person on feeds (person_id);

-- What people said of findings, under the key of each, which is the same whenever the log is folded.
create table dismissals (
    finding_key text collate "C" not null,
    at bigint not null,
    reason text not null,
    by_name text not null,
    by_email text not null,
    undone_at bigint,
    undone_by text,
    primary key (finding_key, at)
);
create unique index dismissals_in_force on dismissals (finding_key) where undone_at is null;

-- The servers that run, and the version of the lists each of them reads. A schema of lists that nobody was seen using for
-- a minute is dropped: see `store::instances`. SQLite has no such table: who has a file open is told by its locks.
create table instances (
    id text collate "C" primary key,
    lists_version text collate "C" not null,
    seen_at bigint not null
);

-- PostgreSQL packs rows of more than 2 kB, which most messages are, with pglz unless told otherwise: a third of the
-- time it spent on a message. lz4 packs as small, for a tenth of that. A server built without it (or older than 14)
-- keeps pglz.
do $$
begin
    execute 'alter table messages alter column body set compression lz4, alter column headers set compression lz4';
    execute 'alter table attempts alter column body set compression lz4, alter column headers set compression lz4';
exception
    when feature_not_supported or syntax_error then null;
end
$$;
