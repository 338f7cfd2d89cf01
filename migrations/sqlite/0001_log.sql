-- The truth: every genuine message with its exact bytes, every further attempt, and what was refused.
-- Instants are milliseconds since 1970-01-01 UTC: both databases keep them without rounding.

-- One row. Taking a range of numbers locks it until the commit, so numbers are given in the order of commits,
-- across server instances too: a reader who has seen number n never sees a smaller one appear later.
create table log_head (
    id integer primary key check (id = 1),
    seq integer not null
) strict;
insert into log_head (id, seq) values (1, 0);

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
create index messages_by_time on messages (received_at, seq);
create index messages_by_type on messages (event_type, received_at, seq);

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
    size integer not null
) strict;
create index quarantine_by_time on quarantine (received_at, seq);
create index quarantine_by_endpoint on quarantine (endpoint, seq);

-- A signing secret made here because none was given, kept so that the portal need not be told again.
create table kept_secrets (
    endpoint text primary key,
    secret text not null,
    created_at integer not null
) strict;
