-- What was received, and what people did: everything that cannot be made again. What is folded out of it is in
-- `projections/sqlite.sql`. Instants are milliseconds since 1970-01-01 UTC: both databases keep them without rounding.

-- One row. Taking a range of numbers locks it until the commit, so numbers are given in the order of commits,
-- across server instances too: a reader who has seen number n never sees a smaller one appear later.
create table log_head (
    id integer primary key check (id = 1),
    seq integer not null
) strict;
insert into log_head (id, seq) values (1, 0);

-- Every genuine message with its exact bytes.
create table messages (
    seq integer primary key,
    endpoint text not null,
    message_id text not null,
    received_at integer not null,
    sent_at integer not null,
    occurred_at integer not null,
    occurred_from text not null,
    event_type text,
    mode text,
    outcome text not null,
    reason text,
    headers text not null,
    remote text,
    signed_with text,
    body blob not null,
    unique (endpoint, message_id)
) strict;
-- One index for the list of deliveries, narrowed or not: everything new lies together at its end, so that a batch writes
-- few pages before its requests are answered. A type is looked for along it, without reading the messages passed over.
create index messages_by_time on messages (received_at, seq, event_type, outcome);

-- Every further attempt to deliver a message; with its body where that differs from the first.
create table attempts (
    seq integer primary key,
    endpoint text not null,
    message_id text not null,
    received_at integer not null,
    sent_at integer not null,
    same_body integer not null,
    headers text not null,
    remote text,
    body blob
) strict;
create index attempts_by_message on attempts (endpoint, message_id, seq);
create index attempts_by_time on attempts (received_at, seq);
-- The few repeats that said something else are looked for by their place in the log.
create index attempts_altered on attempts (seq) where not same_body;

-- Refused requests, within bounds. At most the first 64 KiB of a body are kept: `body_length` says how long it was, or
-- was said to be; null where nobody said. `grade` says how much the request looked like the sender's: the least go first.
create table quarantine (
    seq integer primary key,
    endpoint text not null,
    received_at integer not null,
    code text not null,
    reason text not null,
    message_id text,
    headers text not null,
    remote text,
    body blob not null,
    size integer not null,
    body_length integer,
    grade integer not null default 0
) strict;
create index quarantine_by_time on quarantine (received_at, seq);
-- What to let go is found in the index alone: in the table, sizes lie behind the bodies.
create index quarantine_by_grade on quarantine (endpoint, grade, seq, size);
-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);

-- Refused requests are counted, whether or not they are kept: for good by what was wrong, and by minute for a week.
create table refusal_totals (
    endpoint text not null,
    code text not null,
    count integer not null,
    primary key (endpoint, code)
) strict, without rowid;
create table refusal_minutes (
    minute integer not null,
    endpoint text not null,
    count integer not null,
    primary key (minute, endpoint)
) strict, without rowid;

-- Requests that look like webhooks and came to no endpoint, by minute for a week.
create table wrong_addresses (
    minute integer primary key,
    count integer not null,
    last_path text not null
) strict;

-- A signing secret made here because none was given, kept so that the portal need not be told again.
create table kept_secrets (
    endpoint text primary key,
    secret text not null,
    created_at integer not null
) strict;

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

-- A session is ended by its id, which opens nothing. expires_at is the earlier of the absolute limit and the idle limit,
-- and moves with use.
create table sessions (
    token_hash text primary key,
    person_id text not null references people (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null,
    id text not null default '',
    device text not null default '',
    address text,
    last_seen_at integer not null default 0
) strict;
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);
create unique index sessions_by_id on sessions (id);

-- The browsers that a person signed in from before.
create table devices (
    token_hash text primary key,
    person_id text not null references people (id) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict;
create index devices_by_person on devices (person_id, created_at);

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

-- What people said of findings, under the key of each, which is the same whenever the log is folded.
create table dismissals (
    finding_key text not null,
    at integer not null,
    reason text not null,
    by_name text not null,
    by_email text not null,
    undone_at integer,
    undone_by text,
    primary key (finding_key, at)
) strict;
create unique index dismissals_in_force on dismissals (finding_key) where undone_at is null;
