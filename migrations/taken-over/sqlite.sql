-- The steps of the numbered series before the baseline, by which a database that stands at step 13 or a later one becomes
-- what the baseline makes. Each begins with its number; those already made are passed over.

-- Step 14.
-- Of a refused request at most the first 64 KiB of its body are kept: `body_length` says how long it was, or was said to
-- be; null where nobody said. `grade` says how much the request looked like the sender's: the least go first.

alter table quarantine add column body_length integer;
alter table quarantine add column grade integer not null default 0;
update quarantine set body_length = length(body), grade = case
    when code in ('stale', 'future') then 1
    when code in ('bad_signature', 'second_lock') then 4
    else 0
end;

-- What to let go is found in the index alone: in the table, sizes lie behind the bodies.
drop index quarantine_by_endpoint;
create index quarantine_by_grade on quarantine (endpoint, grade, seq, size);

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
insert into refusal_totals select endpoint, code, count(*) from quarantine group by endpoint, code;
insert into refusal_minutes select received_at / 60000, endpoint, count(*) from quarantine group by 1, 2;

-- Requests that look like webhooks and came to no endpoint, by minute for a week.
create table wrong_addresses (
    minute integer primary key,
    count integer not null,
    last_path text not null
) strict;

-- Step 15.
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

-- Step 16.
-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);

-- The portal's ping has no envelope. It was filed as unreadable, and is a test.
update messages set event_type = 'svix.ping', mode = 'test', outcome = 'stored', reason = null
where seq in (select seq from messages where outcome = 'unreadable')
and body in (x'7b2273756363657373223a20747275657d', x'7b2273756363657373223a747275657d');
